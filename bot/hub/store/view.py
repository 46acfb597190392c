"""Reading a world at one instant: the present, or the moment a lagging listing shows."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import sqlite3
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import Field, dataclass, fields
from typing import Any, Protocol, TypeVar

from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue, Pull, Record

FOREVER = 1 << 62
"""Where a live version ends."""
CURRENT = FOREVER - 1
"""The instant at which exactly the live versions are true."""
AT = "began <= :t AND ended > :t"
"""SQL that keeps the versions true at the view's instant; repeat it inside every subquery."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Lens(Protocol):
    """What a listing is seen through when rules spoil it."""

    def instant(self, table: str, instant: int) -> int:
        """Return the instant at which a table is seen."""

    def condition(self, table: str) -> str:
        """Return SQL that a table's listings must satisfy as well, or nothing."""


LENS: ContextVar[Lens | None] = ContextVar("lens", default=None)
"""The lens of the request under way; None in almost all of them."""


@dataclass(frozen=True)
class View:
    """A world at ``instant``; queries take named values, and ``:t`` is the instant."""

    connection: sqlite3.Connection
    instant: int
    lens: Lens | None = None

    def at(self, kind: type[Record]) -> int:
        """Return the instant at which records of a kind are seen."""
        return self.instant if self.lens is None else self.lens.instant(kind.table, self.instant)

    def narrowed(self, kind: type[Record], where: str) -> str:
        """Return the condition of a listing, narrowed by the lens."""
        more = "" if self.lens is None else self.lens.condition(kind.table)
        return f"({where}) AND {more}" if more else where

    def all(
        self,
        kind: type[R],
        where: str = "1",
        *,
        order: str = "rowid",
        limit: int | None = None,
        offset: int = 0,
        **values: Any,
    ) -> list[R]:
        """Return the records of ``kind`` that match the SQL condition, in the given order."""
        sql = f"SELECT {columns(kind)} FROM {kind.table} WHERE {AT} AND ({where}) ORDER BY {order}"
        if limit is not None:
            sql += f" LIMIT {limit} OFFSET {offset}"
        rows = self.connection.execute(sql, {"t": self.at(kind), **values})
        return [from_row(kind, row) for row in rows]

    def one(self, kind: type[R], where: str, **values: Any) -> R | None:
        """Return the first record that matches, or None."""
        found = self.all(kind, where, limit=1, **values)
        return found[0] if found else None

    def count(self, kind: type[R], where: str = "1", **values: Any) -> int:
        """Return how many records match."""
        sql = f"SELECT count(*) FROM {kind.table} WHERE {AT} AND ({where})"
        return int(self.connection.execute(sql, {"t": self.at(kind), **values}).fetchone()[0])

    def account(self, account_id: int) -> Account:
        """Return an account by id; accounts are never deleted and never lag."""
        row = self.connection.execute(
            "SELECT * FROM accounts WHERE id = ?", (account_id,)
        ).fetchone()
        return Account(*row)

    def first_account(self) -> Account:
        """Return the account that the world was founded for."""
        row = self.connection.execute("SELECT * FROM accounts ORDER BY id LIMIT 1").fetchone()
        return Account(*row)

    def account_or_none(self, account_id: int | None) -> Account | None:
        """Return an account by id, or None for no id."""
        return None if account_id is None else self.account(account_id)

    def account_named(self, login: str) -> Account | None:
        """Return the account with this login, whatever the case of its letters."""
        row = self.connection.execute("SELECT * FROM accounts WHERE login = ?", (login,)).fetchone()
        return Account(*row) if row else None

    def repository(self, repo_id: int) -> Repository:
        """Return a repository by id."""
        row = self.connection.execute(
            "SELECT * FROM repositories WHERE id = ?", (repo_id,)
        ).fetchone()
        return from_row(Repository, row)

    def repository_named(self, owner: str, name: str) -> Repository | None:
        """Return the repository ``owner/name``, whatever the case of its letters."""
        sql = (
            "SELECT r.* FROM repositories r JOIN accounts a ON a.id = r.owner_id "
            "WHERE a.login = ? AND r.name = ?"
        )
        row = self.connection.execute(sql, (owner, name)).fetchone()
        return from_row(Repository, row) if row else None

    def repositories(self) -> list[Repository]:
        """Return every repository, oldest first."""
        rows = self.connection.execute("SELECT * FROM repositories ORDER BY id")
        return [from_row(Repository, row) for row in rows]

    def issue(self, repo_id: int, number: int) -> Issue | None:
        """Return the issue or pull request with this number."""
        return self.one(Issue, "repo_id = :repo AND number = :number", repo=repo_id, number=number)

    def issue_of(self, pull: Pull) -> Issue:
        """Return the issue half of a pull request."""
        found = self.one(Issue, "id = :id", id=pull.issue_id)
        if found is None:
            raise LookupError(f"pull request {pull.id} has no issue at {self.instant}")
        return found

    def pull_of(self, issue: Issue) -> Pull | None:
        """Return the code half of a pull request, or None for an issue."""
        return None if issue.pull_id is None else self.one(Pull, "id = :id", id=issue.pull_id)


_TRUTHS: dict[type[Any], tuple[int, ...]] = {}
_COLUMNS: dict[type[Any], str] = {}


def from_row(kind: type[T], row: Sequence[Any]) -> T:
    """Build a record from a row; SQLite keeps truth values as 0 and 1."""
    if kind not in _TRUTHS:
        kinds = [field.type for field in _fields(kind)]
        _TRUTHS[kind] = tuple(place for place, found in enumerate(kinds) if found is bool)
    values = list(row)
    for position in _TRUTHS[kind]:
        values[position] = bool(values[position])
    return kind(*values)


def columns(kind: type[Any]) -> str:
    """Return the column list of a record, in the order of its fields."""
    if kind not in _COLUMNS:
        _COLUMNS[kind] = ", ".join(field.name for field in _fields(kind))
    return _COLUMNS[kind]


def _fields(kind: type[Any]) -> tuple[Field[Any], ...]:
    return fields(kind)
