"""``simple-user``, ``public-user`` and what else REST says about accounts."""

from typing import Any

from bot.hub.clock import iso
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.roles import Role, role_flags
from bot.hub.scope import Scope
from bot.hub.store.identity import Account

Json = dict[str, Any]
_LISTS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}


def account_node_id(account: Account) -> str:
    """Return the global id of a User or Bot."""
    return node_id("BOT" if account.is_bot else "U", account.id)


def simple_user(scope: Scope, account: Account) -> Json:
    """Return the short form that other payloads carry."""
    url = f"{scope.origin}/users/{account.login}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.is_bot else account.login
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account_node_id(account),
        "avatar_url": f"{scope.origin}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{scope.origin}/{page}",
        **{name: f"{url}/{path}" for name, path in _LISTS.items()},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def user_or_none(scope: Scope, account_id: int | None) -> Json | None:
    """Return the short form of an account by id, or None."""
    account = scope.view.account_or_none(account_id)
    return None if account is None else simple_user(scope, account)


def public_user(scope: Scope, account: Account) -> Json:
    """Return the long form of ``/users/{login}`` and ``/user``."""
    nothing = (
        "company",
        "location",
        "email",
        "hireable",
        "bio",
        "twitter_username",
        "notification_email",
    )
    repos = [r for r in scope.view.repositories() if r.owner_id == account.id and not r.private]
    return {
        **simple_user(scope, account),
        "name": account.login.removesuffix("[bot]"),
        **dict.fromkeys(nothing),
        "blog": "",
        "public_repos": len(repos),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": iso(account.created_at),
        "updated_at": iso(account.created_at),
    }


def collaborator(scope: Scope, account: Account, role: Role) -> Json:
    """Return an account with what it may do in a repository."""
    return {**simple_user(scope, account), "permissions": role_flags(role), "role_name": role.word}


def permission(scope: Scope, account: Account, role: Role) -> Json:
    """Return the answer of the permission endpoint; ``permission`` is the older, coarser word."""
    return {
        "permission": role.legacy_word,
        "role_name": role.word,
        "user": collaborator(scope, account, role),
    }
