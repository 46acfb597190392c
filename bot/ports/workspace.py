"""The codebase: a bare clone of the bot's own, worktrees for agents, gates, merges computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain.findings import Gate, GateReport, GateResult


@dataclass(frozen=True, slots=True)
class Head:
    """A commit and its tree."""

    sha: str
    tree: str


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What merging two commits would give: a tree, or the paths in conflict."""

    tree: str | None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it was made."""

    sha: str
    parents: tuple[str, ...]
    ours: bool
    """Whether author and committer are the bot, as it names itself."""
    message: str


class Worktree(Protocol):
    """One Executor's files. Nothing in it is ever interpreted by the bot's own git."""

    @property
    def path(self) -> Path:
        """Folder with the files."""
        ...

    def merge(self, commit: str) -> tuple[str, ...]:
        """Merge a commit into the files; return the paths left with conflict markers.

        The next `commit` gets it as a second parent. A commit already contained is no merge.
        """
        ...

    def commit(self, message: str) -> str:
        """Commit everything in the folder and return the new head (the old one if unchanged).

        Nested repositories, hooks, filters and links that an agent left are neutralised. Raises
        AgentFailed, with a sentence for the agent, for what cannot be committed (say, large files).
        """
        ...


class Codebase(Protocol):
    """The repository."""

    def fetch(self) -> None:
        """Bring the bare clone up to date with the remote's branches.

        Heads of pull requests are among them: forks are never adopted. Raises ServiceError when
        the remote cannot be reached, UserError when it does not admit this token.
        """
        ...

    def head(self, branch: str) -> Head | None:
        """Return the remote branch's head as of the last fetch or push, or None."""
        ...

    def tree(self, commit: str) -> str:
        """Return the tree of a commit that is in the clone."""
        ...

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit that is in the clone, the first first."""
        ...

    def merge_tree(self, base: str, head: str) -> MergeResult:
        """Compute the merge of two commits without a work tree."""
        ...

    def committed(self, tree: str, parents: Sequence[str], message: str) -> str:
        """Return a commit of the bot's, known to the clone alone, that holds a tree."""
        ...

    def contains(self, ancestor: str, descendant: str) -> bool:
        """Whether `ancestor` is reachable from `descendant`."""
        ...

    def paths(self, commit: str) -> tuple[str, ...]:
        """Return the paths of all files of a commit, sorted."""
        ...

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at a commit, or None when there is no such file."""
        ...

    def changed_paths(self, base: str, head: str) -> tuple[str, ...]:
        """Return the paths that differ between the merge base of two commits and the second."""
        ...


class Worktrees(Protocol):
    """Places for agents to work in."""

    def open(self, name: str, start: str) -> Worktree:
        """Open the worktree of that name at a commit.

        If an earlier process left one of that name, its uncommitted files are kept as they are,
        and so are its commits, when its work began at `start` or came through it (a kill may lie
        between a commit and its record); otherwise it is laid anew.
        """
        ...

    def close(self, name: str) -> None:
        """Remove a worktree and what it holds."""
        ...

    def readonly(self, commit: str) -> Path:
        """Return a folder with a commit's files for readers; laid once per commit."""
        ...

    def pack(self, since: str, head: str) -> bytes:
        """Return the objects that `head` adds to `since`, for `receive` on another machine."""
        ...

    def receive(self, objects: bytes, since: str, head: str) -> tuple[Commit, ...]:
        """Take in objects that another machine made, and return the new commits, oldest first.

        They descend from `since` in one line. Raises DeliveryRefused for objects that are not
        whole or that git would not take, for a history of another shape, for files that are too
        large and for what looks like a secret.
        """
        ...

    def push(self, branch: str, commit: str, expected: str | None) -> bool:
        """Move a remote branch from `expected` (None: must not exist) to `commit`.

        True when it is there now: also when an earlier, unanswered push had already moved it.
        False when somebody else moved it. Raises ServiceError when the remote cannot be reached,
        UserError when its rules refuse the push.
        """
        ...


class GateRunner(Protocol):
    """Runs gates on trees."""

    def run(
        self,
        tree: str,
        gates: Sequence[Gate],
        told: Callable[[GateResult, bool], None],
        known: Mapping[str, GateResult],
    ) -> GateReport:
        """Check a tree out clean and run every gate on it; a red build gate skips the rest.

        `known` maps a gate's name to an earlier result on this very tree, which is not repeated.
        `told(result, cached)` is called after each gate.
        """
        ...
