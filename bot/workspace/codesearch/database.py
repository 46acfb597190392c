"""The database's life: opened when first needed, shared by processes, made anew when damaged."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import DiskFull, is_no_room
from bot.ports.search import SearchFailed
from bot.workspace.codesearch.store import Outdated, Store

T = TypeVar("T")

# A new database would not help against these.
_HELD = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")
_FAULTS = (sqlite3.Error, zlib.error, Outdated, OSError)


class Database:
    """One SQLite file. Threads use it one after the other, processes as SQLite lets them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._inode = 0

    def close(self) -> None:
        """Close it; it opens again when it is used."""
        with self._lock:
            self._drop()

    def use(self, work: Callable[[Store], T]) -> T:
        """Do something with it, once more with a new one when this one is damaged or outdated.

        Raises SearchFailed when neither can be used, DiskFull.
        """
        with self._lock:
            try:
                return work(self._opened())
            except _FAULTS as error:
                self._drop()
                _raise_unless_mendable(error)
            try:
                self._remove()
                return work(self._opened())
            except _FAULTS as error:
                self._drop()
                _raise_unless_mendable(error)
                raise SearchFailed(f"The search index cannot be made: {error}.") from error

    def _opened(self) -> Store:
        if self._store is not None and _inode(self._path) != self._inode:
            self._drop()  # another process made it anew
        if self._store is None:
            with self._alone():
                self._store = Store(self._path)
                self._inode = _inode(self._path)
        return self._store

    def _drop(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _remove(self) -> None:
        with self._alone():
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from opening or removing it meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("ab") as file:
            flock(file, LOCK_EX)
            yield


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _raise_unless_mendable(error: Exception) -> None:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name == "SQLITE_FULL" or (isinstance(error, OSError) and is_no_room(error)):
        raise DiskFull from error
    if name.startswith(_HELD) or isinstance(error, OSError):
        raise SearchFailed(f"The search index cannot be used now: {error}.") from error
