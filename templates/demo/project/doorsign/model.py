"""The nouns: a Span of opening, and the Hours of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DAY = 24 * 60
"""Minutes in a day."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Days as a sign names them, in the order of `date.weekday`."""


def clock(minute: int) -> str:
    """Return a minute of the day as a sign shows it; the day ends at `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


@dataclass(frozen=True, order=True)
class Span:
    """One opening, in minutes since midnight: from `start` up to, not including, `end`."""

    start: int
    end: int

    def __contains__(self, minute: int) -> bool:
        """Whether the door is open at that minute."""
        return self.start <= minute < self.end

    def __str__(self) -> str:
        """Return the opening as it stands on a sign."""
        return f"{clock(self.start)}-{clock(self.end)}"


@dataclass(frozen=True)
class Hours:
    """When a door is open."""

    week: tuple[tuple[Span, ...], ...]
    """The openings of each day, Monday first, earliest first."""

    def on(self, day: date) -> tuple[Span, ...]:
        """Return the openings that begin on that day."""
        return self.week[day.weekday()]
