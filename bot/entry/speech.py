"""Who speaks for the person between two iterations: an option, the terminal, or a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import click
import yaml

from bot.domain.errors import UserError
from bot.domain.run import Phase, RunState, Standing


class Comments(Protocol):
    """Writes comments in the person's name."""

    def comment(self, number: int, text: str) -> None:
        """Comment on an issue."""
        ...


View = Callable[[], Mapping[str, Any]]


def plan_waits(state: RunState) -> bool:
    """Whether a plan was shown and waits for `/continue`."""
    return (
        state.standing is Standing.WAITING
        and state.phase is Phase.EXECUTE
        and not state.plan_accepted
    )


class AcceptsPlans:
    """`--yes`: every plan is accepted; nothing else is said."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments

    def speak(self, state: RunState) -> bool:
        """Accept a plan that waits."""
        if not plan_waits(state):
            return False
        self._comments.comment(state.root, "/continue")
        return True


class AsksTerminal:
    """A person at a terminal: asked when the plan or a question waits for them."""

    def __init__(self, comments: Comments, view: View) -> None:
        self._comments = comments
        self._view = view

    def speak(self, state: RunState) -> bool:
        """Ask the person what only they can say; an empty answer leaves it waiting."""
        if state.standing is not Standing.WAITING:
            return False
        if plan_waits(state):
            said = click.prompt(
                "Accept this plan? [Enter = yes, n = not now, or say what should be different]",
                default="",
                show_default=False,
            ).strip()
            if said.lower() in ("n", "no"):
                return False
            accepted = said.lower() in ("", "y", "yes")
            self._comments.comment(state.root, "/continue" if accepted else f"/replan {said}")
            return True
        return self._answer_questions()

    def _answer_questions(self) -> bool:
        spoken = False
        for item in self._view().get("items", []):
            if item["status"] == "blocked" and item["question"]:
                click.echo(f"\n#{item['number']} {item['title']} asks:\n  {item['question']}")
                said = click.prompt("Your answer [Enter = later]", default="", show_default=False)
                if said.strip():
                    self._comments.comment(item["number"], f"/unblock {said.strip()}")
                    spoken = True
        return spoken


class Script:
    """The demonstration's maintainer: says, once each, what the script has for a situation."""

    def __init__(self, path: Path, comments: Comments, view: View) -> None:
        self._lines = read_script(path)
        self._comments = comments
        self._view = view
        self._said: set[int] = set()

    def speak(self, state: RunState) -> bool:
        """Say every line whose situation is there."""
        spoken = False
        items = self._view().get("items", [])
        for position, line in enumerate(self._lines):
            if position in self._said:
                continue
            if line["when"] == "plan-shown" and plan_waits(state):
                self._comments.comment(state.root, line["comment"])
            elif line["when"] == "blocked" and (number := _blocked(items, line["item"])):
                self._comments.comment(number, line["comment"].replace("{item}", str(number)))
            else:
                continue
            self._said.add(position)
            spoken = True
        return spoken


def read_script(path: Path) -> list[dict[str, str]]:
    """Return a maintainer's script. Raises UserError when it is not one."""
    lines = yaml.safe_load(path.read_text())
    for line in lines if isinstance(lines, list) else [None]:
        needed = {"when", "comment"}
        if not isinstance(line, dict) or not needed <= line.keys():
            raise UserError(f"{path} must be a list of `when:` and `comment:`.")
    return list(lines)


def _blocked(items: list[dict[str, Any]], key: str) -> int | None:
    return next((i["number"] for i in items if i["key"] == key and i["status"] == "blocked"), None)
