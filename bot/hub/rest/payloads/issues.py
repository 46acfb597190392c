"""``issue``: issues, and pull requests as the issues API shows them."""

from typing import Any

from bot.hub.clock import iso, iso_or_none
from bot.hub.rest.payloads.accounts import simple_user, user_or_none
from bot.hub.rest.payloads.labels import label_payload
from bot.hub.rest.payloads.milestones import milestone_payload
from bot.hub.rest.payloads.reactions import reaction_rollup
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Comment, Issue, Milestone, Pull
from bot.hub.world import dependencies, hierarchy
from bot.hub.world.access import association
from bot.hub.world.issues import assignees_of
from bot.hub.world.labels import labels_of
from bot.hub.world.locking import lock_reason
from bot.hub.world.milestones import milestone_of_issue

Json = dict[str, Any]


def issue_node_id(issue: Issue) -> str:
    """Return the global id; a pull request has the id of its code half."""
    if issue.pull_id is not None:
        return node_id("PR", issue.pull_id, issue.repo_id)
    return node_id("I", issue.id, issue.repo_id)


def issue_payload(scope: Scope, repository: Repository, issue: Issue) -> Json:
    """Return an issue, with ``pull_request`` links when it is one."""
    url = f"{scope.api_url(repository)}/issues/{issue.number}"
    kind = "pull" if issue.pull_id else "issues"
    return {
        "url": url,
        "repository_url": scope.api_url(repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{scope.html_url(repository)}/{kind}/{issue.number}",
        "id": issue.id,
        "node_id": issue_node_id(issue),
        "state_reason": issue.state_reason,
        "closed_by": user_or_none(scope, issue.closed_by_id),
        "performed_via_github_app": None,
        "reactions": reaction_rollup(scope, issue, url),
        **shared_part(scope, repository, issue),
        **(_pull_links(scope, repository, issue) if issue.pull_id else _issue_links(scope, issue)),
    }


def shared_part(scope: Scope, repository: Repository, issue: Issue) -> Json:
    """Return the fields that ``issue`` and ``pull-request`` have in common."""
    view = scope.view
    milestone = milestone_of_issue(view, issue)
    assignees = [simple_user(scope, account) for account in assignees_of(view, issue.id)]
    return {
        "number": issue.number,
        "title": issue.title,
        "user": user_or_none(scope, issue.author_id),
        "labels": [label_payload(scope, repository, label) for label in labels_of(view, issue.id)],
        "state": issue.state,
        "locked": issue.locked,
        "active_lock_reason": lock_reason(view, issue),
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": _milestone(scope, repository, milestone),
        "comments": view.count(Comment, "issue_id = :issue", issue=issue.id),
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso_or_none(issue.closed_at),
        "author_association": association(view, repository, issue.author_id),
        "body": issue.body,
    }


def _milestone(scope: Scope, repository: Repository, milestone: Milestone | None) -> Json | None:
    return None if milestone is None else milestone_payload(scope, repository, milestone)


def _issue_links(scope: Scope, issue: Issue) -> Json:
    total, completed, percent = hierarchy.summary(scope.view, issue)
    parent = hierarchy.parent_of(scope.view, issue)
    links: Json = {
        "sub_issues_summary": {
            "total": total,
            "completed": completed,
            "percent_completed": percent,
        },
        "issue_dependencies_summary": dependencies.summary(scope.view, issue),
        "pinned_comment": None,
        "type": None,
    }
    if parent is not None:
        home = scope.view.repository(parent.repo_id)
        links["parent_issue_url"] = f"{scope.api_url(home)}/issues/{parent.number}"
    return links


def _pull_links(scope: Scope, repository: Repository, issue: Issue) -> Json:
    page = f"{scope.html_url(repository)}/pull/{issue.number}"
    pull = scope.view.one(Pull, "id = :id", id=issue.pull_id)
    return {
        "draft": bool(pull and pull.is_draft),
        "pull_request": {
            "url": f"{scope.api_url(repository)}/pulls/{issue.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": iso_or_none(pull.merged_at if pull else None),
        },
    }
