"""What all hubs of a test run left in one folder, merged."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.hub.server.shapes import Shapes

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Entries of different shapes, and how many answers of how many hubs they stand for."""

    entries: tuple[Entry, ...]
    answers: int
    hubs: int

    @property
    def judged(self) -> tuple[Entry, ...]:
        """What the hub answered by itself: faults that a test ordered are left out."""
        return tuple(entry for entry in self.entries if not entry["injected"])

    @property
    def routes(self) -> int:
        """How many REST routes were asked."""
        return len({(e["method"], e["route"]) for e in self.judged if e["document"] is None})

    @property
    def documents(self) -> int:
        """How many GraphQL documents were served."""
        return len({e["document"] for e in self.judged if is_served(e)})


def read_record(folder: Path) -> Record:
    """Merge the files of a folder; the answers of a hub that was killed are counted in part."""
    shapes, entries, answers = Shapes(most=1_000_000), [], 0
    files = sorted(folder.glob("*.jsonl"))
    for file in files:
        counted = 0
        for line in _lines(file):
            counted = max(counted, line["answers"])
            if "route" in line and shapes.is_new(line):
                entries.append(line)
        answers += counted
    return Record(tuple(entries), answers, len(files))


def is_served(entry: Entry) -> bool:
    """Whether an entry is a GraphQL document that was answered without errors."""
    answer = entry["response"]
    is_answered = isinstance(answer, dict) and "data" in answer and "errors" not in answer
    return entry["document"] is not None and is_answered


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_bytes().split(b"\n"):
        # A line may be cut: the hub was killed, or the disk full, in the middle of it.
        with contextlib.suppress(ValueError):
            yield json.loads(line)
