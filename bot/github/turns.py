"""Whose turn it is: waits out GitHub's pace, also that of what an earlier process has created."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.errors import LimitReached
from bot.github.pace import HOUR, Limits, Sent, wait_before
from bot.github.pacing import CEILING
from bot.ports.clock import Clock

Created = Callable[[], Sequence[datetime]]
"""Tells when each object was created that earlier processes made."""
WORTH_A_RUN = 100
"""Objects for which an hour must have room before a run that ended for want of it begins again."""


class Turns:
    """The writes of one client, in turn."""

    def __init__(self, clock: Clock, limits: Limits, created: Created) -> None:
        self._clock = clock
        self._limits = limits
        self._created = created
        self._history: list[Sent] | None = None

    def take(self, objects: int) -> None:
        """Wait until GitHub would take another write that creates so many objects.

        Raises LimitReached instead of waiting for more than two minutes.
        """
        now = self._clock.boot()
        history = self._recent(now)
        wait = wait_before(history, objects, now, self._limits)
        if wait > CEILING:
            # Waking for a handful of objects would cost a run each time.
            wait = wait_before(history, max(objects, WORTH_A_RUN), now, self._limits)
            again_at = self._clock.now() + timedelta(seconds=wait)
            made = sum(s.objects for s in history)
            raise LimitReached(
                f"{made} objects were created in the last hour, and GitHub takes "
                f"{self._limits.per_hour}.",
                again_at,
            )
        if wait > 0:
            self._clock.sleep(wait)

    def taken(self, objects: int) -> None:
        """Remember a write that has just been sent."""
        now = self._clock.boot()
        self._history = [*self._recent(now), Sent(now, objects)]

    def _recent(self, now: float) -> list[Sent]:
        """Return the writes of the last hour."""
        if self._history is None:
            self._history = self._earlier(now) if self._limits.per_hour else []
        return [s for s in self._history if s.at > now - HOUR]

    def _earlier(self, now: float) -> list[Sent]:
        """Return what is on record, on the boot clock; nothing can have come after now."""
        wall = self._clock.now()
        ages = (max(0.0, (wall - at).total_seconds()) for at in self._created())
        return [Sent(now - age, 1) for age in sorted(ages, reverse=True)]
