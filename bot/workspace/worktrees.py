"""Places for agents to work in: writable ones by name, read-only ones by commit."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

from bot.ports.secrets import SecretScan
from bot.ports.workspace import Commit, Worktrees
from bot.workspace.clone import Clone
from bot.workspace.files import make_readonly, remove_tree
from bot.workspace.git import oid
from bot.workspace.receiving import Receiving, pack
from bot.workspace.scratch import scratch, sweep
from bot.workspace.worktree import FolderWorktree

MAX_FILE_BYTES = 5_000_000
_KEPT_READONLY = 4
"""Read-only folders kept: this iteration's, and those a slow reader may still have open."""


class FolderWorktrees(Worktrees):
    """Worktrees below one folder: `files/<name>`, `records/<name>.*`, `readonly/<commit>`.

    Only `files/<name>` and `readonly/<commit>` are ever shown to an agent. Threads may use
    different names side by side.
    """

    def __init__(
        self,
        clone: Clone,
        folder: Path,
        max_file_bytes: int = MAX_FILE_BYTES,
        scan: SecretScan | None = None,
    ) -> None:
        """`max_file_bytes` bounds each new or changed file of a commit; `scan` searches it."""
        self._scan = scan
        self._clone = clone
        self._files = folder.resolve() / "files"
        self._records = folder.resolve() / "records"
        self._readonly = folder.resolve() / "readonly"
        self._max_file_bytes = max_file_bytes
        self._laying: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        for path in (self._files, self._records, self._readonly):
            path.mkdir(parents=True, exist_ok=True)
        sweep(self._readonly, "laying")

    def open(self, name: str, start: str) -> FolderWorktree:
        """Open the worktree of that name at a commit.

        Files that an earlier process left are kept when their work began at `start` or came
        through it, and so are the commits made since; otherwise the folder is laid anew.
        """
        safe = _safe(name)
        path = self._files / safe
        worktree = FolderWorktree(
            self._clone, path, self._records / f"{safe}.wt", self._max_file_bytes, self._scan
        )
        if worktree.resumes(start):
            worktree.resume()
            return worktree
        self._forget(safe)
        path.mkdir()
        worktree.lay(start)
        return worktree

    def close(self, name: str) -> None:
        """Remove a worktree and what it holds; an absent one is no error."""
        self._forget(_safe(name))

    def readonly(self, commit: str) -> Path:
        """Return a folder with a commit's files for readers; laid once per commit."""
        path = self._readonly / oid(commit)
        with self._laying[commit]:
            if not path.is_dir():
                with scratch(self._readonly, "laying") as draft:
                    files = draft / "files"
                    files.mkdir()
                    self._clone.git.out(
                        ["read-tree", "--reset", "-u", commit],
                        work_tree=files,
                        index=draft / "index",
                    )
                    make_readonly(files)
                    files.chmod(0o755)  # a folder that cannot be written cannot be moved
                    files.rename(path)  # so that its name appears complete or not at all
                    path.chmod(0o555)
                self._drop_old_readonly()
        return path

    def pack(self, since: str, head: str) -> bytes:
        """Return the objects that `head` adds to `since`, for `receive` on another machine."""
        return pack(self._clone.git, since, head)

    def receive(self, objects: bytes, since: str, head: str) -> tuple[Commit, ...]:
        """Take in objects that another machine made; see the port. Raises DeliveryRefused."""
        return Receiving(self._clone, self._max_file_bytes, self._scan).take_in(
            objects, since, head
        )

    def push(self, branch: str, commit: str, expected: str | None) -> bool:
        """Move a remote branch from `expected` (None: must not exist) to `commit`.

        True when it is there now, False when somebody else moved it. Raises BranchRefused when the
        remote refuses it, ServiceError when it cannot be reached.
        """
        return self._clone.push(branch, commit, expected)

    def _forget(self, safe: str) -> None:
        # The record goes first: without it, what a kill leaves of the folder counts for nothing.
        for suffix in ("json", "index", "index.lock", "new"):
            (self._records / f"{safe}.{suffix}").unlink(missing_ok=True)
        remove_tree(self._files / safe)

    def _drop_old_readonly(self) -> None:
        laid = [path for path in self._readonly.iterdir() if not path.name.startswith("laying-")]
        laid.sort(key=lambda path: path.stat().st_ctime, reverse=True)
        for path in laid[_KEPT_READONLY:]:
            remove_tree(path)


def _safe(name: str) -> str:
    """Return a name as one path component; different names stay different."""
    # Not `%`: programs that hand folders on in URLs decode it once too often (OpenCode 1.18 does).
    return quote(name, safe="").replace(".", "%2E").replace("%", "=") or "="
