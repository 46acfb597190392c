"""The files of one milestone's record as values, and which of them cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from bot.domain.errors import RecordDamaged, StateDiverged, UserError
from bot.loop.inspection import FORMAT, FORMAT_PATH, Format, Inspected, inspect
from bot.ports.state import Codec, StateStore

T = TypeVar("T")

LOOK_BACK = 200
"""Commits that are looked through for the last one that was whole."""


class RecordFiles:
    """Reads and writes values by path; what is damaged counts as absent once it is known."""

    def __init__(self, root: int, store: StateStore, codec: Codec) -> None:
        self._root = root
        self._store = store
        self._codec = codec
        self.damaged: frozenset[str] = frozenset()
        """Paths that cannot be read, or lack."""
        self.whole: str | None = None
        """The last commit in which none of them was damaged, if it was found."""

    def load(self) -> Inspected:
        """Read the ref anew; where a file is damaged, its newest readable version stands in.

        Raises UserError when a newer specloop wrote it, StateDiverged when the ref went back.
        """
        self._store.refresh()
        files = {p: self._store.read(p) or b"" for p in self._store.list("")}
        found = inspect(self._root, files, self._codec)
        self.damaged = frozenset(found.damaged)
        if not self.damaged:
            return found
        past = self._look_back()
        return replace(
            found,
            state=found.state or past.state,
            learnings=found.learnings or past.learnings,
        )

    def read(self, path: str, kind: type[T]) -> T | None:
        """Return the value at a path, or None. Raises RecordDamaged."""
        data = None if path in self.damaged else self._store.read(path)
        if data is None:
            return None
        try:
            return self._codec.decode(kind, data)
        except StateDiverged as error:
            raise RecordDamaged(path, str(error)) from error

    def newest(self, path: str, kind: type[T]) -> T | None:
        """Return the value at a path, or, if it cannot be read, the last one that could."""
        try:
            return self.read(path, kind)
        except RecordDamaged:
            for _, files in self._store.past(LOOK_BACK):
                with suppress(StateDiverged):
                    return self._codec.decode(kind, files[path]) if path in files else None
        return None

    def paths(self, prefix: str) -> tuple[str, ...]:
        """Return the paths that start with a prefix, sorted."""
        return self._store.list(prefix)

    def give_up(self, path: str) -> None:
        """Take notice that a file cannot be read."""
        self.damaged |= {path}
        self._look_back()

    def commit(self, changes: Mapping[str, object], message: str) -> None:
        """Commit values locally, in one commit; None removes a file."""
        now = {FORMAT_PATH: Format(FORMAT), **changes}
        encoded = {p: None if v is None else self._codec.encode(v) for p, v in now.items()}
        self._store.commit(dict.fromkeys(self._in_the_way(now)) | encoded, message)
        self.damaged -= now.keys()

    def publish(self) -> None:
        """Push everything committed so far. Raises StateDiverged or ServiceError."""
        self._store.publish()

    def _in_the_way(self, paths: Iterable[str]) -> list[str]:
        """Return what somebody put below the path of a file, as if that were a folder."""
        return [below for path in paths for below in self._store.list(f"{path}/")]

    def _look_back(self) -> Inspected:
        """Find the last commit that was whole; return the newest state and learnings before now."""
        self.whole = None
        now = {path: self._store.read(path) for path in self.damaged}
        state, learnings = None, None
        for commit, files in self._store.past(LOOK_BACK):
            try:
                found = inspect(self._root, files, self._codec)
            except UserError:  # a newer specloop's
                continue
            state, learnings = state or found.state, learnings or found.learnings
            other = all(files.get(path) != content for path, content in now.items())
            if found.state is not None and not found.damaged and other:
                self.whole = commit
                self._store.allow(commit)
                break
        return Inspected(state, None, learnings, (), ())
