"""The index of one repository: brought up to a commit when that is searched for the first time."""

from __future__ import annotations

from pathlib import Path

from bot.ports.search import PLACES, CodeSearch, Place, SearchFailed
from bot.workspace.codesearch.database import Database
from bot.workspace.codesearch.filing import add_file
from bot.workspace.codesearch.listing import changes, contents, files_of
from bot.workspace.codesearch.overlay import Overlay
from bot.workspace.codesearch.ranking import Wanted, ranked, wanted
from bot.workspace.codesearch.snippet import snippet
from bot.workspace.codesearch.store import Found, Outdated, Store
from bot.workspace.git import Git, GitError

INDEX = "search.sqlite"
"""The database's name in the clone's folder."""
CANDIDATES = 60
"""Chunks that FTS5 hands to the ranking."""
_FOLDERS = 16


class CodeIndex(CodeSearch):
    """An index in one SQLite file, which processes and threads may share.

    It lies beside the clone, where no agent can write, and holds nothing that git does not hold:
    whatever is wrong with it, it is made anew.
    """

    def __init__(self, git: Git, path: Path) -> None:
        """`git` reads the repository; `path` is the database, made when first searched."""
        self._git = git
        self._database = Database(path)
        self._folders: dict[Path, Overlay] = {}

    def close(self) -> None:
        """Close the database; a later search opens it again."""
        self._database.close()

    def find(
        self,
        query: str,
        commit: str,
        *,
        folder: Path | None = None,
        below: str = "",
        limit: int = PLACES,
    ) -> tuple[Place, ...]:
        """Return places of a commit, or of a folder whose files came from it; see the port."""
        asked = wanted(query)

        def search(store: Store) -> tuple[Place, ...]:
            files = self._indexed(store, commit)
            if folder is not None:
                files = self._overlay(store, commit, folder, files).files()
            if below:
                files &= store.below(below)
            found = store.match(asked.terms, files, max(CANDIDATES, 2 * limit))
            return tuple(_place(one, asked) for one in ranked(asked, found)[:limit])

        try:
            return self._database.use(search)
        except GitError as error:
            raise SearchFailed(f"The code cannot be searched: {error}") from error

    def _indexed(self, store: Store, commit: str) -> frozenset[int]:
        """Return the files of a commit, indexed now if need be."""
        known = store.commit(commit)
        if known is not None:
            return known
        with store.writing():
            known = store.commit(commit)  # another process may have been faster
            if known is None:
                known = self._index(store, commit)
        if store.is_bloated(len(known)):
            raise Outdated
        return known

    def _index(self, store: Store, commit: str) -> frozenset[int]:
        """Index what a commit has and the one before had not."""
        base = store.latest()
        files: set[int] = set()
        if base is None:
            wished = files_of(self._git, commit)
        else:
            differing = changes(self._git, base, commit)
            files = set(store.commit(base) or ()) - store.ids(differing)
            wished = {path: blob for path, blob in differing.items() if blob is not None}
        missing: dict[str, list[str]] = {}
        for path, blob in wished.items():
            known = store.known(path, blob)
            if known is None:
                missing.setdefault(blob, []).append(path)
            else:
                files.add(known)
        for blob, content in contents(self._git, list(missing)):
            files |= {add_file(store, path, blob, content) for path in missing[blob]}
        store.remember(commit, files)
        return frozenset(files)

    def _overlay(self, store: Store, commit: str, folder: Path, base: frozenset[int]) -> Overlay:
        overlay = self._folders.pop(folder, None)
        if overlay is None or not overlay.fits(store, commit):
            overlay = Overlay(store, commit, base, folder)
        self._folders[folder] = overlay  # the latest last
        if len(self._folders) > _FOLDERS:
            del self._folders[next(iter(self._folders))]
        return overlay


def _place(one: Found, asked: Wanted) -> Place:
    shown = snippet(one.text, one.first, one.symbol, asked.stems)
    return Place(one.path, one.first, one.last, one.symbol, shown)
