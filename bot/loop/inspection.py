"""What a record's files say, as far as they can be read, and which of them cannot.

Whoever may push to the ref can put anything there, and a file can be cut. What is found damaged
counts as absent from then on; `loop.recall` lets a person decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import StateDiverged, UserError
from bot.domain.journal import Heeded, Segment
from bot.domain.run import IterationRecord, Learnings, Ledger, RunState
from bot.ports.state import Codec

T = TypeVar("T")

FORMAT = 1
"""Grows with every change of a record's shape that the specloop before it cannot read."""
FORMAT_PATH = "format.json"
_AT_FIRST = (FORMAT_PATH, "lease.json")
"""What is on record before the state is."""
_SEGMENT = re.compile(r"journal/(\d{4,9})/(\d{4})\.json")
_LINE = re.compile(r"iterations/\d{4,9}/record\.json")


@dataclass(frozen=True, slots=True)
class Format:
    """The record's format, in a file of its own."""

    version: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """One commit of the record, as far as it can be read."""

    state: RunState | None
    ledger: Ledger | None
    learnings: Learnings | None
    segments: tuple[Segment, ...]
    damaged: tuple[str, ...]
    """Paths that cannot be read, or must be there and are not."""


def inspect(root: int, files: Mapping[str, bytes], codec: Codec) -> Inspected:
    """Read what the loop begins with.

    Outputs and answers are read when they are needed, results of gates count for nothing when
    they cannot be read, and the lease is renewed anyway. Raises UserError when a newer specloop
    wrote the record.
    """
    damaged: list[str] = []

    def of(path: str, kind: type[T]) -> T | None:
        try:
            return codec.decode(kind, files[path]) if path in files else None
        except StateDiverged:
            damaged.append(path)
            return None

    # Any later specloop's file is an object with a version, whatever else it holds.
    version = (of(FORMAT_PATH, dict) or {"version": FORMAT}).get("version")
    if not isinstance(version, int):
        damaged.append(FORMAT_PATH)
    elif version > FORMAT:
        raise UserError(
            f"The record of #{root} has format {version}, and this specloop knows formats up to "
            f"{FORMAT}: update specloop. Nothing was changed."
        )
    state = of("state.json", RunState)
    if state is not None and not _is_sound(state, root):
        state = None
        damaged.append("state.json")
    if "state.json" not in files and any(p not in _AT_FIRST for p in files):
        damaged.append("state.json")
    ledger, learnings = of("ledger.json", Ledger), of("learnings.json", Learnings)
    if "ledger.json" not in files and state is not None and state.spec is not None:
        damaged.append("ledger.json")
    of("commands.json", Heeded)
    segments = [of(p, Segment) for p in sorted(files) if _SEGMENT.fullmatch(p)]
    damaged += _holes(files)
    for path in files:
        if _LINE.fullmatch(path):
            of(path, IterationRecord)
    return Inspected(
        state,
        ledger,
        learnings,
        tuple(s for s in segments if s is not None),
        tuple(sorted(set(damaged))),
    )


def is_segment(path: str) -> bool:
    """Whether a path is one of the journal's files."""
    return _SEGMENT.fullmatch(path) is not None


def _is_sound(state: RunState, root: int) -> bool:
    """Whether a state can be this milestone's."""
    return state.root == root and state.iteration >= 1


def _holes(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the journal's missing files: in each iteration they are numbered from one."""
    parts: dict[str, set[int]] = {}
    for path in files:
        if named := _SEGMENT.fullmatch(path):
            parts.setdefault(named[1], set()).add(int(named[2]))
    for iteration, found in parts.items():
        for number in range(1, max(found)):
            if number not in found:
                yield f"journal/{iteration}/{number:04}.json"
