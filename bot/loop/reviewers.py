"""Whose reviews count: people with write permission, asked of GitHub, whatever a review says."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.work import PullRequest
from bot.loop.house import House


def reviewers_of(house: House, pull_requests: Iterable[PullRequest]) -> frozenset[str]:
    """Return the authors of reviews and of remarks on lines who may steer."""
    pulls = tuple(pull_requests)
    authors = {r.author for p in pulls for r in p.reviews}
    authors |= {r.author for p in pulls for r in p.remarks}
    return frozenset(a for a in authors if house.tracker.permission(a).can_write)
