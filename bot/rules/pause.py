"""How long a run rests for a limit that is met again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


def due_after(again_at: datetime, now: datetime, rests: int) -> datetime:
    """Return when a run is due again: when the limit is said to end, or later.

    `rests` counts the runs before that a limit ended without anything done in between. GitHub asks
    for waits that grow when a limit without a named end persists; they are an hour at most. An end
    that was named is never shortened.
    """
    if rests == 0:
        return again_at
    return max(again_at, now + min(LONGEST, SHORTEST * 2.0 ** min(rests, 10)))
