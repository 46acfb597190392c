"""The hub's own way to make tokens with fine-grained permissions, as GitHub's settings do."""

from collections.abc import Mapping
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.root_routes import require_first_account
from bot.hub.rules.grants import (
    FINE_GRAINED,
    LEVELS,
    RESOURCES,
    WORKFLOW,
    WORKFLOW_LOGIN,
    Grant,
)
from bot.hub.world.accounts import create_account
from bot.hub.world.grants import make_token


def create(call: Call) -> Answer:
    """Make a token: ``kind``, ``login`` (not for a workflow's), ``permissions``, ``repositories``.

    A workflow's token acts as github-actions[bot] in the repositories it names.
    """
    require_first_account(call)
    fields = call.fields()
    kind = read.text(fields, "kind", "Token") if "kind" in fields else FINE_GRAINED
    if kind not in (FINE_GRAINED, WORKFLOW):
        raise Invalid(FieldError("Token", "kind", "invalid"))
    permissions = _permissions(fields)
    if kind == WORKFLOW and "workflows" in permissions:
        raise Invalid(FieldError("Token", "permissions.workflows", "invalid"))
    names = read.texts(fields, "repositories", "Token")
    if kind == WORKFLOW and not names:
        raise Invalid(FieldError("Token", "repositories", "missing_field"))
    chosen = frozenset(_repository(call, name) for name in names)
    is_all = fields.get("repositories") is None
    grant = Grant(kind, tuple(sorted(permissions.items())), None if is_all else chosen)
    login = WORKFLOW_LOGIN if kind == WORKFLOW else read.text(fields, "login", "Token")
    with call.hub.database.writing() as transaction:
        account = transaction.account_named(login)
        if account is None and kind == WORKFLOW:
            account = create_account(transaction, login, "Bot")
        if account is None:
            raise Invalid(FieldError("Token", "login", "invalid"))
        token = make_token(transaction, account, grant)
    made = {"kind": kind, "login": account.login, "permissions": permissions}
    return Answer({**made, "repositories": None if is_all else names, "token": token}, 201)


def _permissions(fields: Mapping[str, Any]) -> dict[str, str]:
    given = fields.get("permissions", {})
    if not isinstance(given, dict):
        raise Invalid(FieldError("Token", "permissions", "invalid"))
    for name, level in given.items():
        if name not in RESOURCES or level not in LEVELS:
            raise Invalid(FieldError("Token", f"permissions.{name}", "invalid"))
    return given


def _repository(call: Call, name: str) -> int:
    owner, _, rest = name.partition("/")
    found = call.view.repository_named(owner, rest)
    if found is None:
        raise Invalid(FieldError("Token", "repositories", "invalid", f"{name} does not exist"))
    return found.id


ROUTES = (Route("POST", "/_hub/tokens", create),)
