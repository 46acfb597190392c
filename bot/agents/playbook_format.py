"""The playbook's file format, version 1: read, checked and turned into scenes.

docs/playbook.md describes it for those who write one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from bot.agents.tools import METHODS
from bot.agents.yaml_lines import Document, Place
from bot.domain.agents import Invocation

VERSION = 1
TOP_KEYS = ("playbook", "title", "scenes")
CONDITIONS = ("iteration", "item", "attempt", "round")
SCENE_KEYS = ("role", *CONDITIONS, "sees", "do", "after", "answer")
Facts = dict[str, object]
AFTER_LIMIT = 3600.0
"""Seconds of pretended thinking."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One tool call: the tool by the name that models use, and its arguments."""

    tool: str
    arguments: dict[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """What one role does and answers, when its conditions hold."""

    line: int
    """Line of the file where it begins."""
    role: str
    answer: dict[str, object]
    conditions: Facts = field(default_factory=dict)
    sees: tuple[str, ...] = ()
    turns: tuple[tuple[ToolUse, ...], ...] = ()
    """Tool calls, grouped by the turn of the model that makes them."""
    after: float = 0.0
    """Seconds."""

    def fits(self, invocation: Invocation) -> bool:
        """Whether this scene is meant for the invocation."""
        facts = {
            "iteration": invocation.iteration,
            "item": invocation.subject,
            "attempt": invocation.attempt,
            "round": invocation.round,
        }
        return self.role == invocation.role and all(
            facts[name] == value for name, value in self.conditions.items()
        )


@dataclass(frozen=True, slots=True)
class Playbook:
    """All scenes, in the file's order."""

    file: Path
    title: str
    scenes: tuple[Scene, ...]


def read_playbook(file: Path, roles: Iterable[str] = ()) -> Playbook:
    """Read a playbook. `roles`, when given, are all that a scene may name.

    Raises UserError that names the file, the line, what is wrong and what is allowed.
    """
    document = Document(file)
    top = as_mapping(document, (), document.value, "a playbook", TOP_KEYS)
    if top.get("playbook") != VERSION or isinstance(top.get("playbook"), bool):
        raise document.error(("playbook",), f"the first line must be: playbook: {VERSION}")
    title = as_text(document, ("title",), top.get("title", ""), "title")
    scenes = top.get("scenes")
    if not isinstance(scenes, list) or not scenes:
        raise document.error(("scenes",), "scenes must be a list of at least one scene")
    return Playbook(
        file,
        title,
        tuple(
            read_scene(document, ("scenes", number), scene, tuple(roles))
            for number, scene in enumerate(scenes)
        ),
    )


def read_scene(document: Document, place: Place, value: object, roles: Sequence[str]) -> Scene:
    """Check and return one scene."""
    scene = as_mapping(document, place, value, "a scene", SCENE_KEYS)
    for needed in ("role", "answer"):
        if needed not in scene:
            raise document.error(place, f"the scene has no {needed}; it needs role and answer")
    role = as_text(document, (*place, "role"), scene["role"], "role")
    if roles and role not in roles:
        raise document.error((*place, "role"), unknown("role", role, roles))
    answer = scene["answer"]
    if not isinstance(answer, dict):
        raise document.error((*place, "answer"), "answer must hold the fields of the role's answer")
    return Scene(
        line=document.line(place),
        role=role,
        answer=answer,
        conditions=read_conditions(document, place, scene),
        sees=read_sees(document, (*place, "sees"), scene.get("sees", [])),
        turns=read_turns(document, (*place, "do"), scene.get("do", [])),
        after=read_after(document, (*place, "after"), scene.get("after", 0)),
    )


def read_conditions(
    document: Document, place: Place, scene: dict[str, object]
) -> dict[str, object]:
    """Return the conditions that the scene gives, by name."""
    conditions: Facts = {}
    for name in CONDITIONS:
        if name not in scene:
            continue
        value = scene[name]
        number = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        if name == "item":
            if not number and not (isinstance(value, str) and value):
                raise document.error(
                    (*place, name), 'item must be an item\'s key or its number, say 12 or "#12"'
                )
            conditions[name] = f"#{value}" if number else value
        elif not number:
            raise document.error((*place, name), f"{name} must be a whole number from 1")
        else:
            conditions[name] = value
    return conditions


def read_sees(document: Document, place: Place, value: object) -> tuple[str, ...]:
    """Return the texts that the prompt must contain."""
    if not isinstance(value, list):
        raise document.error(place, "sees must be a list of texts")
    return tuple(as_text(document, (*place, n), text, "sees") for n, text in enumerate(value))


def read_after(document: Document, place: Place, value: object) -> float:
    """Return the seconds of pretended thinking."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise document.error(place, "after must be a number of seconds")
    if not 0 <= value <= AFTER_LIMIT:
        raise document.error(place, f"after must lie between 0 and {AFTER_LIMIT:g} seconds")
    return float(value)


def read_turns(document: Document, place: Place, value: object) -> tuple[tuple[ToolUse, ...], ...]:
    """Return the tool calls by turn: an entry of `do` is one call, or a list of calls."""
    if not isinstance(value, list):
        raise document.error(place, "do must be a list of tool calls")
    turns = []
    for number, entry in enumerate(value):
        here = (*place, number)
        if isinstance(entry, list) and entry:
            turns.append(tuple(read_use(document, (*here, n), e) for n, e in enumerate(entry)))
        else:
            turns.append((read_use(document, here, entry),))
    return tuple(turns)


def read_use(document: Document, place: Place, value: object) -> ToolUse:
    """Return one tool call, written as `tool: arguments`."""
    use = as_mapping(document, place, value, "a tool call", tuple(METHODS))
    if len(use) != 1:
        raise document.error(place, "one tool call has one tool: write each as an entry of its own")
    ((tool, given),) = use.items()
    here = (*place, tool)
    match tool:
        case "read" | "list":
            arguments: dict[str, object] = {"path": as_text(document, here, given, tool)}
        case "search" | "grep":
            arguments = {"query": as_text(document, here, given, tool)}
        case "run":
            if not isinstance(given, list) or not given:
                raise document.error(here, "run must be a list: the command and its arguments")
            parts = enumerate(given)
            arguments = {"argv": [as_text(document, (*here, n), p, "run") for n, p in parts]}
        case _:
            names = ("path", "text") if tool == "write" else ("path", "old", "new")
            texts = as_mapping(document, here, given, tool, names)
            for name in names:
                if name not in texts:
                    raise document.error(here, f"{tool} has no {name}; it needs {', '.join(names)}")
            arguments = {n: as_text(document, (*here, n), texts[n], n) for n in names}
    return ToolUse(METHODS[tool], arguments)


def as_mapping(
    document: Document, place: Place, value: object, what: str, allowed: Sequence[str]
) -> dict[str, object]:
    """Return a mapping whose keys are all allowed."""
    if not isinstance(value, dict):
        raise document.error(place, f"{what} must be a mapping with: {', '.join(allowed)}")
    for key in value:
        if key not in allowed:
            raise document.error((*place, key), unknown("key", key, allowed))
    return cast("dict[str, object]", value)


def as_text(document: Document, place: Place, value: object, what: str) -> str:
    """Return a text; a number or a truth value must be quoted to be one."""
    if not isinstance(value, str):
        raise document.error(place, f"{what} must be a text; put it in quotes")
    return value


def unknown(what: str, name: str, allowed: Sequence[str]) -> str:
    """Return the sentence about a name that is not allowed, with the likely one."""
    near = get_close_matches(name, allowed, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"unknown {what} {name}; {hint}allowed are: {', '.join(allowed)}"
