"""Connections of issues and pull requests with their filters and orders."""

from typing import Any

from bot.hub.clock import instant_of
from bot.hub.errors import Unprocessable
from bot.hub.graphql.connections import Connection, connect
from bot.hub.rest.issue_filters import HAS_LABEL
from bot.hub.scope import Scope
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue

_COMMENTS = (
    "(SELECT count(*) FROM comments WHERE issue_id = issues.id AND began <= :t AND ended > :t)"
)
_SORTS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "COMMENTS": _COMMENTS}
_MERGED = (
    "pull_id IN (SELECT id FROM pulls WHERE merged_at IS NOT NULL AND repo_id = issues.repo_id "
    "AND began <= :t AND ended > :t)"
)
_PULL_STATES = {
    "OPEN": "state = 'open'",
    "CLOSED": f"(state = 'closed' AND NOT {_MERGED})",
    "MERGED": f"(state = 'closed' AND {_MERGED})",
}
_ON_MILESTONE = (
    "milestone_id IN (SELECT id FROM milestones WHERE {} AND repo_id = issues.repo_id "
    "AND began <= :t AND ended > :t)"
)
_PULL_ENDS = "pull_id IN (SELECT id FROM pulls WHERE {} AND began <= :t AND ended > :t)"


class Filter:
    """SQL conditions and their values, collected one by one."""

    def __init__(self, where: str, **values: Any) -> None:
        self.conditions = [where]
        self.values = values

    def add(self, condition: str, **values: Any) -> None:
        """Demand one thing more."""
        self.conditions.append(condition)
        self.values |= values

    def any_of(self, template: str, name: str, wanted: list[Any]) -> None:
        """Demand that one of the values fits: ``{}`` in the template becomes its parameter."""
        marks = [f":{name}{index}" for index in range(len(wanted))]
        tests = " OR ".join(template.format(mark) for mark in marks) or "0"
        self.add(
            f"({tests})", **{mark[1:]: value for mark, value in zip(marks, wanted, strict=True)}
        )

    def listing(self, order: dict[str, str] | None) -> Listing[Issue]:
        """Return the listing in the given order, oldest first unless it says otherwise."""
        order = order or {"field": "CREATED_AT", "direction": "ASC"}
        where = " AND ".join(self.conditions)
        return Listing(
            Issue, where, self.values, _SORTS[order["field"]], "id", order["direction"] == "DESC"
        )


def issue_connection(scope: Scope, chosen: Filter, arguments: dict[str, Any]) -> Connection[Any]:
    """Page issues (never pull requests) by states, labels, filterBy and orderBy."""
    from bot.hub.graphql.nodes.issue import IssueNode

    chosen.add("pull_id IS NULL")
    states, labels = arguments.pop("states", None), arguments.pop("labels", None)
    filters = arguments.pop("filter_by", None) or {}
    for wanted in (states, filters.get("states")):
        if wanted:
            chosen.any_of("state = {}", f"state{id(wanted)}_", [state.lower() for state in wanted])
    for wanted in (labels, filters.get("labels")):
        if wanted:
            chosen.any_of(HAS_LABEL.format(test="= {}"), f"label{id(wanted)}_", wanted)
    _apply_filters(scope, chosen, filters)
    listing = chosen.listing(arguments.pop("order_by", None))
    listed = scope.listed()
    return connect(listed.view, listing, lambda issue: IssueNode(listed, issue), arguments)


def pull_connection(scope: Scope, chosen: Filter, arguments: dict[str, Any]) -> Connection[Any]:
    """Page pull requests by states, labels, head, base and orderBy."""
    from bot.hub.graphql.nodes.pull_request import PullRequestNode

    chosen.add("pull_id IS NOT NULL")
    states, labels = arguments.pop("states", None), arguments.pop("labels", None)
    if states:
        chosen.add("(" + " OR ".join(_PULL_STATES[state] for state in states) + ")")
    if labels:
        chosen.any_of(HAS_LABEL.format(test="= {}"), "label", labels)
    for argument, column in (("head_ref_name", "head_ref"), ("base_ref_name", "base_ref")):
        name = arguments.pop(argument, None)
        if name is not None:
            chosen.add(_PULL_ENDS.format(f"{column} = :{column}"), **{column: name})
    listing = chosen.listing(arguments.pop("order_by", None))
    listed = scope.listed()
    return connect(
        listed.view, listing, lambda issue: PullRequestNode.of_issue(listed, issue), arguments
    )


def _apply_filters(scope: Scope, chosen: Filter, filters: dict[str, Any]) -> None:
    if filters.get("since"):
        try:
            chosen.add("updated_at >= :since", since=instant_of(filters["since"]))
        except ValueError:
            raise Unprocessable(f"{filters['since']} is not a valid DateTime.") from None
    if filters.get("createdBy"):
        chosen.add("author_id = :creator", creator=_account_id(scope, filters["createdBy"]))
    if filters.get("mentioned"):
        chosen.add("body LIKE :mention", mention=f"%@{filters['mentioned']}%")
    if filters.get("assignee"):
        where = (
            "id IN (SELECT issue_id FROM assignees WHERE account_id = :assignee "
            "AND began <= :t AND ended > :t)"
        )
        chosen.add(where, assignee=_account_id(scope, filters["assignee"]))
    for name in ("milestone", "milestoneNumber"):
        if name in filters:
            _apply_milestone(chosen, filters[name])


def _apply_milestone(chosen: Filter, wanted: str | None) -> None:
    if wanted is None:
        chosen.add("milestone_id IS NULL")
    elif wanted == "*":
        chosen.add("milestone_id IS NOT NULL")
    elif wanted.isdigit():
        chosen.add(_ON_MILESTONE.format("number = :milestone"), milestone=int(wanted))
    else:
        chosen.add(_ON_MILESTONE.format("title = :milestone"), milestone=wanted)


def _account_id(scope: Scope, login: str) -> int:
    account = scope.view.account_named(login) or scope.view.account_named(f"{login}[bot]")
    return account.id if account else 0
