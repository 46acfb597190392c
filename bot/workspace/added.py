"""The lines that a change adds, and where they stand: what is searched before it is committed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.errors import AgentFailed
from bot.ports.secrets import SecretScan
from bot.workspace.git import Git

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)")
_SHOWN = 5
PLAIN = ("-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
         "--src-prefix=a/", "--dst-prefix=b/")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One added line."""

    path: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something that looks like a secret was added."""

    kind: str
    path: str
    number: int = field(compare=False)
    text: str = field(repr=False)
    """Itself: never to be shown."""


def added_lines(diff: str) -> list[Line]:
    """Return the added lines of a diff without context, in order."""
    lines, path, number = [], "", 0
    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            path, number = "", 0
        elif not number and line.startswith("+++ "):
            path = line[4:].removeprefix("b/").rstrip("\t")
        elif hunk := _HUNK.match(line):
            number = int(hunk[1])
        elif number and line.startswith("+"):
            lines.append(Line(path, number, line[1:]))
            number += 1
    return lines


def refuse_secrets(git: Git, index: Path, parents: Sequence[str], scan: SecretScan) -> None:
    """Raise AgentFailed, with a sentence for the agent, when an index adds what looks like a key.

    What one of the parents holds already is no news: it came with a merge.
    """
    refuse_places(parents, lambda parent: _places(git, index, parent, scan))


def refuse_places(parents: Sequence[str], places: Callable[[str], list[Place]]) -> None:
    """Raise AgentFailed when what is added to every parent looks like a key."""
    new = places(parents[0])
    for parent in parents[1:]:
        new = [place for place in new if place in places(parent)]
    if new:
        named = [f"{place.kind} in {place.path!r}, line {place.number}" for place in new]
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        raise AgentFailed(
            f"What looks like a secret cannot be committed: {'; '.join(named[:_SHOWN])}{more}. "
            "Remove it and let the program read it at run time; write a made-up one, say for a "
            "test, so that it has not the form of a real one."
        )


def places_of(raw: bytes, scan: SecretScan) -> list[Place]:
    """Return where a diff without context adds what looks like a key."""
    lines = added_lines(raw.decode("utf-8", "replace"))
    found = scan.find("\n".join(line.text for line in lines))
    return [Place(s.kind, lines[s.line - 1].path, lines[s.line - 1].number, s.text) for s in found]


def _places(git: Git, index: Path, parent: str, scan: SecretScan) -> list[Place]:
    return places_of(git.out(["diff-index", "--cached", *PLAIN, parent], index=index), scan)
