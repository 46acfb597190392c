"""The filters of ``GET /repos/{owner}/{repo}/issues`` as a listing."""

from collections.abc import Mapping
from typing import Any

from bot.hub.clock import instant_of
from bot.hub.errors import FieldError, Invalid
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Comment, Issue
from bot.hub.store.view import View

HAS_LABEL = (
    "id IN (SELECT il.issue_id FROM issue_labels il JOIN labels l ON l.id = il.label_id "
    "WHERE il.began <= :t AND il.ended > :t AND l.began <= :t AND l.ended > :t AND l.name {test})"
)
"""Issues that bear a label; ``{test}`` compares its name."""
_COMMENTS = (
    "(SELECT count(*) FROM comments WHERE issue_id = issues.id AND began <= :t AND ended > :t)"
)
_SORTS = {"created": "created_at", "updated": "updated_at", "comments": _COMMENTS}


def issue_listing(view: View, repository: Repository, query: Mapping[str, str]) -> Listing[Issue]:
    """Return what the query asks for: open issues, newest first, unless it says otherwise."""
    conditions, values = ["repo_id = :repo"], {"repo": repository.id}
    extra: dict[str, Any] = {}
    state = state_of(query, "Issue")
    if state != "all":
        conditions.append("state = :state")
        extra["state"] = state
    for index, name in enumerate(
        part.strip() for part in query.get("labels", "").split(",") if part.strip()
    ):
        conditions.append(HAS_LABEL.format(test=f"= :label{index}"))
        extra[f"label{index}"] = name
    if "since" in query:
        conditions.append("updated_at >= :since")
        extra["since"] = since(query, "Issue")
    conditions += _milestone(query, extra) + _people(view, query, extra)
    sort = _SORTS.get(query.get("sort", "created"), "created_at")
    where = " AND ".join(conditions)
    return Listing(
        Issue, where, {**values, **extra}, sort, "number", query.get("direction") != "asc"
    )


def comment_listing(repository: Repository, query: Mapping[str, str]) -> Listing[Comment]:
    """Return the repository-wide comments: by id unless sorted, ``direction`` counts only with a
    sort.
    """
    conditions, values = ["repo_id = :repo"], {"repo": repository.id}
    if "since" in query:
        conditions.append("updated_at >= :since")
        values["since"] = since(query, "IssueComment")
    sort = {"created": "created_at", "updated": "updated_at"}.get(query.get("sort", ""), "id")
    descending = "sort" in query and query.get("direction", "desc") == "desc"
    return Listing(Comment, " AND ".join(conditions), values, sort, descending=descending)


def state_of(query: Mapping[str, str], resource: str) -> str:
    """Return open, closed or all; open when nothing is asked. Raises Invalid for other words."""
    state = query.get("state") or "open"
    if state not in ("open", "closed", "all"):
        raise Invalid(FieldError(resource, "state", "invalid"))
    return state


def since(query: Mapping[str, str], resource: str) -> int:
    """Return the instant of ``since``; it is inclusive. Raises Invalid for what is no date."""
    try:
        return instant_of(query["since"])
    except ValueError:
        raise Invalid(FieldError(resource, "since", "invalid")) from None


def _milestone(query: Mapping[str, str], values: dict[str, Any]) -> list[str]:
    wanted = query.get("milestone", "")
    if wanted == "none":
        return ["milestone_id IS NULL"]
    if wanted == "*":
        return ["milestone_id IS NOT NULL"]
    if not wanted:
        return []
    if not wanted.isdigit():
        raise Invalid(FieldError("Issue", "milestone", "invalid"))
    values["milestone"] = int(wanted)
    return [
        "milestone_id IN (SELECT id FROM milestones WHERE repo_id = :repo AND number = :milestone "
        "AND began <= :t AND ended > :t)"
    ]


def _people(view: View, query: Mapping[str, str], values: dict[str, Any]) -> list[str]:
    conditions = []
    if "creator" in query:
        account = view.account_named(query["creator"])
        values["creator"] = account.id if account else 0
        conditions.append("author_id = :creator")
    assigned = "id {} (SELECT issue_id FROM assignees WHERE began <= :t AND ended > :t{})"
    wanted = query.get("assignee", "")
    if wanted in ("none", "*"):
        conditions.append(assigned.format("NOT IN" if wanted == "none" else "IN", ""))
    elif wanted:
        account = view.account_named(wanted)
        values["assignee"] = account.id if account else 0
        conditions.append(assigned.format("IN", " AND account_id = :assignee"))
    return conditions
