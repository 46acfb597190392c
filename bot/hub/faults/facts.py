"""From a request to the facts rules ask for."""

from typing import Any

from bot.hub.errors import Refusal
from bot.hub.faults.answers import decoded
from bot.hub.faults.creating import refuse_oversized, updates_body
from bot.hub.faults.matching import Facts
from bot.hub.faults.plan import Plan, make_plan
from bot.hub.server.credentials import account_in
from bot.hub.server.messages import Incoming, refusal_answer
from bot.hub.store.identity import Account
from bot.hub.world.hub import Hub

_GRAPHQL_PATHS = ("/graphql", "/api/graphql")


def plan_for(hub: Hub, request: Incoming) -> Plan | None:
    """Return the plan for an API request, or None for one that has no account."""
    account = _account(hub, request.headers.get("authorization"))
    if account is None:
        return None
    facts = _facts(request, account)
    plan = make_plan(hub.faults, hub.database.clock, facts)
    if plan.refuses_oversized and plan.instead is None and updates_body(facts):
        body = decoded(request.body)
        try:
            refuse_oversized(body if isinstance(body, dict) else {})
        except Refusal as refusal:
            plan.instead = refusal_answer(refusal)
    return plan


def plan_for_git(hub: Hub, method: str, path: str, authorization: str | None) -> Plan | None:
    """Return the plan for a git request, or None for one that has no account."""
    account = _account(hub, authorization)
    if account is None:
        return None
    is_read = not path.endswith("/git-receive-pack")
    facts = Facts("git", method, path, account.login, is_read=is_read)
    return make_plan(hub.faults, hub.database.clock, facts)


def _account(hub: Hub, authorization: str | None) -> Account | None:
    with hub.database.lending() as connection:
        try:
            return account_in(hub.database.current(connection), authorization)
        except Refusal:
            return None


def _facts(request: Incoming, account: Account) -> Facts:
    if request.path in _GRAPHQL_PATHS and request.method == "POST":
        operation, fields, is_read = _document(decoded(request.body))
        return Facts("graphql", "POST", request.path, account.login, operation, fields, is_read)
    path = request.path.removeprefix("/api/v3") or "/"
    is_read = request.method in ("GET", "HEAD")
    return Facts("rest", request.method, path, account.login, is_read=is_read)


def _document(body: Any) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """Return the operation's name, the aliases and names of its fields, whether it only reads."""
    from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, parse

    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(query, str):
        return "", (), True
    try:
        document = parse(query, max_tokens=100_000)
    except (GraphQLError, RecursionError):
        return "", (), True
    wanted = body.get("operationName")
    for found in document.definitions:
        if not isinstance(found, OperationDefinitionNode):
            continue
        own = found.name.value if found.name else ""
        if wanted and own != wanted:
            continue
        fields = tuple(
            (node.alias.value if node.alias else node.name.value, node.name.value)
            for node in found.selection_set.selections
            if isinstance(node, FieldNode)
        )
        first = fields[0][1] if fields else ""
        return own or first, fields, found.operation is not OperationType.MUTATION
    return "", (), True
