"""Mutations of pull requests and reviews."""

from typing import Any

from bot.hub.errors import FieldError, Invalid, Unprocessable
from bot.hub.graphql.mutations.base import Input, mutation, pull_of
from bot.hub.graphql.mutations.issues import change
from bot.hub.graphql.nodes.actors import ActorNode
from bot.hub.graphql.nodes.lookup import find_record
from bot.hub.graphql.nodes.pull_request import PullRequestNode
from bot.hub.graphql.nodes.reviews import ReviewNode
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.world import pulls as world
from bot.hub.world.merging import MergeWish, merge_pull
from bot.hub.world.opening import PullWish, open_pull_request
from bot.hub.world.reviews import LineComment, ReviewDraft, submit_review


@mutation
def create_pull_request(scope: Scope, given: Input) -> dict[str, Any]:
    """Open a pull request between two branches of the repository."""
    repository: Repository = find_record(scope.view, scope, given["repositoryId"], Repository)
    wish = PullWish(
        given["title"],
        given["headRefName"],
        given["baseRefName"],
        given.get("body"),
        bool(given.get("draft")),
    )
    issue, pull = open_pull_request(scope.hub, scope.actor, repository, wish)
    return {"pullRequest": PullRequestNode(scope, issue, pull)}


@mutation
def update_pull_request(scope: Scope, given: Input) -> dict[str, Any]:
    """Change title, body, base, state, labels, milestone or assignees."""
    repository, _, pull = pull_of(scope.view, scope, given["pullRequestId"])
    git, base = scope.git(repository), given.get("baseRefName")
    base_sha = git.branch(base) if base else None
    if base and base_sha is None:
        raise Invalid(FieldError("PullRequest", "base", "invalid", "base is not a branch"))
    with scope.hub.database.writing() as transaction:
        repository, issue, pull = pull_of(transaction, scope, given["pullRequestId"])
        issue = change(transaction, scope, repository, issue, given)
        if base and base_sha:
            ends = world.Branches(pull.head_ref, pull.head_sha, base, base_sha)
            issue = world.retarget_pull(transaction, scope.actor, repository, issue, ends)
        if given.get("state") == "CLOSED":
            world.close_pull(transaction, scope.actor, repository, issue)
        elif given.get("state") == "OPEN":
            world.reopen_pull(transaction, scope.actor, repository, issue, git)
    return {**_changed(scope, given), "actor": ActorNode(scope, scope.actor)}


@mutation
def close_pull_request(scope: Scope, given: Input) -> dict[str, Any]:
    """Close a pull request unmerged."""
    with scope.hub.database.writing() as transaction:
        repository, issue, _ = pull_of(transaction, scope, given["pullRequestId"])
        world.close_pull(transaction, scope.actor, repository, issue)
    return _changed(scope, given)


@mutation
def reopen_pull_request(scope: Scope, given: Input) -> dict[str, Any]:
    """Open a closed pull request again."""
    with scope.hub.database.writing() as transaction:
        repository, issue, _ = pull_of(transaction, scope, given["pullRequestId"])
        world.reopen_pull(transaction, scope.actor, repository, issue, scope.git(repository))
    return _changed(scope, given)


@mutation
def convert_pull_request_to_draft(scope: Scope, given: Input) -> dict[str, Any]:
    """Turn a pull request into a draft."""
    return _set_draft(scope, given, is_draft=True)


@mutation
def mark_pull_request_ready_for_review(scope: Scope, given: Input) -> dict[str, Any]:
    """Mark a draft ready."""
    return _set_draft(scope, given, is_draft=False)


def _set_draft(scope: Scope, given: Input, *, is_draft: bool) -> dict[str, Any]:
    with scope.hub.database.writing() as transaction:
        repository, issue, _ = pull_of(transaction, scope, given["pullRequestId"])
        world.set_draft(transaction, scope.actor, repository, issue, is_draft)
    return _changed(scope, given)


@mutation
def merge_pull_request(scope: Scope, given: Input) -> dict[str, Any]:
    """Merge; ``expectedHeadOid`` guards the head."""
    repository, _, pull = pull_of(scope.view, scope, given["pullRequestId"])
    wish = MergeWish(
        (given.get("mergeMethod") or "MERGE").lower(),
        given.get("commitHeadline"),
        given.get("commitBody"),
        given.get("expectedHeadOid"),
    )
    merge_pull(scope.hub, scope.actor, repository, pull, wish)
    return {**_changed(scope, given), "actor": ActorNode(scope, scope.actor)}


@mutation
def add_pull_request_review(scope: Scope, given: Input) -> dict[str, Any]:
    """Submit a review at once; the hub keeps no pending ones, so ``event`` is needed."""
    if given.get("event") is None:
        raise Unprocessable("The hub keeps no pending reviews: give an event.")
    repository, _, pull = pull_of(scope.view, scope, given["pullRequestId"])
    commit, git = given.get("commitOID") or pull.head_sha, scope.git(repository)
    if git.object_type(commit) != "commit" or not git.is_ancestor(commit, pull.head_sha):
        raise Unprocessable("commitOID is not part of the pull request")
    threads = [
        LineComment(thread["path"], thread["line"], thread["body"], thread.get("side") or "RIGHT")
        for thread in given.get("threads") or []
    ]
    draft = ReviewDraft(given["event"], given.get("body") or "", commit, threads)
    with scope.hub.database.writing() as transaction:
        repository, _, pull = pull_of(transaction, scope, given["pullRequestId"])
        review = submit_review(transaction, scope.actor, repository, pull, draft)
    return {"pullRequestReview": ReviewNode(scope, pull, review)}


def _changed(scope: Scope, given: Input) -> dict[str, Any]:
    _, issue, pull = pull_of(scope.view, scope, given["pullRequestId"])
    return {"pullRequest": PullRequestNode(scope, issue, pull)}


MUTATIONS = {
    "createPullRequest": create_pull_request,
    "updatePullRequest": update_pull_request,
    "closePullRequest": close_pull_request,
    "reopenPullRequest": reopen_pull_request,
    "convertPullRequestToDraft": convert_pull_request_to_draft,
    "markPullRequestReadyForReview": mark_pull_request_ready_for_review,
    "mergePullRequest": merge_pull_request,
    "addPullRequestReview": add_pull_request_review,
}
