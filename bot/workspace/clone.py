"""The bot's own bare clone: the only repository that the bot's git ever looks into."""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path

from bot.domain.errors import Busy, UserError
from bot.ports.workspace import Codebase, Head, MergeResult
from bot.workspace.git import IDENTITY, Git, GitError, branch_ref, oid, path_text, paths_of
from bot.workspace.push import Pusher, remote_error
from bot.workspace.remote import Remote

_TRACKED = "refs/remotes/origin/"
_OLDEST_GIT = (2, 38)  # the first with `merge-tree --write-tree`
# What running tests leaves behind; nobody wants it in a pull request, `.gitignore` or not.
_EXCLUDES = """\
__pycache__/
*.py[cod]
.pytest_cache/
.mypy_cache/
.ruff_cache/
.hypothesis/
.coverage
.venv/
node_modules/
.DS_Store
"""


class Clone(Codebase):
    """A bare clone in a folder that agents cannot see; safe to use from several threads.

    Layout of the folder: `repo.git`, `home` (git's, empty) and `lock` (held by every process that
    uses the clone, and by every git they started).
    """

    def __init__(self, folder: Path, remote: Remote) -> None:
        """Open the clone, made at the first time and repaired when a former process was killed.

        Talks to no remote. Raises UserError when git is missing or older than 2.38.
        """
        (folder / "home").mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.remote = remote
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._fetching = threading.Lock()
        self.git = Git(self.folder / "repo.git", self.folder / "home", remote, (self._lock,))
        self._pusher = Pusher(self.git, remote)
        self._make_usable()

    def close(self) -> None:
        """Let go of the lock; the clone stays on disk, and this object must not be used again."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def fetch(self) -> None:
        """Bring the branches up to date; branches gone from the remote are forgotten.

        Raises ServiceError when the remote cannot be reached, UserError when it says no.
        """
        with self._fetching:
            result = self.git.run(
                [
                    *("fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head"),
                    *(self.remote.url, f"+refs/heads/*:{_TRACKED}*"),
                ],
                remote=True,
            )
        if result.code != 0:
            raise remote_error("fetch", result)

    def head(self, branch: str) -> Head | None:
        """Return the remote branch's head as of the last fetch or push, or None."""
        ref = self._tracked(branch)
        lines = self.git.out(
            ["for-each-ref", "--format=%(refname) %(objectname) %(tree)", ref]
        ).decode("utf-8", "replace")
        for line in lines.splitlines():
            name, sha, tree = line.split(" ")
            if name == ref:  # the pattern also matches what lies below it
                return Head(sha, tree)
        return None

    def tree(self, commit: str) -> str:
        """Return the tree of a commit that is in the clone."""
        return path_text(self.git.out(["rev-parse", f"{oid(commit)}^{{tree}}"])).strip()

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit that is in the clone, the first first."""
        told = self.git.out(["rev-list", "--parents", "--max-count=1", oid(commit)])
        return tuple(path_text(told).split()[1:])

    def merge_tree(self, base: str, head: str) -> MergeResult:
        """Compute the merge of two commits without a work tree."""
        tree, conflicts = self.merge(base, head)
        return MergeResult(None, conflicts) if conflicts else MergeResult(tree)

    def merge(self, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
        """Return the merged tree, with conflict markers in it, and the paths in conflict."""
        result = self.git.run(
            [
                *("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z"),
                *(oid(ours), oid(theirs)),
            ]
        )
        if result.code not in (0, 1):
            raise GitError(f"git merge-tree failed: {result.complaint}")
        tree, *conflicts = paths_of(result.stdout)
        return tree, tuple(conflicts)

    def committed(self, tree: str, parents: Sequence[str], message: str) -> str:
        """Return a commit of the bot's, known to the clone alone, that holds a tree."""
        line = [word for parent in parents for word in ("-p", oid(parent))]
        made = self.git.out(["commit-tree", oid(tree), *line, "-m", message], env=IDENTITY)
        return made.decode().strip()

    def contains(self, ancestor: str, descendant: str) -> bool:
        """Whether `ancestor` is reachable from `descendant`; an unknown ancestor is not."""
        if ancestor == descendant:
            return self.has(ancestor)
        result = self.git.run(["merge-base", "--is-ancestor", oid(ancestor), oid(descendant)])
        if result.code > 1 and self.has(ancestor):
            raise GitError(f"git merge-base failed: {result.complaint}")
        return result.code == 0

    def changed_paths(self, base: str, head: str) -> tuple[str, ...]:
        """Return the paths that differ between the merge base of two commits and the second."""
        return paths_of(
            self.git.out(
                [
                    *("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--merge-base"),
                    *(oid(base), oid(head)),
                ]
            )
        )

    def has(self, commit: str) -> bool:
        """Whether the clone holds that commit."""
        return self.git.run(["cat-file", "-e", f"{oid(commit)}^{{commit}}"]).code == 0

    def paths(self, commit: str) -> tuple[str, ...]:
        """Return every file's path at a commit or tree, links and submodules included."""
        return paths_of(self.git.out(["ls-tree", "-r", "-z", "--name-only", oid(commit)]))

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at a commit or tree, or None when there is no such file."""
        result = self.git.run(["cat-file", "blob", f"{oid(commit)}:{path}"])
        return result.stdout if result.code == 0 else None

    def push(self, branch: str, commit: str, expected: str | None) -> bool:
        """Move a remote branch compare-and-swap; see `Pusher.move`."""
        moved = self._pusher.move(branch, commit, expected)
        if moved:
            self.git.out(["update-ref", self._tracked(branch), commit])
        return moved

    def _tracked(self, branch: str) -> str:
        return _TRACKED + branch_ref(branch).removeprefix("refs/heads/")

    @property
    def _finished(self) -> Path:
        """The file that is written last: its presence says that creation was finished."""
        return self.git.git_dir / "info" / "exclude"

    def _make_usable(self) -> None:
        """Create or repair, when this is the only process of ours at work here.

        The lock is inherited by every git we start, so being alone also means that no git of a
        killed process still runs, and that any lock file of git's is stale.
        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._lock, fcntl.LOCK_SH)  # waits while another one creates it
            if not self._finished.exists():
                raise Busy("A git of a killed process still works here; try again soon.") from None
            return
        _remove_stale_locks(self.git.git_dir)
        exclude = self._finished
        if not exclude.exists():
            self._require_version()
            self.git.out(["init", "--quiet", "--bare", "--template=", "--initial-branch=main"])
            exclude.parent.mkdir(exist_ok=True)
            draft = exclude.with_name("exclude.new")
            draft.write_text(_EXCLUDES, encoding="utf-8")
            draft.replace(exclude)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def _require_version(self) -> None:
        told = path_text(self.git.out(["--version"])).strip()
        found = re.search(r"(\d+)\.(\d+)", told)
        if found is None or (int(found[1]), int(found[2])) < _OLDEST_GIT:
            raise UserError(f"git 2.38 or newer is needed; this is {told}.")


def _remove_stale_locks(git_dir: Path) -> None:
    """Remove lock files and half-written objects of a killed git."""
    if not git_dir.is_dir():
        return
    stale = [*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")]
    stale += (git_dir / "objects").glob("*/tmp_*")
    for path in stale:
        path.unlink(missing_ok=True)
