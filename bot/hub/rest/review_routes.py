"""Reviews of pull requests and the comments they leave on lines."""

from typing import Any

from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import listed
from bot.hub.rest.payloads.pulls import review_comment_payload, review_payload
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue, Pull, Review, ReviewComment
from bot.hub.store.view import View
from bot.hub.world import reviews as world


def list_reviews(call: Call) -> Answer:
    """List the reviews of a pull request, oldest first."""
    repository, issue, pull = call.pull()
    listing = Listing(Review, "pull_id = :pull", {"pull": pull.id}, "submitted_at")
    scope = call.scope.listed()
    return listed(call, listing, lambda review: review_payload(scope, repository, issue, review))


def submit(call: Call) -> Answer:
    """Submit a review at once; the hub keeps no pending reviews, so ``event`` is required."""
    repository, issue, pull = call.pull()
    fields = call.fields()
    commit = read.text_or_none(fields, "commit_id", "PullRequestReview") or pull.head_sha
    git = call.scope.git(repository)
    if git.object_type(commit) != "commit" or not git.is_ancestor(commit, pull.head_sha):
        raise Invalid(
            FieldError(
                "PullRequestReview",
                "commit_id",
                "invalid",
                "commit_id is not part of the pull request",
            )
        )
    draft = world.ReviewDraft(
        read.text(fields, "event", "PullRequestReview"),
        read.text_or_none(fields, "body", "PullRequestReview") or "",
        commit,
        _line_comments(fields.get("comments") or []),
    )
    with call.hub.database.writing() as transaction:
        review = world.submit_review(
            transaction, call.actor, repository, _fresh(transaction, pull), draft
        )
    return Answer(review_payload(call.scope, repository, issue, review))


def get(call: Call) -> Answer:
    """Return a review by id."""
    repository, issue, pull = call.pull()
    return Answer(review_payload(call.scope, repository, issue, _review(call, call.view, pull)))


def dismiss(call: Call) -> Answer:
    """Dismiss an approval or a request for changes."""
    repository, issue, pull = call.pull()
    with call.hub.database.writing() as transaction:
        review = _review(call, transaction, pull)
        review = world.dismiss_review(transaction, call.actor, repository, review)
    return Answer(review_payload(call.scope, repository, issue, review))


def list_comments(call: Call) -> Answer:
    """List the comments on lines of a pull request."""
    _, issue, pull = call.pull()
    return _comments(call, issue, Listing(ReviewComment, "pull_id = :pull", {"pull": pull.id}))


def list_review_comments(call: Call) -> Answer:
    """List the comments that one review left."""
    _, issue, pull = call.pull()
    review = _review(call, call.view, pull)
    return _comments(
        call, issue, Listing(ReviewComment, "review_id = :review", {"review": review.id})
    )


def _comments(call: Call, issue: Issue, listing: Listing[ReviewComment]) -> Answer:
    scope, repository = call.scope.listed(), call.repository()
    return listed(
        call, listing, lambda comment: review_comment_payload(scope, repository, issue, comment)
    )


def _line_comments(entries: Any) -> list[world.LineComment]:
    if not isinstance(entries, list):
        raise Invalid(FieldError("PullRequestReview", "comments", "invalid"))
    return [_line_comment(entry) for entry in entries]


def _line_comment(entry: Any) -> world.LineComment:
    if not isinstance(entry, dict):
        raise Invalid(FieldError("PullRequestReview", "comments", "invalid"))
    line = entry.get("line", entry.get("position"))
    if line is not None:
        line = read.whole_number({"line": line}, "line", "PullRequestReviewComment")
    return world.LineComment(
        read.text(entry, "path", "PullRequestReviewComment"),
        line,
        read.text(entry, "body", "PullRequestReviewComment"),
        read.text_or_none(entry, "side", "PullRequestReviewComment") or "RIGHT",
    )


def _review(call: Call, view: View, pull: Pull) -> Review:
    review = view.one(Review, "id = :id AND pull_id = :pull", id=call.number("id"), pull=pull.id)
    if review is None:
        raise NotFound
    return review


def _fresh(view: View, pull: Pull) -> Pull:
    return view.one(Pull, "id = :id", id=pull.id) or pull


_PULL = "/repos/{owner}/{repo}/pulls/{number}"
ROUTES = (
    Route("GET", f"{_PULL}/reviews", list_reviews),
    Route("POST", f"{_PULL}/reviews", submit),
    Route("GET", f"{_PULL}/reviews/{{id}}", get),
    Route("GET", f"{_PULL}/reviews/{{id}}/comments", list_review_comments),
    Route("PUT", f"{_PULL}/reviews/{{id}}/dismissals", dismiss),
    Route("GET", f"{_PULL}/comments", list_comments),
)
