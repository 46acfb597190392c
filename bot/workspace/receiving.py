"""Objects that another machine made: packed there, checked here before anything points to them."""

from __future__ import annotations

import re

from bot.domain.errors import AgentFailed, DeliveryRefused
from bot.ports.secrets import SecretScan
from bot.ports.workspace import Commit
from bot.workspace.added import PLAIN, places_of, refuse_places
from bot.workspace.clone import Clone
from bot.workspace.git import IDENTITY, Git, oid

MAX_PACK_BYTES = 64_000_000
MAX_COMMITS = 50
_FORMAT = "%H%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%B"
_FIELDS = _FORMAT.count("%x00") + 1
_OURS = [IDENTITY["GIT_AUTHOR_NAME"], IDENTITY["GIT_AUTHOR_EMAIL"]] * 2
_KINDS = frozenset({"100644", "100755", "120000", "000000"})  # no submodules
_RAW = re.compile(rb":\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\0([^\0]+)\0")


def pack(git: Git, since: str, head: str) -> bytes:
    """Return the objects that `head` adds to `since`."""
    wanted = f"{oid(head)}\n^{oid(since)}\n".encode()
    return git.out(["pack-objects", "--revs", "--stdout", "-q"], stdin=wanted)


class Receiving:
    """Takes in packed objects for a clone."""

    def __init__(self, clone: Clone, max_file_bytes: int, scan: SecretScan | None) -> None:
        self._clone = clone
        self._git = clone.git
        self._max_file_bytes = max_file_bytes
        self._scan = scan

    def take_in(self, objects: bytes, since: str, head: str) -> tuple[Commit, ...]:
        """Return the new commits, oldest first; see the port. Raises DeliveryRefused.

        Objects that are refused stay in the clone, and nothing ever points to them.
        """
        if len(objects) > MAX_PACK_BYTES:
            raise DeliveryRefused(f"The pack has {len(objects):,} bytes; {MAX_PACK_BYTES:,} fit.")
        if head == since:
            return ()
        # --strict is git's own fsck: no `.git` in a tree, no `..`, no link of a missing object.
        read = self._git.run(
            ["index-pack", "--stdin", "--fix-thin", "--strict",
             f"--max-input-size={MAX_PACK_BYTES}"],
            stdin=objects,
        )  # fmt: skip
        if read.code != 0:
            raise DeliveryRefused(f"git does not take the objects: {read.complaint}.")
        whole = self._git.run(["rev-list", "--objects", "--quiet", oid(head), f"^{oid(since)}"])
        if whole.code != 0:
            raise DeliveryRefused(f"The objects of {head[:7]} are not whole: {whole.complaint}.")
        commits = self._commits(since, head)
        for commit in commits:
            self._look_at(commit)
        return commits

    def _commits(self, since: str, head: str) -> tuple[Commit, ...]:
        listed = self._git.out(
            ["log", "-z", "--first-parent", f"--max-count={MAX_COMMITS + 1}", f"--format={_FORMAT}",
             "--no-notes", "--no-show-signature", head, f"^{since}"]
        ).decode("utf-8", "replace")  # fmt: skip
        fields = listed.split("\0")[:-1]
        found = [_commit(fields[at : at + _FIELDS]) for at in range(0, len(fields), _FIELDS)]
        found.reverse()
        if len(found) > MAX_COMMITS:
            raise DeliveryRefused(f"There are more than {MAX_COMMITS} new commits.")
        if not found or found[0].parents[:1] != (since,):
            raise DeliveryRefused(f"{head[:7]} does not follow {since[:7]}.")
        return tuple(found)

    def _look_at(self, commit: Commit) -> None:
        first = commit.parents[0]
        raw = self._git.out(["diff-tree", "-r", "-z", "--no-renames", first, commit.sha])
        changed = _RAW.findall(raw)
        if any(mode.decode() not in _KINDS for mode, _, _ in changed):
            raise DeliveryRefused(f"{commit.sha[:7]} adds what is neither a file nor a link.")
        blobs = b"".join(blob + b"\n" for mode, blob, _ in changed if mode != b"000000")
        sizes = self._git.out(["cat-file", "--batch-check=%(objectsize)"], stdin=blobs)
        if any(int(size) > self._max_file_bytes for size in sizes.split()):
            raise DeliveryRefused(
                f"{commit.sha[:7]} adds a file of more than {self._max_file_bytes:,} bytes."
            )
        scan = self._scan
        if scan is None:
            return
        try:
            refuse_places(
                commit.parents,
                lambda parent: places_of(
                    self._git.out(["diff-tree", *PLAIN, parent, commit.sha]), scan
                ),
            )
        except AgentFailed as error:
            raise DeliveryRefused(str(error)) from error


def _commit(fields: list[str]) -> Commit:
    sha, parents, *people, message = fields
    return Commit(sha, tuple(parents.split()), people == _OURS, message.strip("\n"))
