"""What one transaction changed, read from the versions it began and ended."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.hub.store.records import Record
from bot.hub.store.view import columns, from_row

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Change(Generic[R]):
    """An object before and after; None where it was not."""

    before: R | None
    after: R | None

    @property
    def known(self) -> R:
        """The object as it is, or was when it is gone."""
        found = self.after or self.before
        if found is None:
            raise LookupError("a change of nothing")
        return found

    @property
    def is_new(self) -> bool:
        """Whether it was made."""
        return self.before is None

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted."""
        return self.after is None

    def moved(self, name: str) -> bool:
        """Return whether a field of an object that stayed changed."""
        if self.before is None or self.after is None:
            return False
        return bool(getattr(self.before, name) != getattr(self.after, name))


def changes_of(connection: sqlite3.Connection, kind: type[R], stamp: int) -> Iterator[Change[R]]:
    """Yield what the transaction of an instant changed; versions inside it do not count."""
    select = f"SELECT {columns(kind)} FROM {kind.table} WHERE "
    old = connection.execute(f"{select} ended = ? AND began < ? ORDER BY rowid", (stamp, stamp))
    new = connection.execute(f"{select} began = ? AND ended > ? ORDER BY rowid", (stamp, stamp))
    before = {_key(kind, record): record for record in (from_row(kind, row) for row in old)}
    after = {_key(kind, record): record for record in (from_row(kind, row) for row in new)}
    for key, record in after.items():
        if before.get(key) != record:
            yield Change(before.get(key), record)
    for key, record in before.items():
        if key not in after:
            yield Change(record, None)


def _key(kind: type[Record], record: Record) -> tuple[int, ...]:
    return tuple(getattr(record, name) for name in kind.key)
