"""Questions to ask of hours."""

from __future__ import annotations

from datetime import datetime

from doorsign.model import Hours


def is_open(hours: Hours, moment: datetime) -> bool:
    """Whether the door is open at that moment, by the clock on the shop's own wall."""
    minute = moment.hour * 60 + moment.minute
    return any(minute in opening for opening in hours.on(moment.date()))
