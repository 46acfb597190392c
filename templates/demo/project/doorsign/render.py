"""Writes hours down: one function per format, all of them listed in FORMATS."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from doorsign.model import DAYS, Hours, Span


def render(hours: Hours, form: str = "line") -> str:
    """Return the hours in one of the FORMATS."""
    if form not in FORMATS:
        raise ValueError(f"no format {form!r}; there is {', '.join(FORMATS)}")
    return FORMATS[form](hours)


def line(hours: Hours) -> str:
    """Return the sign itself, as `parse` reads it; neighbours that agree are joined."""
    rules = []
    for openings, run in groupby(zip(DAYS, hours.week), key=lambda day: day[1]):
        names = [name for name, _ in run]
        days = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
        rules.append(f"{days} {_times(openings, ', ')}")
    return "; ".join(rules)


def _times(openings: tuple[Span, ...], separator: str) -> str:
    """Return a day's openings, or `closed`."""
    return separator.join(map(str, openings)) or "closed"


FORMATS: dict[str, Callable[[Hours], str]] = {
    "line": line,
}
