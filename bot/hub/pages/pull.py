"""A pull request: what it changes, what its gates said, who reviewed it, whether it can merge."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.hub.git.command import GitFailed
from bot.hub.git.commits import CommitInfo
from bot.hub.pages.conversation import Said, state_of
from bot.hub.pages.diff import Diff, shown
from bot.hub.pages.visit import Place
from bot.hub.rules.merge_state import merge_state_status
from bot.hub.rules.status_rollup import latest_by_context
from bot.hub.store.records import Issue, Pull, Review, ReviewComment, Status
from bot.hub.world.mergeability import merge_facts
from bot.hub.world.reviews import counted_opinions, decision_of, reviews_of
from bot.hub.world.statuses import statuses_of

MOST_COMMITS = 100
_DEEDS = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "requested changes",
    "COMMENTED": "reviewed",
    "DISMISSED": "gave a review that was dismissed",
}
_MERGE_WORDS = {
    "CLEAN": ("good", "It can be merged: no conflicts, gates are green."),
    "UNSTABLE": ("warn", "It has no conflicts, but not every gate is green."),
    "DIRTY": ("bad", "It conflicts with its base and cannot be merged."),
    "DRAFT": ("warn", "It is a draft: it cannot be merged yet."),
    "BLOCKED": ("warn", "The base branch's protection holds it back."),
    "BEHIND": ("warn", "Its base has moved on: it must be brought up to date first."),
    "UNKNOWN": ("warn", "Whether it can be merged is not known: a branch is gone."),
}


@dataclass(frozen=True)
class Remark:
    """A comment on a line of the diff."""

    path: str
    line: int | None
    body: Markup
    author: str
    resolved: bool


@dataclass(frozen=True)
class Opinion:
    """One review with its comments on lines."""

    said: Said
    state: str
    commit: str
    remarks: Sequence[Remark]
    counts: bool


@dataclass(frozen=True)
class Contents:
    """A pull request beyond its conversation."""

    state: str
    pull: Pull
    tone: str
    merge_words: str
    decision: str
    statuses: Sequence[Status]
    commits: Sequence[CommitInfo]
    earlier_commits: int
    diff: Diff | None
    opinions: Sequence[Opinion]


def contents_of(place: Place, issue: Issue, pull: Pull) -> Contents:
    """Return what a pull request's page shows beside the conversation."""
    state = state_of(issue, pull)
    tone, words = _merge(place, issue, pull, state)
    commits, diff = _changes(place, pull)
    counted = {review.id for review in counted_opinions(place.view, pull)}
    return Contents(
        state,
        pull,
        tone,
        words,
        (decision_of(place.view, pull) or "").replace("_", " ").lower(),
        latest_by_context(statuses_of(place.view, pull.repo_id, pull.head_sha)),
        commits[-MOST_COMMITS:],
        max(0, len(commits) - MOST_COMMITS),
        diff,
        [_opinion(place, pull, review, counted) for review in reviews_of(place.view, pull)[-100:]],
    )


def _merge(place: Place, issue: Issue, pull: Pull, state: str) -> tuple[str, str]:
    if state == "merged":
        return "good", "It is merged."
    if state == "closed":
        return "bad", "It was closed without a merge."
    try:
        status = merge_state_status(merge_facts(place.visit.hub, place.view, issue, pull))
    except GitFailed:
        status = "UNKNOWN"
    return _MERGE_WORDS.get(status, _MERGE_WORDS["UNKNOWN"])


def _changes(place: Place, pull: Pull) -> tuple[list[CommitInfo], Diff | None]:
    """Return commits and diff; nothing when git has lost one of the ends."""
    try:
        commits = place.git.commits_between(pull.base_sha, pull.head_sha)
        return commits, shown(place.git.changes(pull.base_sha, pull.head_sha))
    except GitFailed:
        return [], None


def _opinion(place: Place, pull: Pull, review: Review, counted: set[int]) -> Opinion:
    author = place.view.account(review.author_id)
    said = Said(
        f"pullrequestreview-{review.id}",
        author.login,
        author.is_bot,
        review.submitted_at,
        False,
        place.body(review.body),
        deed=_DEEDS.get(review.state, "reviewed"),
    )
    comments = place.view.all(
        ReviewComment,
        "pull_id = :pull AND review_id = :review",
        order="id",
        limit=100,
        pull=pull.id,
        review=review.id,
    )
    remarks = [
        Remark(c.path, c.line, place.body(c.body), place.login(c.author_id), c.is_resolved)
        for c in comments
    ]
    return Opinion(said, review.state, review.commit_oid, remarks, review.id in counted)
