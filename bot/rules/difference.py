"""What changed between two texts, for people to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

CONTEXT = 2
"""Unchanged lines shown around a change."""
LINES = 120
"""Lines shown at most."""
WIDTH = 400
"""Characters of a line shown at most."""


def difference(before: tuple[str, str], now: tuple[str, str]) -> str:
    """Return the lines that differ between two texts (title and body), as a unified diff.

    Line ends do not count: GitHub's editor stores Windows' ones. Empty when nothing else differs.
    """
    lines = list(_lines(before, now))
    rest = len(lines) - LINES
    if rest > 0:
        lines = [*lines[:LINES], f"({rest} more lines differ or stand between)"]
    return "\n".join(line if len(line) <= WIDTH else f"{line[:WIDTH]} (cut)" for line in lines)


def _lines(before: tuple[str, str], now: tuple[str, str]) -> Iterator[str]:
    if before[0] != now[0]:
        yield from (f"-{before[0]}", f"+{now[0]}")
    old, new = (text.replace("\r\n", "\n").split("\n") for text in (before[1], now[1]))
    changes = difflib.unified_diff(old, new, n=CONTEXT, lineterm="")
    yield from list(changes)[2:]  # the first two name files
