"""Who lets a pull request land."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.settings import MergePolicy
from bot.domain.work import PullRequest, Review, ReviewState


def why_not_yet(
    pull_request: PullRequest,
    policy: MergePolicy,
    protected: tuple[str, ...],
    reviewers: Collection[str],
) -> str:
    """Return what a person must still do before this pull request may land, or an empty text.

    `reviewers` are the logins with write permission; `protected` the protected paths it touches.
    Only an approval of the present head by one of them counts.
    """
    if wanted_changes(pull_request, reviewers):
        return "a reviewer asked for changes"
    if policy is MergePolicy.AUTO and not protected:
        return ""
    if any(
        r.state is ReviewState.APPROVED
        and r.commit_sha == pull_request.head_sha
        and author in reviewers
        and author != pull_request.author
        for author, r in _opinions(pull_request).items()
    ):
        return ""
    if protected:
        return f"it touches {', '.join(protected[:3])}, which a person must approve"
    return "a person with write permission must approve its present head"


def wanted_changes(pull_request: PullRequest, reviewers: Collection[str]) -> tuple[str, ...]:
    """Return what reviewers ask for on the present head: each one's latest opinion counts.

    On a public repository anyone can ask for changes; only those with write permission count.
    """
    return tuple(
        f"{author} asks for changes: {r.body or '(see the comments)'}"
        for author, r in _opinions(pull_request).items()
        if r.state is ReviewState.CHANGES_REQUESTED
        and r.commit_sha == pull_request.head_sha
        and author in reviewers
    )


def _opinions(pull_request: PullRequest) -> dict[str, Review]:
    """Return each reviewer's latest opinion; a mere or unsent comment changes none."""
    return {
        r.author: r
        for r in pull_request.reviews
        if r.state not in (ReviewState.COMMENTED, ReviewState.PENDING)
    }
