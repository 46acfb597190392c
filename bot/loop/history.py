"""The history of a milestone: one line for each iteration that ended."""

from __future__ import annotations

from bot.domain.run import IterationRecord
from bot.loop.house import House


def history(house: House) -> tuple[IterationRecord, ...]:
    """Return the history so far, oldest first."""
    lines = (
        house.journal.file(path, IterationRecord)
        for path in house.journal.files.paths("iterations/")
        if path.endswith("/record.json")
    )
    return tuple(line for line in lines if line is not None)
