"""``GET /apps/{slug}``: what a GitHub App may do at most.

https://docs.github.com/en/rest/apps/apps#get-an-app
"""

import json

from bot.hub.clock import iso
from bot.hub.errors import NotFound
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rules.grants import LEVELS
from bot.hub.rules.node_ids import node_id
from bot.hub.store.identity import Account
from bot.hub.store.view import View


def get(call: Call) -> Answer:
    """Return the App behind a bot account; it holds what any of its tokens was given."""
    slug = call.params["slug"]
    account = call.view.account_named(f"{slug}[bot]")
    if account is None:
        raise NotFound
    page = f"{call.scope.origin}/apps/{slug}"
    at = iso(account.created_at)
    return Answer(
        {
            "id": account.id,
            "slug": slug,
            "node_id": node_id("A", account.id),
            "owner": simple_user(call.scope, account),
            "name": slug,
            "description": None,
            "external_url": page,
            "html_url": page,
            "created_at": at,
            "updated_at": at,
            "permissions": _permissions(call.view, account),
            "events": [],
        }
    )


def _permissions(view: View, account: Account) -> dict[str, str]:
    sql = "SELECT permissions FROM grants JOIN tokens USING (digest) WHERE account_id = ?"
    held = {"metadata": "read"}
    for (given,) in view.connection.execute(sql, (account.id,)):
        for name, level in json.loads(given).items():
            held[name] = max(level, held.get(name, "none"), key=LEVELS.index)
    return {name: level for name, level in sorted(held.items()) if level != "none"}


ROUTES = (Route("GET", "/apps/{slug}", get),)
