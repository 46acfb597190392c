"""The hub's one clock: strictly increasing nanoseconds since 1970, and their ISO form."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

NANOSECONDS = 1_000_000_000
_LAST = (1 << 63) - 1


class Clock:
    """Hands out instants that never repeat and never go back, even when the wall clock does."""

    def __init__(self, wall: Callable[[], int] = time.time_ns, floor: int = 0) -> None:
        self._wall = wall
        self._last = floor
        self._ahead = 0
        self._lock = threading.Lock()

    def stamp(self) -> int:
        """Return a new instant in nanoseconds, later than every instant handed out before."""
        with self._lock:
            self._last = max(self._last + 1, self._wall() + self._ahead)
            return self._last

    def read(self) -> int:
        """Return the present instant in nanoseconds without taking it."""
        return max(self._last, self._wall() + self._ahead)

    @property
    def ahead(self) -> int:
        """Nanoseconds by which it was moved ahead of the wall clock."""
        return self._ahead

    def catch_up(self) -> None:
        """Go on from the floor: a world that was moved ahead stays there."""
        self._ahead = max(0, self._last - self._wall())

    def advance(self, by: int) -> None:
        """Move it ahead, for tests that will not wait for hours."""
        with self._lock:
            self._ahead += by


def iso(instant: int) -> str:
    """Render nanoseconds as GitHub does: UTC, whole seconds, ``Z``."""
    return datetime.fromtimestamp(instant // NANOSECONDS, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(instant: int | None) -> str | None:
    """Like :func:`iso`, for instants that may not have come yet."""
    return None if instant is None else iso(instant)


def instant_of(text: str) -> int:
    """Read an ISO 8601 date or date-time into nanoseconds.

    Dates after 2262 count as then. Raises ValueError when the text is no date.
    """
    moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(int(moment.timestamp()) * NANOSECONDS, _LAST)
