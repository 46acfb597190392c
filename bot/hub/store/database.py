"""SQLite behind the hub: pooled connections, one writer at a time, one snapshot per reader."""

# ruff: noqa: S608 - table and column names are ours; values are always bound

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path

from bot.hub.clock import NANOSECONDS, Clock
from bot.hub.errors import BrokenWorld
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import CURRENT, LENS, View

SCHEMA_VERSION = "1"
KEEP_HISTORY = 600 * NANOSECONDS
"""How long an outdated version is kept at least, so that slow readers and long lags find it."""

VERSIONED_TABLES = (
    "collaborators",
    "labels",
    "milestones",
    "issues",
    "pulls",
    "issue_labels",
    "assignees",
    "comments",
    "reactions",
    "sub_issues",
    "dependencies",
    "closing_references",
    "reviews",
    "review_comments",
    "statuses",
)
_PRUNE_EVERY = 500


class Database:
    """One world's database. Safe for threads; a transaction is durable once it left its block."""

    def __init__(self, path: Path, clock: Clock, lag: int) -> None:
        self._path = path
        self.clock = clock
        self.lag = lag
        self._idle: list[sqlite3.Connection] = []
        self._write_lock = threading.Lock()
        self._writes = 0
        self.committed: Callable[[int], None] | None = None
        """Told the instant of each transaction once it is durable; must not wait."""

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside one snapshot: everything read in the block is of one moment."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def lending(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection without a snapshot: each read sees what was committed before it."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Open the one write transaction.

        It commits when the block ends well, else nothing happened.
        """
        with self._write_lock:
            connection = self._take()
            try:
                connection.execute("BEGIN IMMEDIATE")
                transaction = Transaction(connection, self.clock.stamp())
                yield transaction
                self._prune_sometimes(connection, transaction.stamp)
                connection.execute("COMMIT")
                if self.committed is not None:
                    self.committed(transaction.stamp)
            finally:
                self._give_back(connection)

    def current(self, connection: sqlite3.Connection) -> View:
        """Return the world as it is: for reads of one object by number or id."""
        return View(connection, CURRENT)

    def listed(self, connection: sqlite3.Connection) -> View:
        """Return the world as lagging listings show it: as it was ``lag`` nanoseconds ago."""
        instant = CURRENT if self.lag == 0 else self.clock.read() - self.lag
        return View(connection, instant, LENS.get())

    def close(self) -> None:
        """Close the idle connections; SQLite folds its log into the file."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self._path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        self._idle.append(connection)

    def _prune_sometimes(self, connection: sqlite3.Connection, now: int) -> None:
        self._writes += 1
        if self._writes % _PRUNE_EVERY == 1:
            horizon = now - max(KEEP_HISTORY, 2 * self.lag)
            for table in VERSIONED_TABLES:
                connection.execute(f"DELETE FROM {table} WHERE ended <= ?", (horizon,))


def connect(path: Path) -> sqlite3.Connection:
    """Open the database file in WAL mode; transactions are begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def create_schema(path: Path) -> None:
    """Create the tables in an empty file; do nothing to a world of this version.

    Raises BrokenWorld for a world that another version of the hub founded.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            version = _founded_version(connection)
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            words = f"{path} cannot be used as a hub's database ({error}): start with a new folder."
            raise BrokenWorld(words) from error
    if version != SCHEMA_VERSION:
        raise BrokenWorld(
            f"{path.parent} is a world of version {version} and this hub serves version "
            f"{SCHEMA_VERSION}: start with a new folder, or use the specloop that made it."
        )


def _founded_version(connection: sqlite3.Connection) -> str:
    """Create what is missing and return the version of what is there."""
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    if not tables:
        _run_script(connection, "schema.sql")
        connection.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
    found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    version = str(found[0]) if found else "unknown"
    if version == SCHEMA_VERSION:
        _run_script(connection, "additions.sql")
    return version


def _run_script(connection: sqlite3.Connection, name: str) -> None:
    script = resources.files("bot.hub.store").joinpath(name).read_text("utf-8")
    for statement in _statements(script):
        connection.execute(statement)


def last_instant(path: Path) -> int:
    """Return the latest instant any version began or ended: a new clock starts after it."""
    ends = f"ended < {CURRENT + 1}"
    parts = [f"SELECT max(began) AS i FROM {table}" for table in VERSIONED_TABLES]
    parts += [f"SELECT max(ended) FROM {table} WHERE {ends}" for table in VERSIONED_TABLES]
    with closing(connect(path)) as connection:
        row = connection.execute(f"SELECT max(i) FROM ({' UNION ALL '.join(parts)})").fetchone()
    return int(row[0] or 0)


def _statements(script: str) -> Iterator[str]:
    bare = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    return (part for part in bare.split(";") if part.strip())
