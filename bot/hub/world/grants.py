"""Tokens with fine-grained permissions: making them, finding them, refusing what they lack."""

import json
import secrets
from collections.abc import Iterable

from bot.hub.errors import Forbidden
from bot.hub.rules.grants import Grant, Need
from bot.hub.store.identity import Account
from bot.hub.store.transaction import Transaction
from bot.hub.world.accounts import admit_token, digest


def make_token(transaction: Transaction, account: Account, grant: Grant) -> str:
    """Make a token that acts for an account within the grant; only its digest is kept."""
    token = f"hub_{secrets.token_urlsafe(30)}"
    admit_token(transaction, account, token)
    chosen = None if grant.repositories is None else json.dumps(sorted(grant.repositories))
    transaction.connection.execute(
        "INSERT INTO grants VALUES (?, ?, ?, ?)",
        (digest(token), grant.kind, json.dumps(dict(grant.permissions)), chosen),
    )
    return token


def require_grant(actor: Account, needs: Iterable[Need | None]) -> None:
    """Refuse a token that lacks a permission. Raises Forbidden in GitHub's words."""
    grant = actor.grant
    if grant is not None and not all(need is None or grant.allows(need) for need in needs):
        raise beyond_grant(actor)


def beyond_grant(actor: Account) -> Forbidden:
    """Return GitHub's refusal: an App's token and a person's are told apart."""
    kind = "integration" if actor.is_bot else "personal access token"
    return Forbidden(f"Resource not accessible by {kind}")
