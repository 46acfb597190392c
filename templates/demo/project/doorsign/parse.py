"""Reads a sign: `Mon-Fri 08:00-12:00, 13:00-18:00; Sat 09:00-12:00; Sun closed`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from doorsign.model import DAY, DAYS, Hours, Span

Openings = tuple[Span, ...]
WeekRule = tuple[list[int], Openings]


class SignError(ValueError):
    """The sign cannot be read; the message quotes the part that is wrong."""


def parse(sign: str) -> Hours:
    """Return the hours that a sign announces.

    Rules are separated by `;`. A later rule replaces an earlier one for its days,
    and a day without a rule is closed.
    """
    rules = [rule.strip() for rule in sign.split(";") if rule.strip()]
    if not rules:
        raise SignError("the sign is empty")
    return Hours(_week(map(_week_rule, rules)))


def _week(rules: Iterable[WeekRule]) -> tuple[Openings, ...]:
    """Return the openings of each day, Monday first."""
    week: list[Openings] = [()] * len(DAYS)
    for days, openings in rules:
        for day in days:
            week[day] = openings
    return tuple(week)


def _week_rule(rule: str) -> WeekRule:
    """Read `Mon-Fri 08:00-18:00`: the days, and the openings of each of them."""
    days, _, times = rule.partition(" ")
    return _days(days), _openings(times.strip())


def _days(text: str) -> list[int]:
    """Read `Mon`, `Mon,Wed` or `Fri-Mon`."""
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _day(first)
        end = _day(last) if dash else start
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _day(name: str) -> int:
    """Read one day's name."""
    if name not in DAYS:
        raise SignError(f"{name!r} is no day; write one of {', '.join(DAYS)}")
    return DAYS.index(name)


def _openings(text: str) -> Openings:
    """Read `closed`, or openings separated by commas, in any order."""
    if text == "closed":
        return ()
    spans = sorted(_span(part.strip()) for part in text.split(","))
    for earlier, later in pairwise(spans):
        if later.start < earlier.end:
            raise SignError(f"{earlier} and {later} overlap")
    return tuple(spans)


def _span(text: str) -> Span:
    """Read one opening."""
    match = re.fullmatch(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", text)
    if not match:
        raise SignError(f"{text!r} is no opening; write it like 08:00-18:00")
    start, end = _minute(match[1]), _minute(match[2])
    if end <= start:
        raise SignError(f"{text!r} ends before it begins")
    return Span(start, end)


def _minute(text: str) -> int:
    """Read a time of day as minutes since midnight."""
    hour, minute = int(text[:2]), int(text[3:])
    if minute > 59 or hour * 60 + minute > DAY:
        raise SignError(f"{text!r} is no time of day")
    return hour * 60 + minute
