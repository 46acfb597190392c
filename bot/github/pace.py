"""How far apart writes are sent: GitHub counts the content they create, whatever the API. Pure.

About 80 objects a minute and 500 an hour, and a second between mutating requests:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MINUTE = 60.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on writing; zero means unbounded."""

    between_requests: float
    """Seconds between two writing requests."""
    per_object: float
    """Seconds that each created issue, comment or pull request costs."""
    per_minute: int
    """Objects created in any minute."""
    per_hour: int
    """Objects created in any hour."""


GITHUB = Limits(between_requests=1.0, per_object=60 / 80, per_minute=80, per_hour=500)
UNPACED = Limits(between_requests=0.0, per_object=0.0, per_minute=0, per_hour=0)


@dataclass(frozen=True, slots=True)
class Sent:
    """One writing request that left: when (seconds of the boot clock) and what it created."""

    at: float
    objects: int


def wait_before(history: Sequence[Sent], objects: int, now: float, limits: Limits) -> float:
    """Return the seconds to wait before a write that creates `objects`; `history` is in order."""
    if not history:
        return 0.0
    last = history[-1]
    free_at = last.at + max(limits.between_requests, last.objects * limits.per_object)
    if objects:
        for most, span in ((limits.per_minute, MINUTE), (limits.per_hour, HOUR)):
            if most:
                free_at = max(free_at, _room_at(history, objects, now, most, span))
    return max(0.0, free_at - now)


def _room_at(history: Sequence[Sent], objects: int, now: float, most: int, span: float) -> float:
    """Return the moment from which the last `span` seconds have room for `objects` more."""
    recent = [s for s in history if s.at > now - span]
    excess = sum(s.objects for s in recent) + objects - most
    for sent in recent:
        if excess <= 0:
            break
        excess -= sent.objects
        now = sent.at + span
    return now
