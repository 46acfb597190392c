"""Writing a world: every change closes the old version of an object and begins a new one."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import sqlite3
from dataclasses import asdict, replace
from typing import Any, TypeVar

from bot.hub.store.identity import Repository
from bot.hub.store.records import Record
from bot.hub.store.view import CURRENT, FOREVER, View

R = TypeVar("R", bound=Record)
_FIRST_ID = 1_000_000


class Transaction(View):
    """The present, with the right to change it.

    ``stamp`` is the instant of all changes made here.
    """

    stamp: int

    def __init__(self, connection: sqlite3.Connection, stamp: int) -> None:
        super().__init__(connection, CURRENT)
        object.__setattr__(self, "stamp", stamp)

    def add(self, record: R) -> R:
        """Begin the first version of an object."""
        values = {**asdict(record), "began": self.stamp, "ended": FOREVER}
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {record.table} ({', '.join(values)}) VALUES ({marks})"
        self.connection.execute(sql, values)
        return record

    def revise(self, record: R, **changes: Any) -> R:
        """Begin a new version with the changes; an object that stays equal keeps its version."""
        revised = replace(record, **changes)
        if revised == record:
            return record
        self.retire(record)
        return self.add(revised)

    def retire(self, record: Record) -> None:
        """End the live version of an object: it is gone now, and later from listings."""
        where = " AND ".join(f"{name} = :{name}" for name in record.key)
        values = {name: getattr(record, name) for name in record.key}
        self.connection.execute(
            f"UPDATE {record.table} SET ended = :stamp WHERE {where} AND ended = {FOREVER}",
            {**values, "stamp": self.stamp},
        )

    def next_id(self) -> int:
        """Return a database id; ids are far from numbers, so that mixing them up shows at once."""
        return self.next_in("id", _FIRST_ID)

    def next_in(self, counter: str, first: int = 1) -> int:
        """Return the next value of a named counter; it never repeats, also after a crash."""
        sql = (
            "INSERT INTO counters VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        )
        return int(self.connection.execute(sql, (counter, first)).fetchone()[0])

    def next_number(self, repo_id: int) -> int:
        """Return the next number of a repository: issues and pull requests share one sequence."""
        return self.next_in(f"number/{repo_id}")

    def update_repository(self, repository: Repository, **changes: Any) -> Repository:
        """Change a repository row; repositories have no versions because no listing shows them."""
        names = ", ".join(f"{name} = :{name}" for name in changes)
        self.connection.execute(
            f"UPDATE repositories SET {names} WHERE id = :id",
            {**changes, "id": repository.id},
        )
        return replace(repository, **changes)
