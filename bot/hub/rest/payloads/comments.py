"""``issue-comment``."""

from typing import Any

from bot.hub.clock import iso
from bot.hub.rest.payloads.accounts import user_or_none
from bot.hub.rest.payloads.reactions import reaction_rollup
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Comment, Issue
from bot.hub.world.access import association


def comment_payload(scope: Scope, repository: Repository, comment: Comment) -> dict[str, Any]:
    """Return a comment on an issue or pull request."""
    issue = scope.view.one(Issue, "id = :id", id=comment.issue_id)
    number, kind = (issue.number, "pull" if issue.pull_id else "issues") if issue else (0, "issues")
    url = f"{scope.api_url(repository)}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{scope.html_url(repository)}/{kind}/{number}#issuecomment-{comment.id}",
        "issue_url": f"{scope.api_url(repository)}/issues/{number}",
        "id": comment.id,
        "node_id": node_id("IC", comment.id, repository.id),
        "user": user_or_none(scope, comment.author_id),
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "body": comment.body,
        "author_association": association(scope.view, repository, comment.author_id),
        "reactions": reaction_rollup(scope, comment, url),
        "performed_via_github_app": None,
        "pin": None,
        "minimized": None if comment.minimized is None else {"reason": comment.minimized},
    }
