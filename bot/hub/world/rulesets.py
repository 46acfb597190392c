"""Rulesets of a world: kept as they were given, read where a branch's rules are asked for."""

import json
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rules.rulesets import Ruleset
from bot.hub.store.identity import Repository
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View

_COLUMNS = "id, name, enforcement, include, exclude, rules, created_at, updated_at"


def rulesets_of(view: View, repository: Repository) -> list[Ruleset]:
    """Return the rulesets of a repository, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM rulesets WHERE repo_id = ? ORDER BY id"  # noqa: S608 - constant
    return [_read(row) for row in view.connection.execute(sql, (repository.id,))]


def keep_ruleset(transaction: Transaction, repository: Repository, ruleset: Ruleset) -> None:
    """Keep a ruleset in place of the one with its id. Raises Invalid for a name that is taken."""
    for other in rulesets_of(transaction, repository):
        if other.name == ruleset.name and other.id != ruleset.id:
            raise Invalid(FieldError("Ruleset", "name", "already_exists", "Name must be unique"))
    lists = (ruleset.include, ruleset.exclude, [dict(rule) for rule in ruleset.rules])
    transaction.connection.execute(
        "INSERT OR REPLACE INTO rulesets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ruleset.id,
            repository.id,
            ruleset.name,
            ruleset.enforcement,
            *(json.dumps(one) for one in lists),
            ruleset.created_at,
            ruleset.updated_at,
        ),
    )


def delete_ruleset(transaction: Transaction, ruleset: Ruleset) -> None:
    """Take a ruleset away."""
    transaction.connection.execute("DELETE FROM rulesets WHERE id = ?", (ruleset.id,))


def _read(row: Any) -> Ruleset:
    include, exclude, rules = (tuple(json.loads(text)) for text in row[3:6])
    return Ruleset(row[0], row[1], row[2], include, exclude, rules, row[6], row[7])
