"""Whose reviews count: people with write permission, asked of GitHub, whatever a review says."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.work import PullRequest
from bot.loop.house import House


def reviewers_of(house: House, pull_requests: Iterable[PullRequest]) -> frozenset[str]:
    """Return the authors of reviews who may steer."""
    authors = {r.author for p in pull_requests for r in p.reviews}
    return frozenset(a for a in authors if house.tracker.permission(a).can_write)
