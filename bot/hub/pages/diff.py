"""Diffs made ready to be shown: files with numbered lines, bounded so that no page is endless."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.hub.git.commits import DiffStat, FileChange

MOST_FILES = 100
MOST_LINES_OF_A_FILE = 500
MOST_LINES = 4000
MOST_COLUMNS = 1000
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,\d+)? \+(\d{1,9})(?:,\d+)? @@ ?(.*)")
_KINDS = {"+": "added", "-": "removed", "\\": "note"}


@dataclass(frozen=True)
class Line:
    """One line of a diff.

    ``kind`` is hunk, added, removed, same or note; ``old`` and ``new`` are its numbers.
    """

    kind: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True)
class ShownFile:
    """One file; ``left_out`` counts the lines that are not shown."""

    change: FileChange
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True)
class Diff:
    """A whole diff; ``left_out`` counts the files that are not shown."""

    stat: DiffStat
    files: tuple[ShownFile, ...]
    left_out: int


def shown(changes: Sequence[FileChange]) -> Diff:
    """Return what a page shows of the changes."""
    files, room = [], MOST_LINES
    for change in changes[:MOST_FILES]:
        lines = lines_of(change.patch or "")
        kept = lines[: min(MOST_LINES_OF_A_FILE, room)]
        room -= len(kept)
        files.append(ShownFile(change, tuple(kept), len(lines) - len(kept)))
    stat = DiffStat(
        len(changes), sum(c.additions for c in changes), sum(c.deletions for c in changes)
    )
    return Diff(stat, tuple(files), len(changes) - len(files))


def lines_of(patch: str) -> list[Line]:
    """Number the lines of a patch. What precedes its first hunk is left out."""
    lines: list[Line] = []
    old = new = 0
    for raw in patch.split("\n") if patch else ():
        hunk = _HUNK.fullmatch(raw)
        if hunk is not None:
            old, new = int(hunk[1]), int(hunk[2])
            if lines or hunk[3] or old > 1:
                lines.append(Line("hunk", None, None, _cut(hunk[3])))
            continue
        kind = _KINDS.get(raw[:1], "same")
        has_old, has_new = kind in ("removed", "same"), kind in ("added", "same")
        lines.append(Line(kind, old if has_old else None, new if has_new else None, _cut(raw[1:])))
        old, new = old + has_old, new + has_new
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= MOST_COLUMNS else text[:MOST_COLUMNS] + " …"
