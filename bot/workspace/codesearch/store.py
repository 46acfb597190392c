"""The database: files by path and blob, their chunks in FTS5, and which files a commit has.

It is a cache of what git holds: a damaged or outdated one is removed and made anew.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.workspace.codesearch.chunks import Chunk
from bot.workspace.codesearch.words import expression, parted, quoted, wholly_parted

VERSION = 1
"""Grows with every change of the tables, of `chunks` or of `words`."""
WEIGHTS = (4.0, 6.0, 2.0, 1.0)
"""What a word counts in path, symbol, documentation and text."""
RANKED = 2000
"""Places that are ranked for a query, about."""
RARE = 2
"""Its rarest terms, which bring places in however many those are."""
PATIENCE = 120.0
"""Seconds that one process waits for another one that builds."""
SPARE = 10_000
"""Files of the past that are always kept."""
COMMITS = 16
"""Commits whose lists of files are kept."""
HASH_BYTES = 8_000_000
"""New words that FTS5 gathers in memory before it writes them."""
_ROOM = 4096  # more than a file has chunks: both numbers share one integer

_SCHEMA = """
CREATE TABLE files (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, blob TEXT NOT NULL, weight REAL NOT NULL,
  UNIQUE (path, blob)
);
CREATE TABLE places (
  id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
  symbol TEXT NOT NULL, text BLOB NOT NULL
);
CREATE VIRTUAL TABLE words USING fts5(
  path, symbol, doc, body, content='', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TABLE commits (id TEXT PRIMARY KEY, files BLOB NOT NULL, used INTEGER NOT NULL);
"""
_WORDS = "INSERT INTO words (words, rank) VALUES (?, ?)"
_SETTINGS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -16000;
PRAGMA journal_size_limit = 1000000;
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One chunk that a query found."""

    file: int
    path: str
    weight: float
    score: float
    """FTS5's BM25, made positive: more is better."""
    first: int
    last: int
    symbol: str
    text: str


class Outdated(Exception):
    """The database was made by another version."""


class Store:
    """One connection to the database; to be used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it. Raises Outdated, or sqlite3.DatabaseError for a damaged one."""
        self._db = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _prepare(self) -> None:
        self._db.executescript(_SETTINGS)
        if self._version() == 0:
            with self.writing():
                if self._version() == 0:  # nobody made it meanwhile
                    self._make()
        if self._version() != VERSION:
            raise Outdated

    def _make(self) -> None:
        for statement in _SCHEMA.split(";\n"):
            self._db.execute(statement)
        self._db.execute(_WORDS, ("rank", f"bm25({', '.join(map(str, WEIGHTS))})"))
        self._db.execute(_WORDS, ("hashsize", HASH_BYTES))
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write; all of it is written, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def commit(self, commit: str) -> frozenset[int] | None:
        """Return the files of an indexed commit, or None."""
        row = self._db.execute("SELECT files FROM commits WHERE id = ?", (commit,)).fetchone()
        return None if row is None else frozenset(array("I", row[0]))

    def latest(self) -> str | None:
        """Return the commit that was indexed last, or None."""
        row = self._db.execute("SELECT id FROM commits ORDER BY used DESC LIMIT 1").fetchone()
        return None if row is None else str(row[0])

    def remember(self, commit: str, files: Iterable[int]) -> None:
        """Note which files a commit has."""
        self._db.execute(
            "INSERT OR REPLACE INTO commits VALUES"
            " (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM commits))",
            (commit, array("I", sorted(files)).tobytes()),
        )
        self._db.execute(
            "DELETE FROM commits WHERE used <= (SELECT max(used) FROM commits) - ?", (COMMITS,)
        )

    def names(self, files: Iterable[int]) -> dict[str, tuple[int, str]]:
        """Return id and blob of files by their path."""
        wanted = frozenset(files)
        rows = self._db.execute("SELECT id, path, blob FROM files")
        return {path: (number, blob) for number, path, blob in rows if number in wanted}

    def ids(self, paths: Iterable[str]) -> set[int]:
        """Return the ids of all files that ever were at some paths."""
        found: set[int] = set()
        for path in paths:
            rows = self._db.execute("SELECT id FROM files WHERE path = ?", (path,))
            found.update(number for (number,) in rows)
        return found

    def below(self, path: str) -> frozenset[int]:
        """Return the ids of all files that ever were at a path or below it."""
        start = path.strip("/")
        start = start.removeprefix("./") if start != "." else ""
        if not start:
            rows = self._db.execute("SELECT id FROM files")
        else:
            rows = self._db.execute(
                "SELECT id FROM files"
                " WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/'",
                (start,),
            )
        return frozenset(number for (number,) in rows)

    def is_bloated(self, living: int) -> bool:
        """Whether most of what is stored is of the past: FTS5 without content cannot forget."""
        stored = self._db.execute("SELECT count(*) FROM files").fetchone()[0]
        return bool(stored > 3 * living + SPARE)

    def known(self, path: str, blob: str) -> int | None:
        """Return the id of a file that was added before."""
        row = self._db.execute(
            "SELECT id FROM files WHERE path = ? AND blob = ?", (path, blob)
        ).fetchone()
        return None if row is None else int(row[0])

    def add(self, path: str, blob: str, weight: float, chunks: Iterable[Chunk]) -> int:
        """Add a file and return its id; one without chunks is known and never found."""
        made = self._db.execute(
            "INSERT INTO files (path, blob, weight) VALUES (?, ?, ?)", (path, blob, weight)
        )
        number = made.lastrowid or 0
        name = wholly_parted(path)
        places, words = [], []
        for position, chunk in enumerate(chunks):
            key = number * _ROOM + position
            text = zlib.compress(chunk.text.encode("utf-8", "surrogateescape"), 1)
            places.append((key, chunk.first, chunk.last, chunk.symbol, text))
            symbol = wholly_parted(chunk.symbol)
            words.append((key, name, symbol, parted(chunk.doc), parted(chunk.text)))
        self._db.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", places)
        self._db.executemany(
            "INSERT INTO words (rowid, path, symbol, doc, body) VALUES (?, ?, ?, ?, ?)", words
        )
        return number

    def match(self, terms: Sequence[str], files: frozenset[int], limit: int) -> list[Found]:
        """Return the best chunks of some files, by terms of `words.terms_of`."""
        best: list[tuple[int, float]] = []
        text = self._expression(terms)
        if not text:
            return []
        rows = self._db.execute(
            "SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank, rowid", (text,)
        )
        for key, rank in rows:
            if key // _ROOM in files:
                best.append((key, -rank))
                if len(best) == limit:
                    break
        rows.close()
        return [self._found(key, score) for key, score in best]

    def _expression(self, terms: Sequence[str]) -> str:
        """Return an expression for places with one of the rarest terms, ranked by all of them.

        FTS5 ranks a place in a microsecond and counts a hundred in that time: a question's common
        words, found in every other place, must not be what brings a place in.
        """
        counted = sorted(
            (self._db.execute(
                "SELECT count(*) FROM words WHERE words MATCH ?", (quoted(term),)
            ).fetchone()[0], term)
            for term in terms
        )  # fmt: skip
        present = [(count, term) for count, term in counted if count]
        rare: list[str] = []
        left = RANKED
        for count, term in present:
            if len(rare) >= RARE and count > left:
                break
            rare.append(term)
            left -= count
        if len(rare) == len(present):
            return expression(rare)
        return f"({expression(rare)}) AND ({expression(term for _, term in present)})"

    def _found(self, key: int, score: float) -> Found:
        row = self._db.execute(
            "SELECT path, weight, first, last, symbol, text FROM files, places"
            " WHERE files.id = ? AND places.id = ?",
            (key // _ROOM, key),
        ).fetchone()
        if row is None:
            raise sqlite3.DatabaseError("a word without its place")
        path, weight, first, last, symbol, text = row
        return Found(
            key // _ROOM, path, weight, score, first, last, symbol,
            zlib.decompress(text).decode("utf-8", "replace"),
        )  # fmt: skip
