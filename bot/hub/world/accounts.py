"""Accounts and their tokens; the database keeps only digests of tokens."""

import hashlib
import json
import re
from dataclasses import replace

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.grants import Grant
from bot.hub.store.identity import Account
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?")
ACCOUNT_TYPES = ("User", "Bot")
RESERVED = frozenset(
    {"repos", "repositories", "user", "users", "graphql", "meta", "rate_limit", "_hub", "api"}
)


def create_account(transaction: Transaction, login: str, kind: str) -> Account:
    """Create an account; a Bot's login gets GitHub's ``[bot]`` ending. Raises Invalid."""
    if kind not in ACCOUNT_TYPES:
        raise Invalid(FieldError("User", "type", "invalid", "type must be User or Bot"))
    if kind == "Bot" and not login.endswith("[bot]"):
        login += "[bot]"
    if (
        not _LOGIN.fullmatch(login)
        or login in RESERVED
        or login.endswith("[bot]") != (kind == "Bot")
    ):
        raise Invalid(
            FieldError(
                "User", "login", "invalid", "login may have letters, digits and single hyphens"
            )
        )
    if transaction.account_named(login):
        raise Invalid(FieldError("User", "login", "already_exists"))
    account = Account(transaction.next_id(), login, kind, transaction.stamp)
    transaction.connection.execute(
        "INSERT INTO accounts VALUES (?, ?, ?, ?)",
        (account.id, account.login, account.type, account.created_at),
    )
    return account


def admit_token(transaction: Transaction, account: Account, token: str) -> None:
    """Let a token act for an account."""
    transaction.connection.execute(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?)", (digest(token), account.id)
    )


def account_of_token(view: View, token: str) -> Account | None:
    """Return the account a token acts for, with the token's limits, or None."""
    row = view.connection.execute(
        "SELECT account_id, kind, permissions, repositories FROM tokens "
        "LEFT JOIN grants ON grants.digest = tokens.digest WHERE tokens.digest = ?",
        (digest(token),),
    ).fetchone()
    if row is None:
        return None
    return replace(view.account(int(row[0])), grant=_grant(*row[1:]))


def _grant(kind: str | None, permissions: str, repositories: str | None) -> Grant | None:
    if kind is None:
        return None
    chosen = None if repositories is None else frozenset(json.loads(repositories))
    return Grant(kind, tuple(sorted(json.loads(permissions).items())), chosen)


def digest(token: str) -> str:
    """Return what the database stores instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def email(account: Account) -> str:
    """Return the no-reply address that GitHub signs commits of this account with."""
    return f"{account.id}+{account.login}@users.noreply.github.com"
