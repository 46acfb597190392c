"""``pull-request``, ``pull-request-simple``, reviews and review comments."""

from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.rest.payloads.accounts import simple_user, user_or_none
from bot.hub.rest.payloads.issues import issue_node_id, shared_part
from bot.hub.rest.payloads.repositories import listed_repository
from bot.hub.rules.merge_state import merge_state_status
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Issue, Pull, Review, ReviewComment
from bot.hub.world.access import association
from bot.hub.world.mergeability import merge_facts

Json = dict[str, Any]


def simple_pull(scope: Scope, repository: Repository, issue: Issue, pull: Pull) -> Json:
    """Return a pull request as lists show it."""
    url, page = _urls(scope, repository, issue)
    issue_url = f"{scope.api_url(repository)}/issues/{issue.number}"
    statuses_url = f"{scope.api_url(repository)}/statuses/{pull.head_sha}"
    links = {
        "self": url,
        "html": page,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{scope.api_url(repository)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses_url,
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": issue_node_id(issue),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": statuses_url,
        **{
            name: value
            for name, value in shared_part(scope, repository, issue).items()
            if name != "comments"
        },
        "merged_at": iso_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(scope, repository, pull.head_ref, pull.head_sha),
        "base": _end(scope, repository, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "auto_merge": None,
        "draft": pull.is_draft,
    }


def full_pull(scope: Scope, repository: Repository, issue: Issue, pull: Pull) -> Json:
    """Return everything ``GET pulls/{number}`` says.

    Asks git for mergeability and the size of the diff.
    """
    git = scope.git(repository)
    stat = git.diff_stat(pull.base_sha, pull.head_sha)
    facts = merge_facts(scope.hub, scope.view, issue, pull)
    return {
        **simple_pull(scope, repository, issue, pull),
        "merged": pull.merged_at is not None,
        "mergeable": facts.mergeable,
        "rebaseable": facts.mergeable,
        "mergeable_state": merge_state_status(facts).lower(),
        "merged_by": user_or_none(scope, pull.merged_by_id),
        "comments": shared_part(scope, repository, issue)["comments"],
        "review_comments": scope.view.count(ReviewComment, "pull_id = :pull", pull=pull.id),
        "maintainer_can_modify": False,
        "commits": len(git.commits_between(pull.base_sha, pull.head_sha)),
        "additions": stat.additions,
        "deletions": stat.deletions,
        "changed_files": stat.files,
    }


def review_payload(scope: Scope, repository: Repository, issue: Issue, review: Review) -> Json:
    """Return a submitted review."""
    url, page = _urls(scope, repository, issue)
    html_url = f"{page}#pullrequestreview-{review.id}"
    return {
        "id": review.id,
        "node_id": node_id("PRR", review.id, repository.id),
        "user": user_or_none(scope, review.author_id),
        "body": review.body,
        "state": review.state,
        "html_url": html_url,
        "pull_request_url": url,
        "_links": {"html": {"href": html_url}, "pull_request": {"href": url}},
        "submitted_at": iso(review.submitted_at),
        "updated_at": iso(review.submitted_at),
        "commit_id": review.commit_oid,
        "author_association": association(scope.view, repository, review.author_id),
    }


def review_comment_payload(
    scope: Scope, repository: Repository, issue: Issue, comment: ReviewComment
) -> Json:
    """Return a comment on a line of the diff; the hub keeps no hunks, its position is the line."""
    pull_url, page = _urls(scope, repository, issue)
    url, html_url = (
        f"{scope.api_url(repository)}/pulls/comments/{comment.id}",
        f"{page}#discussion_r{comment.id}",
    )
    return {
        "url": url,
        "pull_request_review_id": comment.review_id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id, repository.id),
        "diff_hunk": "",
        "path": comment.path,
        "commit_id": comment.commit_oid,
        "original_commit_id": comment.commit_oid,
        "user": user_or_none(scope, comment.author_id),
        "body": comment.body,
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "html_url": html_url,
        "pull_request_url": pull_url,
        "author_association": association(scope.view, repository, comment.author_id),
        "_links": {
            "self": {"href": url},
            "html": {"href": html_url},
            "pull_request": {"href": pull_url},
        },
        "line": comment.line,
        "original_line": comment.line,
        "position": comment.line,
        "original_position": comment.line or 1,
        "side": comment.side,
        "subject_type": "file" if comment.line is None else "line",
    }


def _urls(scope: Scope, repository: Repository, issue: Issue) -> tuple[str, str]:
    return (
        f"{scope.api_url(repository)}/pulls/{issue.number}",
        f"{scope.html_url(repository)}/pull/{issue.number}",
    )


def _end(scope: Scope, repository: Repository, ref: str, sha: str) -> Json:
    owner = scope.view.account(repository.owner_id)
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": simple_user(scope, owner),
        "repo": listed_repository(scope, repository),
    }
