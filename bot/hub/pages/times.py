"""Instants and spans in words. Every instant is shown in UTC, and how long ago that was."""

from datetime import UTC, datetime

from bot.hub.clock import NANOSECONDS

_STEPS = ((60, 60, "minute"), (3600, 24, "hour"), (86400, 14, "day"), (604800, 9, "week"))


def moment(value: int | str | None) -> datetime | None:
    """Return an instant (nanoseconds since 1970, or ISO text) in UTC; None for what is neither."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        return None if value is None else datetime.fromtimestamp(value // NANOSECONDS, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def ago(then: datetime, now: datetime) -> str:
    """Return ``3 minutes ago``; what is to come, by a clock that differs, is just now."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "just now"
    for size, most, word in _STEPS:
        count = int(seconds // size)
        if count < most:
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    months = int(seconds // 2629800)
    return f"{months} months ago" if months < 24 else f"{months // 12} years ago"


def span(seconds: float) -> str:
    """Return a duration: ``0.3 s``, ``12 s``, ``4 min 5 s``, ``2 h 3 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
