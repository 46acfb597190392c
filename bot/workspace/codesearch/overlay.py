"""An agent's folder over the commit that was laid there: what differs is indexed like the rest."""

from __future__ import annotations

from pathlib import Path

from bot.workspace.codesearch.filing import add_file
from bot.workspace.codesearch.folder import FolderFiles
from bot.workspace.codesearch.store import Store

BYTES = 20_000_000
"""Text of an agent's changes that one search takes in at most."""


class Overlay:
    """The files of one folder, by their ids in the index."""

    def __init__(self, store: Store, commit: str, base: frozenset[int], folder: Path) -> None:
        """`base` are the files of the commit."""
        self._store = store
        self._commit = commit
        self._names = store.names(base)
        algorithm = "sha1" if len(commit) == 40 else "sha256"
        self._files = FolderFiles(folder, self._names, algorithm)

    def fits(self, store: Store, commit: str) -> bool:
        """Whether it is about that commit, with ids of that very database."""
        return self._store is store and self._commit == commit

    def files(self) -> frozenset[int]:
        """Return the files as they are now; those the index has never seen are added."""
        found: set[int] = set()
        missing = []
        for path, blob in self._files.blobs().items():
            number, tracked = self._names.get(path, (0, ""))
            known = number if tracked == blob else self._store.known(path, blob)
            if known is None:
                missing.append(path)
            else:
                found.add(known)
        if missing:
            with self._store.writing():
                found |= self._added(missing)
        return frozenset(found)

    def _added(self, paths: list[str]) -> set[int]:
        left, files = BYTES, set()
        for path in paths:
            content = self._files.read(path)
            if content is None:  # gone, or another kind of thing by now
                continue
            left -= len(content)
            if left < 0:
                break
            files.add(add_file(self._store, path, self._files.blob(content), content))
        return files
