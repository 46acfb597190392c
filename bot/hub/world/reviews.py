"""Reviews of pull requests and comments on lines of their diff."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.hub.errors import FieldError, Invalid, Unprocessable
from bot.hub.rules.limits import BODY_TOO_LONG, MAX_BODY
from bot.hub.rules.review_decision import latest_opinions, review_decision
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Pull, Review, ReviewComment
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import require, role_of

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
"""What a reviewer asks for, and the state the review then has."""


@dataclass(frozen=True)
class LineComment:
    """A comment on one line; ``line`` is None for a comment on the whole file."""

    path: str
    line: int | None
    body: str
    side: str = "RIGHT"


@dataclass(frozen=True)
class ReviewDraft:
    """A review somebody wishes to submit; ``commit`` is the SHA that was reviewed."""

    event: str
    body: str
    commit: str
    comments: Sequence[LineComment] = ()


def reviews_of(view: View, pull: Pull) -> list[Review]:
    """Return the reviews of a pull request, oldest first."""
    return view.all(Review, "pull_id = :pull", order="submitted_at, id", pull=pull.id)


def counted_opinions(view: View, pull: Pull) -> list[Review]:
    """Return the latest opinion of each reviewer with write access: only theirs decide."""
    repository = view.repository(pull.repo_id)
    opinions = latest_opinions(reviews_of(view, pull))
    return [
        r for r in opinions if role_of(view, repository, view.account(r.author_id)) >= Role.WRITE
    ]


def decision_of(view: View, pull: Pull) -> str | None:
    """Return ``reviewDecision``."""
    return review_decision(counted_opinions(view, pull))


def submit_review(
    transaction: Transaction, actor: Account, repository: Repository, pull: Pull, draft: ReviewDraft
) -> Review:
    """Submit a review; anyone who can read may. The pull request's ``updatedAt`` moves.

    Raises Unprocessable for an opinion on one's own pull request ("Can not approve your own pull
    request").
    """
    require(transaction, actor, repository, Role.READ)
    state = EVENTS.get(draft.event)
    if state is None:
        raise Invalid(FieldError("PullRequestReview", "event", "invalid"))
    issue = transaction.issue_of(pull)
    if issue.author_id == actor.id and state != "COMMENTED":
        deed = "approve" if state == "APPROVED" else "request changes on"
        raise Unprocessable("Unprocessable Entity", [f"Can not {deed} your own pull request"])
    if state != "APPROVED" and not draft.body.strip() and not draft.comments:
        raise Unprocessable("Unprocessable Entity", ["Review body can't be blank"])
    if len(draft.body) > MAX_BODY:
        raise Invalid(FieldError("PullRequestReview", "body", "custom", BODY_TOO_LONG))
    now = transaction.stamp
    review = transaction.add(
        Review(transaction.next_id(), pull.id, actor.id, state, draft.body, draft.commit, now)
    )
    for comment in draft.comments:
        comment_id = transaction.next_id()
        transaction.add(
            ReviewComment(
                id=comment_id,
                pull_id=pull.id,
                review_id=review.id,
                thread_id=comment_id,
                author_id=actor.id,
                path=comment.path,
                line=comment.line,
                side=comment.side,
                body=comment.body,
                commit_oid=draft.commit,
                is_resolved=False,
                created_at=now,
                updated_at=now,
            )
        )
    transaction.revise(issue, updated_at=now)
    return review


def dismiss_review(
    transaction: Transaction, actor: Account, repository: Repository, review: Review
) -> Review:
    """Take the weight from a review; needs write. Raises Unprocessable for a mere comment."""
    require(transaction, actor, repository, Role.WRITE)
    if review.state == "COMMENTED":
        raise Unprocessable("Can not dismiss a commented pull request review")
    return transaction.revise(review, state="DISMISSED")
