"""Who lets a pull request land."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.settings import MergePolicy
from bot.domain.work import PullRequest, Review, ReviewState
from bot.rules.text import digest, visible

MISSING = "a person with write permission must approve its present head"


def why_not_yet(
    pull_request: PullRequest,
    policy: MergePolicy,
    demands: tuple[str, ...],
    reviewers: Collection[str],
    updated: Collection[str] = (),
) -> str:
    """Return what a person must still do before this pull request may land, or an empty text.

    `reviewers` are the logins with write permission; `demands` say why it needs a person though
    green gates suffice. Only an approval of the present head by one of them counts, or of one of
    the `updated` heads, to which it adds the base alone; nobody's wish for changes may be left.
    """
    objectors = [r.author for r in objections(pull_request, reviewers)]
    if objectors:
        names = ", ".join(objectors)
        return f"{names} asked for changes and must approve it, or the review must be dismissed"
    if policy is MergePolicy.AUTO and not demands:
        return ""
    if any(
        r.state is ReviewState.APPROVED
        and r.commit_sha in (pull_request.head_sha, *updated)
        and author in reviewers
        and author != pull_request.author
        for author, r in _opinions(pull_request).items()
    ):
        return ""
    return demands[0] if demands else MISSING


def objections(pull_request: PullRequest, reviewers: Collection[str]) -> tuple[Review, ...]:
    """Return the wishes for changes that stand, of each reviewer the latest opinion.

    One stands until its author approves or somebody dismisses it, also when the head has moved: a
    push answers nothing by itself. On a public repository anyone can ask for changes; only those
    with write permission count.
    """
    return tuple(
        r
        for author, r in _opinions(pull_request).items()
        if r.state is ReviewState.CHANGES_REQUESTED and author in reviewers
    )


def unanswered(
    pull_request: PullRequest, reviewers: Collection[str], answered: Collection[int]
) -> tuple[Review, ...]:
    """Return the wishes for changes that no Executor was given yet; `answered` are reviews' ids."""
    return tuple(r for r in objections(pull_request, reviewers) if r.id not in answered)


def wanted_changes(pull_request: PullRequest, reviewers: Collection[str]) -> tuple[str, ...]:
    """Return what an Executor is told of a review: the words, then what was said about lines.

    Remarks in threads that somebody resolved are settled; those of people who may not write
    reach nobody.
    """
    wishes = tuple(
        f"{r.author} asks for changes: {visible(r.body) or '(see the remarks)'}"
        for r in objections(pull_request, reviewers)
    )
    remarks = tuple(
        f"{r.author} on {r.path}{f':{r.line}' if r.line else ''}: {visible(r.body)}"
        for r in pull_request.remarks
        if r.author in reviewers
    )
    return (*wishes, *remarks) if wishes else ()


def facts(pull_request: PullRequest) -> str:
    """Return a fingerprint of what decides whether GitHub merges it, as far as it can be read."""
    reviews = (f"{r.author} {r.state} {r.commit_sha}" for r in pull_request.reviews)
    return digest(pull_request.merge_state, *reviews)


def _opinions(pull_request: PullRequest) -> dict[str, Review]:
    """Return each reviewer's latest opinion; a mere or unsent comment changes none."""
    return {
        r.author: r
        for r in pull_request.reviews
        if r.state not in (ReviewState.COMMENTED, ReviewState.PENDING)
    }
