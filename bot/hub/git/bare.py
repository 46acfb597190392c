"""One bare repository: refs read cheaply, history asked of git, answers about commits kept."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.hub.git.command import GitFailed, run_git
from bot.hub.git.commits import (
    LOG_FORMAT,
    CommitInfo,
    DiffStat,
    FileChange,
    TreeEntry,
    parse_changes,
    parse_entries,
    parse_log,
)

ZERO = "0" * 40
_OID = re.compile(r"[0-9a-f]{40}")
_MEMORY = 5_000
T = TypeVar("T")


class BareRepository:
    """Reads are safe from any thread.

    What is said about commits never changes and is remembered.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[tuple[str, ...], object] = {}

    def read_ref(self, name: str) -> str | None:
        """Return the commit of a full ref name, or None; reads files, starts no process."""
        if not is_safe_ref(name):
            return None
        try:
            text = (self.path / name).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return self._packed_ref(name)
        return text if _OID.fullmatch(text) else None

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch, or None."""
        return self.read_ref(f"refs/heads/{name}")

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return all refs whose name begins with the prefix, by name."""
        _, out = run_git(self.path, "for-each-ref", "--format=%(objectname) %(refname)")
        pairs = (line.split(" ", 1) for line in out.decode().splitlines())
        return {name: oid for oid, name in pairs if name.startswith(prefix)}

    def object_type(self, oid: str) -> str:
        """Return commit, tree, blob or tag; "" for an object that is not here."""
        return self.remember(("type", oid), lambda: self._ask_type(oid), unless="")

    def resolve(self, expression: str) -> str | None:
        """Return the object a revision expression names (a ref, a SHA, ``ref:path``), or None."""
        if expression.startswith("-") or "\n" in expression:
            return None
        code, out = run_git(
            self.path,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            expression,
            accept=(0, 1, 128),
        )
        return out.decode().strip() if code == 0 else None

    def commit_named(self, ref: str) -> str | None:
        """Return the commit that a branch, tag, full ref or SHA names, or None."""
        return self.branch(ref) or self.resolve(f"{ref}^{{commit}}")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Return whether ``old`` is in the history of ``new``."""
        if old == new:
            return True
        return self.remember(("ancestor", old, new), lambda: self._ask_ancestor(old, new))

    def merge_base(self, one: str, two: str) -> str | None:
        """Return the common ancestor of two commits, or None."""

        def ask() -> str:
            _, out = run_git(self.path, "merge-base", one, two, accept=(0, 1))
            return out.decode().strip()

        return self.remember(("base", one, two), ask) or None

    def commit(self, oid: str) -> CommitInfo:
        """Return one commit. Raises GitFailed when there is none."""

        def ask() -> CommitInfo:
            _, out = run_git(self.path, "log", "-z", "-1", LOG_FORMAT, "--end-of-options", oid)
            return parse_log(out)[0]

        return self.remember(("commit", oid), ask)

    def commits_between(self, base: str, head: str) -> list[CommitInfo]:
        """Return the commits of ``head`` that ``base`` lacks, oldest first."""

        def ask() -> list[CommitInfo]:
            _, out = run_git(
                self.path,
                "log",
                "-z",
                "--reverse",
                "--topo-order",
                LOG_FORMAT,
                "--end-of-options",
                f"{base}..{head}",
            )
            return parse_log(out)

        return list(self.remember(("between", base, head), ask))

    def changes(self, base: str, head: str) -> list[FileChange]:
        """Return the files a pull request changes: the diff from the merge base to the head."""

        def ask() -> list[FileChange]:
            start = self.merge_base(base, head) or base
            _, out = run_git(
                self.path,
                "diff",
                "--no-ext-diff",
                "--no-textconv",
                "-M",
                "--full-index",
                "--no-abbrev",
                "-p",
                "--raw",
                "--numstat",
                "-z",
                start,
                head,
            )
            return parse_changes(out)

        return list(self.remember(("changes", base, head), ask))

    def diff_stat(self, base: str, head: str) -> DiffStat:
        """Return the size of a pull request's diff."""
        files = self.changes(base, head)
        return DiffStat(
            len(files), sum(f.additions for f in files), sum(f.deletions for f in files)
        )

    def entries(self, tree: str) -> list[TreeEntry]:
        """Return what lies directly in a directory."""
        return parse_entries(run_git(self.path, "ls-tree", "-z", tree)[1])

    def blob(self, oid: str) -> bytes:
        """Return the bytes of a file. Raises GitFailed when there is none."""
        return run_git(self.path, "cat-file", "blob", oid)[1]

    def move_ref(self, name: str, new: str, old: str) -> bool:
        """Move a ref from ``old`` to ``new``, both SHAs, zeros for absent.

        Return False if it is not at ``old``.
        """
        try:
            run_git(self.path, "update-ref", "--no-deref", name, new, old)
        except GitFailed:
            if self.read_ref(name) in (old, None if old == ZERO else old):
                raise
            return False
        return True

    def delete_ref(self, name: str) -> None:
        """Delete a ref. Raises GitFailed when git refuses."""
        run_git(self.path, "update-ref", "--no-deref", "-d", name)

    def _packed_ref(self, name: str) -> str | None:
        try:
            lines = (self.path / "packed-refs").read_text("utf-8").splitlines()
        except OSError:
            return None
        return next(
            (line[:40] for line in lines if line[41:] == name and line[:1] not in "#^"), None
        )

    def _ask_type(self, oid: str) -> str:
        code, out = run_git(self.path, "cat-file", "-t", oid, accept=(0, 128))
        return out.decode().strip() if code == 0 else ""

    def _ask_ancestor(self, old: str, new: str) -> bool:
        return (
            run_git(self.path, "merge-base", "--is-ancestor", old, new, accept=(0, 1, 128))[0] == 0
        )

    def remember(self, key: tuple[str, ...], ask: Callable[[], T], unless: object = None) -> T:
        """Return what is known under ``key``, else ask and keep the answer, ``unless`` excepted."""
        if key in self._known:
            return self._known[key]  # type: ignore[return-value]
        answer = ask()
        if answer != unless:
            if len(self._known) > _MEMORY:
                self._known.clear()
            self._known[key] = answer
        return answer


def is_safe_ref(name: str) -> bool:
    """Return whether a full ref name is one git would accept; keeps paths inside ``refs/``."""
    parts = name.split("/")
    return (
        len(parts) > 1
        and parts[0] == "refs"
        and not re.search(r"[\x00-\x20\x7f~^:?*\[\\]|@\{|\.\.", name)
        and all(
            part and not part.startswith(".") and not part.endswith((".lock", "."))
            for part in parts
        )
    )
