"""A pull request that may land, and what keeps it from landing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import ServiceError
from bot.domain.outputs import AttemptReport
from bot.domain.work import PullRequest, ReviewState
from bot.loop.house import House
from bot.loop.reviewers import reviewers_of
from bot.ports.workspace import Head
from bot.rules.approval import why_not_yet
from bot.rules.protection import demands

UPDATES = 20
"""Updates with the base, one upon the other, that an approval outlives."""


@dataclass(frozen=True, slots=True)
class Passenger:
    """One pull request that may land: the attempt behind it."""

    pull_request: int
    attempt: AttemptReport
    labels: tuple[str, ...] = ()
    """Of its items and the spec."""

    @property
    def items(self) -> tuple[int, ...]:
        """The items it closes."""
        return self.attempt.assignment.items


def hindrance(
    house: House, passenger: Passenger, pull_request: PullRequest, base_branch: str
) -> str:
    """Return why a pull request may not land now, or an empty text."""
    if pull_request.is_draft:
        return "it is a draft"
    if pull_request.head_repository != house.repository:
        return "its branch lives in another repository"
    if pull_request.base_branch != base_branch:
        return f"it goes to {pull_request.base_branch}, not {base_branch}"
    base = head_of(house, base_branch)
    touched = house.codebase.changed_paths(base.sha, pull_request.head_sha)
    labels = (*pull_request.labels, *passenger.labels)
    asked = demands(touched, labels, house.settings)
    reviewers = reviewers_of(house, [pull_request])
    policy = house.settings.merge
    why = why_not_yet(pull_request, policy, asked, reviewers)
    if why and any(r.state is ReviewState.APPROVED for r in pull_request.reviews):
        updated = _brought_up_to_date(house, pull_request.head_sha, base.sha)
        return why_not_yet(pull_request, policy, asked, reviewers, updated)
    return why


def _brought_up_to_date(house: House, head: str, base: str) -> tuple[str, ...]:
    """Return the earlier heads that a head adds nothing to but what landed on the base meanwhile.

    An approval of one of them is worth what it was: the tree is what git itself makes of the two.
    """
    found: list[str] = []
    codebase = house.codebase
    while len(found) < UPDATES and codebase.contains(head, head):
        parents = codebase.parents(head)
        if len(parents) != 2 or not codebase.contains(parents[1], base):
            break
        if codebase.merge_tree(parents[1], parents[0]).tree != codebase.tree(head):
            break
        head = parents[0]
        found.append(head)
    return tuple(found)


def head_of(house: House, branch: str) -> Head:
    """Return the head of a branch that must be there. Raises ServiceError."""
    head = house.codebase.head(branch)
    if head is None:
        raise ServiceError(f"The branch {branch} is gone; restore it and run again.")
    return head
