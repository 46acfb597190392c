"""One Executor's files: a plain folder, with its index and its record kept outside of it."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bot.domain.errors import AgentFailed
from bot.ports.secrets import SecretScan
from bot.ports.workspace import Worktree
from bot.workspace.added import refuse_secrets
from bot.workspace.clone import Clone
from bot.workspace.files import neutralise
from bot.workspace.git import IDENTITY, GitError, oid, path_text

_SUBMODULE = b"160000"
_SHOWN = 5  # names in an error's sentence


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a worktree from one process to the next."""

    heads: tuple[str, ...]
    """The commit it was laid at, and every one made since; the last one is its head."""
    merged: tuple[str, ...] = ()
    """Commits merged into the files since `head`: parents of the next commit."""
    conflicts: tuple[str, ...] = ()
    """Paths that those merges left with conflict markers."""
    rescue: str = ""
    """While a merge is being laid: the commit with the files as they were before it."""

    @property
    def head(self) -> str:
        """The newest commit of the work."""
        return self.heads[-1]

    @staticmethod
    def load(path: Path) -> Record | None:
        """Return the record in a file, or None when there is none that can be read."""
        try:
            raw = json.loads(path.read_bytes())
            lists = {name: tuple(raw[name]) for name in ("heads", "merged", "conflicts")}
            return Record(**(raw | lists))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def save(self, path: Path) -> None:
        """Write the record; a kill leaves the old one or the new one."""
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)


class FolderWorktree(Worktree):
    """Files in a folder without `.git`, committed into the bare clone from outside."""

    def __init__(
        self,
        clone: Clone,
        path: Path,
        memory: Path,
        max_file_bytes: int,
        scan: SecretScan | None = None,
    ) -> None:
        """`memory` is the path, without suffix, of the record and the index."""
        self._scan = scan
        self._clone = clone
        self._git = clone.git
        self._path = path
        self._index = memory.with_suffix(".index")
        self._record_path = memory.with_suffix(".json")
        self._max_file_bytes = max_file_bytes
        self._record = Record.load(self._record_path)

    @property
    def path(self) -> Path:
        """Folder with the files."""
        return self._path

    def resumes(self, start: str) -> bool:
        """Whether the files on disk belong to work that began at `start` or came through it."""
        record = self._record
        if record is None or start not in record.heads:
            return False
        if self._path.is_symlink() or not self._path.is_dir():
            return False
        return self._clone.has(record.rescue or record.head)

    def resume(self) -> None:
        """Take up what a killed process left; files half merged are laid as they were before."""
        Path(f"{self._index}.lock").unlink(missing_ok=True)
        if self._known.rescue:
            self._take_in()  # so that files of the half-laid merge are known, and removed
            self._lay(self._known.rescue)
            self._remember(replace(self._known, rescue=""))

    def lay(self, start: str) -> None:
        """Fill the empty folder with the files of a commit."""
        self._index.unlink(missing_ok=True)
        Path(f"{self._index}.lock").unlink(missing_ok=True)
        self._lay(start)
        self._remember(Record((oid(start),)))

    def merge(self, commit: str) -> tuple[str, ...]:
        """Merge a commit into the files, uncommitted ones too; return the paths with markers.

        Raises AgentFailed when the files as they are could not be committed either.
        """
        record = self._known
        if commit in record.merged:
            return record.conflicts  # a killed process had come so far
        if any(self._clone.contains(commit, known) for known in (record.head, *record.merged)):
            return ()
        ours = self._snapshot("Work in progress before a merge.")
        tree, conflicts = self._clone.merge(ours, commit)
        self._remember(replace(record, rescue=ours))
        self._lay(tree)
        self._remember(
            replace(
                record,
                merged=(*record.merged, commit),
                conflicts=tuple(dict.fromkeys((*record.conflicts, *conflicts))),
            )
        )
        return conflicts

    def commit(self, message: str) -> str:
        """Commit everything in the folder and return the new head (the old one if unchanged).

        What the repository's `.gitignore` names stays out, as do caches of tools. Raises
        AgentFailed, with a sentence for the agent, for a file over the size limit, for names that
        git does not take and for what looks like a secret.
        """
        head = self._snapshot(message)
        known = self._known
        if head != known.head:
            self._remember(Record((*known.heads, head)))
        return head

    @property
    def _known(self) -> Record:
        if self._record is None:
            raise GitError("The worktree was never laid.")
        return self._record

    def _remember(self, record: Record) -> None:
        record.save(self._record_path)
        self._record = record

    def _lay(self, tree: str) -> None:
        self._git.out(
            ["read-tree", "--reset", "-u", oid(tree)], work_tree=self._path, index=self._index
        )

    def _snapshot(self, message: str) -> str:
        """Return a commit of the files as they are, on top of head and merges; head if equal."""
        record = self._known
        self._take_in()
        changed = self._git.out(
            ["diff-index", "--cached", "--raw", "--no-renames", "-z", record.head],
            index=self._index,
        )
        if not changed and not record.merged:
            return record.head
        self._refuse_new_submodules(changed)
        if self._scan is not None:
            refuse_secrets(self._git, self._index, (record.head, *record.merged), self._scan)
        tree = self._git.out(["write-tree"], index=self._index).decode().strip()
        parents = [word for parent in (record.head, *record.merged) for word in ("-p", parent)]
        text = message.replace("\0", "").strip() or "Work in progress."
        made = self._git.out(
            ["commit-tree", tree, *parents, "-F", "-"],
            stdin=f"{text}\n".encode("utf-8", "replace"),
            env=IDENTITY,
        )
        return made.decode().strip()

    def _take_in(self) -> None:
        """Bring the index up to the files; raises AgentFailed when that cannot be."""
        if self._path.is_symlink() or not self._path.is_dir():
            raise AgentFailed("The folder of the worktree was removed or replaced.")
        try:
            neutralise(self._path)
        except OSError as problem:
            raise AgentFailed(f"The files cannot be read: {problem.strerror}.") from problem
        self._refuse_large_files()
        self._read_folder(["add", "--all"])

    def _read_folder(self, args: list[str]) -> bytes:
        """Run a command whose failure is the fault of what lies in the folder."""
        result = self._git.run(args, work_tree=self._path, index=self._index)
        if result.code != 0:
            raise AgentFailed(f"The files cannot be committed: {result.complaint}.")
        return result.stdout

    def _refuse_large_files(self) -> None:
        """Look at sizes before git reads a byte: what is added once stays in the clone."""
        listed = self._read_folder(
            ["ls-files", "-z", "--others", "--modified", "--exclude-standard"]
        )
        large = [
            path_text(name)
            for name in dict.fromkeys(listed.split(b"\0"))
            if name and _size(os.fsencode(self._path) + b"/" + name) > self._max_file_bytes
        ]
        if large:
            limit = self._max_file_bytes / 1e6
            raise AgentFailed(
                f"Files over {limit:g} MB cannot be committed: {_some(large)}. "
                "Remove them or name them in .gitignore."
            )

    def _refuse_new_submodules(self, raw: bytes) -> None:
        """Refuse a nested repository that appeared while we looked; a merged one is no news."""
        fields = raw.split(b"\0")
        found = [
            path_text(path)
            for meta, path in zip(fields[::2], fields[1::2], strict=False)
            if meta.split(b" ")[1] == _SUBMODULE and not self._was_merged(meta, path)
        ]
        if found:
            raise AgentFailed(f"Nested repositories cannot be committed: {_some(found)}.")

    def _was_merged(self, meta: bytes, path: bytes) -> bool:
        entry = b"%s commit %s\t" % (_SUBMODULE, meta.split(b" ")[3])
        return any(
            self._git.out(["ls-tree", "-z", commit, "--", os.fsdecode(path)]).startswith(entry)
            for commit in self._known.merged
        )


def _size(path: bytes) -> int:
    try:
        found = os.lstat(path)
    except OSError:  # deleted, which `--modified` lists too
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
