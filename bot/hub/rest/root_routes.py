"""The root, meta, the current user, other users, and the hub's own way to make accounts."""

from bot.hub.errors import Forbidden, NotFound
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.fields import text
from bot.hub.rest.payloads.accounts import public_user, simple_user
from bot.hub.server.tokens import mint_token
from bot.hub.world.accounts import create_account

_ROOT = {
    "current_user_url": "/user",
    "current_user_authorizations_html_url": "/settings/connections/applications{/client_id}",
    "authorizations_url": "/authorizations",
    "code_search_url": "/search/code?q={query}{&page,per_page,sort,order}",
    "commit_search_url": "/search/commits?q={query}{&page,per_page,sort,order}",
    "emails_url": "/user/emails",
    "emojis_url": "/emojis",
    "events_url": "/events",
    "feeds_url": "/feeds",
    "followers_url": "/user/followers",
    "following_url": "/user/following{/target}",
    "gists_url": "/gists{/gist_id}",
    "issue_search_url": "/search/issues?q={query}{&page,per_page,sort,order}",
    "issues_url": "/issues",
    "keys_url": "/user/keys",
    "label_search_url": "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
    "notifications_url": "/notifications",
    "organization_url": "/orgs/{org}",
    "organization_repositories_url": "/orgs/{org}/repos{?type,page,per_page,sort}",
    "organization_teams_url": "/orgs/{org}/teams",
    "public_gists_url": "/gists/public",
    "rate_limit_url": "/rate_limit",
    "repository_url": "/repos/{owner}/{repo}",
    "repository_search_url": "/search/repositories?q={query}{&page,per_page,sort,order}",
    "current_user_repositories_url": "/user/repos{?type,page,per_page,sort}",
    "starred_url": "/user/starred{/owner}{/repo}",
    "starred_gists_url": "/gists/starred",
    "user_url": "/users/{user}",
    "user_organizations_url": "/user/orgs",
    "user_repositories_url": "/users/{user}/repos{?type,page,per_page,sort}",
    "user_search_url": "/search/users?q={query}{&page,per_page,sort,order}",
}


def root(call: Call) -> Answer:
    """Name the addresses, as ``GET /`` does."""
    return Answer({name: call.scope.origin + path for name, path in _ROOT.items()})


def meta(_call: Call) -> Answer:
    """Answer the little that clients ask of ``GET /meta``."""
    return Answer({"verifiable_password_authentication": False})


def current_user(call: Call) -> Answer:
    """Return the account of the token with the private fields."""
    private = (
        "private_gists",
        "total_private_repos",
        "owned_private_repos",
        "disk_usage",
        "collaborators",
    )
    user = public_user(call.scope, call.actor)
    return Answer({**user, **dict.fromkeys(private, 0), "two_factor_authentication": True})


def user(call: Call) -> Answer:
    """Return an account by login. Raises NotFound."""
    account = call.view.account_named(call.params["login"])
    if account is None:
        raise NotFound
    return Answer(public_user(call.scope, account))


def new_account(call: Call) -> Answer:
    """The hub's own: create an account from ``login`` and ``type`` and return it with a token.

    GitHub has nothing like it. The world's owner alone may: the first account, ``maintainer``.
    """
    require_first_account(call)
    fields = call.fields()
    with call.hub.database.writing() as transaction:
        kind = text(fields, "type", "User") if "type" in fields else "User"
        account = create_account(transaction, text(fields, "login", "User"), kind)
        token = mint_token(transaction, account, call.hub.repositories.parent)
    return Answer({**simple_user(call.scope, account), "token": token}, 201)


def require_first_account(call: Call) -> None:
    """Refuse everyone but the first account of a world. Raises Forbidden."""
    first = call.view.connection.execute("SELECT min(id) FROM accounts").fetchone()[0]
    if first != call.actor.id:
        raise Forbidden("Only the first account of a world may create accounts and tokens.")


ROUTES = (
    Route("GET", "/", root),
    Route("GET", "/meta", meta),
    Route("GET", "/user", current_user),
    Route("GET", "/users/{login}", user),
    Route("POST", "/_hub/accounts", new_account),
)
