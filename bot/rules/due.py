"""Which milestones have something to do when nobody said so: what the schedule finds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.run import Standing


@dataclass(frozen=True, slots=True)
class Stood:
    """Where a milestone stood when it was last looked at."""

    root: int
    standing: Standing
    due_at: datetime | None
    """When a limit ends that it waits for."""
    milestone_number: int | None
    """Of the native Milestone that its children are on."""
    looked_at: datetime
    """When the last look at it began, as far as known: what changed since may not be seen yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """An issue or pull request, and when it last changed."""

    number: int
    updated_at: datetime
    milestone: int | None
    root: int | None
    """For which root the bot made it; None when a person made it."""


def reasons(stood: Sequence[Stood], changes: Iterable[Change], now: datetime) -> Mapping[int, str]:
    """Return why each milestone is to be looked at, by root; the others have nothing to do.

    A review is found as a change of its pull request.
    """
    latest = _latest(stood, changes)
    found = ((s.root, _reason(s, latest.get(s.root), now)) for s in stood)
    return {root: reason for root, reason in found if reason}


def _reason(stood: Stood, changed: datetime | None, now: datetime) -> str:
    if stood.due_at is not None:
        return "what it rested for is over" if stood.due_at <= now else ""
    if stood.standing is Standing.RUNNING:
        return "it runs, and no iteration is under way"
    if changed is not None and changed > stood.looked_at:
        return f"something changed at {changed:%Y-%m-%d %H:%M:%S} UTC"
    return ""


def _latest(stood: Sequence[Stood], changes: Iterable[Change]) -> dict[int, datetime]:
    """Return when something of each milestone last changed, by root."""
    roots = {s.root for s in stood}
    by_milestone = {s.milestone_number: s.root for s in stood if s.milestone_number is not None}
    latest: dict[int, datetime] = {}
    for change in changes:
        owners = {change.number, change.root, by_milestone.get(change.milestone or 0)}
        for root in roots.intersection(o for o in owners if o is not None):
            latest[root] = max(change.updated_at, latest.get(root, change.updated_at))
    return latest
