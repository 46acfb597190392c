"""A file's text in chunks: one definition each, long ones in several, the rest between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.workspace.codesearch.definitions import Definition, definitions
from bot.workspace.codesearch.kinds import suffix_of
from bot.workspace.codesearch.python import python_definitions

LINES = 60
"""Lines of a chunk at most."""
CHUNKS = 4000
"""Chunks of a file at most; what is behind them is not found."""

_PYTHON = frozenset({"py", "pyi", "pyw"})
_COMMENT = re.compile(r"^[ \t]*(?:#+!?|//[/!]*|/\*+!?|\*+/?|--)[ \t]+(\w.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of a file."""

    first: int
    last: int
    symbol: str
    doc: str
    """What was written for people: docstring and comments."""
    text: str


def chunks_of(path: str, text: str) -> Iterator[Chunk]:
    """Yield the chunks of a file in order; only blank lines at their ends are left out."""
    lines = text.split("\n")
    found = python_definitions(text) if suffix_of(path) in _PYTHON else None
    if found is None:
        found = definitions(path, lines)
    count = 0
    for first, end, definition in _spans(found, len(lines)):
        for start, stop in _windows(lines, first, end):
            body = "\n".join(lines[start:stop])
            if not body.strip():
                continue
            doc = definition.doc if start == first else ""
            comments = " ".join(_COMMENT.findall(body))
            yield Chunk(start + 1, stop, definition.symbol, f"{doc} {comments}".strip(), body)
            count += 1
            if count == CHUNKS:
                return


def _spans(found: Sequence[Definition], count: int) -> Iterator[tuple[int, int, Definition]]:
    """Yield (first line from 0, end, definition), together all lines."""
    starts = list(found)
    if not starts or starts[0].line > 1:
        starts.insert(0, Definition(1, ""))
    for definition, following in zip(starts, [*starts[1:], None], strict=True):
        end = count if following is None else following.line - 1
        if definition.line - 1 < end:
            yield definition.line - 1, end, definition


def _windows(lines: Sequence[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a span into windows of at most `LINES` lines, at a blank line if there is one."""
    while end - first > LINES:
        cuts = range(first + LINES, first + LINES // 2, -1)
        stop = next((n for n in cuts if not lines[n - 1].strip()), first + LINES)
        yield first, _trimmed(lines, first, stop)
        first = stop
    yield first, _trimmed(lines, first, end)


def _trimmed(lines: Sequence[str], first: int, stop: int) -> int:
    while stop > first + 1 and not lines[stop - 1].strip():
        stop -= 1
    return stop
