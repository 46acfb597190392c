"""What a prompt holds at most, and what is left out first when it would hold more.

The rule, for every kind of role:

1. Lists keep a fixed number of entries, whatever room there is: closed items beyond the latest 30
   become counts, findings end after 50, of what has an age the latest stays.
2. While what moves is longer than the kind's budget, the steps of FURTHER are taken one by one:
   first what is oldest or can be looked up (history, the list of files, long quotes are cut in the
   middle), last what the work is about.

What is shared (repository, spec, learnings) is bounded where it is made and never cut here: it
must stay the same. How much was left out is told in the prompt, by `left_out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.agents import RoleKind
from bot.domain.board import Board, Item
from bot.rules.order import by_priority

CLOSED = 30
"""Closed items that are shown one by one: the latest, by number."""
SHARED = ("repository", "spec", "learnings")

BUDGETS: Mapping[RoleKind, int] = {
    RoleKind.PLANNER: 100_000,
    RoleKind.EXECUTOR: 60_000,
    RoleKind.WRITER: 60_000,
    RoleKind.VERIFIER: 40_000,
    RoleKind.SPECIALIST: 40_000,
}
"""Characters of what moves in a prompt."""

Values = dict[str, object]


class Step(Protocol):
    """Makes a prompt shorter."""

    def taken(self, prompt: Values) -> Values:
        """Return the prompt after this step."""
        ...


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep that many entries of a list, the first or the newest (the last); tell of the others."""

    name: str
    number: int
    newest: bool = False

    def taken(self, prompt: Values) -> Values:
        """Return the prompt after this step."""
        entries = prompt.get(self.name)
        if not isinstance(entries, list) or len(entries) <= self.number:
            return prompt
        kept = entries[len(entries) - self.number :] if self.newest else entries[: self.number]
        before = prompt.get("left_out")
        left_out = dict(before) if isinstance(before, dict) else {}
        left_out[self.name] = int(left_out.get(self.name, 0)) + len(entries) - len(kept)
        return {**prompt, self.name: kept, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class Shorten:
    """Cut every longer text in its middle, but in the lists that are spared."""

    limit: int
    spared: tuple[str, ...] = ()

    def taken(self, prompt: Values) -> Values:
        """Return the prompt after this step."""
        kept = (*SHARED, *self.spared)
        return {n: v if n in kept else _cut(v, self.limit) for n, v in prompt.items()}


ALWAYS: Mapping[RoleKind, tuple[Step, ...]] = {
    RoleKind.PLANNER: (
        Keep("history", 10, newest=True),
        Keep("tree", 150),
        Keep("base_findings", 50),
        Keep("failures", 40, newest=True),
        Keep("discovered", 60, newest=True),
        Keep("places", 20),
        Keep("refused_done", 20),
        Keep("taught", 40, newest=True),
        Keep("inbox", 60, newest=True),
        Keep("input", 20, newest=True),
    ),
    RoleKind.EXECUTOR: (
        Keep("discussion", 30, newest=True),
        Keep("notes", 20, newest=True),
        Keep("findings", 50),
        Keep("conflicts", 200),
        Keep("places", 20),
        Keep("learnings_more", 20),
    ),
    RoleKind.VERIFIER: (Keep("tree", 400), Keep("gates", 100), Keep("learnings_more", 20)),
    RoleKind.SPECIALIST: (
        Keep("changed", 400),
        Keep("tree", 400),
        Keep("gates", 100),
        Keep("learnings_more", 20),
    ),
}
FURTHER: Mapping[RoleKind, tuple[Step, ...]] = {
    RoleKind.PLANNER: (
        Keep("history", 3, newest=True),
        Keep("tree", 60),
        Shorten(4_000),
        Shorten(1_000, spared=("input",)),
        Keep("failures", 15, newest=True),
        Keep("discovered", 20, newest=True),
        Keep("base_findings", 15),
        Keep("inbox", 20, newest=True),
        Keep("input", 8, newest=True),
        Shorten(300, spared=("input",)),
        Keep("items", 150),
        Shorten(300),
        Keep("items", 50),
        Keep("tree", 20),
        Keep("items", 30),
        Shorten(150),
    ),
    RoleKind.EXECUTOR: (
        Shorten(6_000, spared=("items",)),
        Keep("discussion", 10, newest=True),
        Keep("findings", 20),
        Shorten(1_500, spared=("items",)),
        Keep("notes", 8, newest=True),
        Keep("discussion", 4, newest=True),
        Keep("conflicts", 50),
        Shorten(6_000),
        Keep("items", 10),
        Shorten(1_000),
        Shorten(150),
    ),
    RoleKind.VERIFIER: (Keep("tree", 100), Shorten(300), Keep("tree", 40), Shorten(150)),
    RoleKind.SPECIALIST: (
        Keep("tree", 0),
        Keep("changed", 100),
        Keep("items", 100),
        Shorten(300),
        Keep("changed", 40),
        Keep("items", 40),
        Shorten(150),
    ),
}


def fitted(prompt: Values, kind: RoleKind) -> Values:
    """Return a prompt's values as far as they fit, with `left_out`: how many entries, by list."""
    like = RoleKind.EXECUTOR if kind is RoleKind.WRITER else kind
    for step in ALWAYS[like]:
        prompt = step.taken(prompt)
    for step in FURTHER[like]:
        if moving_size(prompt) <= BUDGETS[kind]:
            break
        prompt = step.taken(prompt)
    return prompt


def moving_size(prompt: Values) -> int:
    """Return how many characters move, near enough: the templates add some to each entry."""
    return sum(_size(value) for name, value in prompt.items() if name not in SHARED)


def shown_items(board: Board) -> tuple[tuple[Item, ...], dict[str, int]]:
    """Return the items to show one by one, and how many closed ones are not, by status.

    Open ones come first, by priority, then the closed, the latest first.
    """
    closed = sorted((i for i in board.items if not i.is_open), key=lambda i: -i.number)
    counts: dict[str, int] = {}
    for item in closed[CLOSED:]:
        counts[item.status.value] = counts.get(item.status.value, 0) + 1
    return (*by_priority(board.open_items), *closed[:CLOSED]), counts


def shortened(text: str, limit: int) -> str:
    """Return the text, or its two ends with a line between them that says how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"


def _cut(value: object, limit: int) -> object:
    if isinstance(value, str):
        return shortened(value, limit)
    if isinstance(value, list):
        return [_cut(part, limit) for part in value]
    if isinstance(value, dict):
        return {name: _cut(part, limit) for name, part in value.items()}
    return value


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value) + 4
    if isinstance(value, list):
        return sum(_size(part) for part in value)
    if isinstance(value, dict):
        return sum(len(str(name)) + _size(part) for name, part in value.items())
    return len(str(value)) + 4
