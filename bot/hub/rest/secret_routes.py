"""Names of a repository's Actions secrets. What is in them never leaves GitHub; the hub keeps none.

https://docs.github.com/en/rest/actions/secrets
"""

from typing import Any

from bot.hub.clock import iso
from bot.hub.errors import FieldError, Invalid
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import enveloped
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.world.access import require

_FORBIDDEN = "GITHUB_"


def list_names(call: Call) -> Answer:
    """List the secrets by name; needs admin."""
    repository = _repository(call)
    sql = "SELECT name, created_at, updated_at FROM secrets WHERE repo_id = ? ORDER BY name"
    rows = call.view.connection.execute(sql, (repository.id,)).fetchall()
    return enveloped(call, "secrets", rows, _shown)


def put(call: Call) -> Answer:
    """Take notice of a secret; its ``encrypted_value`` is thrown away."""
    repository, fields, name = _repository(call), call.fields(), call.params["name"].upper()
    read.text(fields, "encrypted_value", "Secret")
    read.text(fields, "key_id", "Secret")
    if name.startswith(_FORBIDDEN):
        words = "Secret names must not start with GITHUB_."
        raise Invalid(FieldError("Secret", "name", "custom", words))
    with call.hub.database.writing() as transaction:
        sql = "SELECT created_at FROM secrets WHERE repo_id = ? AND name = ?"
        known = transaction.connection.execute(sql, (repository.id, name)).fetchone()
        created = known[0] if known else transaction.stamp
        transaction.connection.execute(
            "INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?)",
            (repository.id, name, created, transaction.stamp),
        )
    return Answer(status=204) if known else Answer({}, 201)


def _repository(call: Call) -> Repository:
    repository = call.repository()
    words = "Must have admin rights to Repository."
    require(call.view, call.actor, repository, Role.ADMIN, words)
    return repository


def _shown(row: tuple[str, int, int]) -> dict[str, Any]:
    return {"name": row[0], "created_at": iso(row[1]), "updated_at": iso(row[2])}


_PATH = "/repos/{owner}/{repo}/actions/secrets"
ROUTES = (Route("GET", _PATH, list_names), Route("PUT", f"{_PATH}/{{name}}", put))
