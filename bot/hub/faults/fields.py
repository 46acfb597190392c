"""GraphQL under a plan: mutations stopped on the way, nested connections cut in silence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from graphql import GraphQLResolveInfo

from bot.hub.faults.answers import FieldFailed, FieldLimited
from bot.hub.faults.creating import CREATING_FIELDS, SILENT_FIELDS, refuse_oversized
from bot.hub.faults.matching import UPDATING_FIELDS
from bot.hub.faults.model import Fail
from bot.hub.faults.plan import PLAN, Plan
from bot.hub.graphql.connections import Connection
from bot.hub.graphql.nodes.lookup import find_record
from bot.hub.scope import Scope
from bot.hub.store.records import Comment, Issue, Pull

Resolver = Callable[..., Any]


def under_plan(resolve: Resolver) -> Resolver:
    """Return the resolver of this request: the true one when nothing is planned."""
    plan = PLAN.get()
    if plan is None:
        return resolve

    def resolve_under_plan(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if info.parent_type.name == "Mutation":
            return _mutate(plan, resolve, source, info, arguments)
        value = resolve(source, info, **arguments)
        return value if plan.truncate is None else _cut(plan, source, value, info)

    return resolve_under_plan


def _mutate(
    plan: Plan,
    resolve: Resolver,
    source: Any,
    info: GraphQLResolveInfo[Any],
    arguments: dict[str, Any],
) -> Any:
    name, alias, now = info.field_name, str(info.path.key), plan.clock.read()
    if plan.partial is not None and plan.applied >= plan.partial.applied:
        plan.is_cut = True
        raise FieldFailed
    if plan.refuses_oversized and name in SILENT_FIELDS:
        refuse_oversized(arguments.get("input") or {})
    if plan.ignores_updates and name in UPDATING_FIELDS:
        arguments = {**arguments, "input": _unchanged(info.context.scope, arguments["input"])}
    content = plan.content if name in CREATING_FIELDS else None
    if content is not None and not plan.book.may_create(plan.facts.actor, content, now):
        plan.is_limited = True
        raise FieldLimited
    rule = plan.book.alias(plan.facts, alias, name, now)
    is_lost = rule is not None and isinstance(rule.fault, Fail) and rule.fault.when == "after"
    if rule is not None and not is_lost:
        plan.is_limited = plan.is_limited or not isinstance(rule.fault, Fail)
        raise FieldFailed if isinstance(rule.fault, Fail) else FieldLimited
    value = resolve(source, info, **arguments)
    plan.applied += 1
    if content is not None:
        plan.book.created(plan.facts.actor, now)
    if is_lost:
        raise FieldFailed
    return value


def _unchanged(scope: Scope, given: dict[str, Any]) -> dict[str, Any]:
    """Return an update's input with the body that its object has already."""
    identity = str(given.get("id") or given.get("pullRequestId"))
    found = find_record(scope.view, scope, identity, Issue, Pull, Comment)
    holder = scope.view.issue_of(found) if isinstance(found, Pull) else found
    return {**given, "body": holder.body or ""} if "body" in given else given


def _cut(plan: Plan, source: Any, value: Any, info: GraphQLResolveInfo[Any]) -> Any:
    """Count issues read outside of any list; once there are many, shorten what lies inside."""
    truncate = plan.truncate
    if truncate is None:
        return value
    is_nested = any(isinstance(key, int) for key in info.path.as_list())
    if not is_nested:
        plan.issues_read += 0 if isinstance(source, Connection) else _issues_in(value)
        return value
    if not isinstance(value, Connection) or plan.issues_read < truncate.issues:
        return value
    edges, page = value.edges[: truncate.keep], value.page_info
    is_shorter = len(edges) < len(value.edges)
    count = value.count
    return replace(
        value,
        edges=edges,
        page_info=replace(
            page,
            end_cursor=edges[-1].cursor if edges else None,
            start_cursor=edges[0].cursor if edges else None,
            has_next_page=False if is_shorter else page.has_next_page,
        ),
        count=lambda: min(count(), truncate.keep),
    )


def _issues_in(value: Any) -> int:
    if isinstance(value, Connection):
        return sum(_issues_in(edge.node) for edge in value.edges)
    if isinstance(value, list):
        return sum(_issues_in(entry) for entry in value)
    return 1 if getattr(value, "typename", None) == "Issue" else 0
