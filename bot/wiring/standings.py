"""Where milestones stand, read from their state refs with git alone: no API request, no clone."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import ServiceError, StateDiverged
from bot.domain.run import RunState, Standing
from bot.state.codec import JsonCodec
from bot.state.ref import ref_of
from bot.workspace.git import Git
from bot.workspace.remote import Remote

_PREFIX = ref_of(0).removesuffix("0")
_AT_ONCE = 50
"""Refs that are fetched by one command."""


@dataclass(frozen=True, slots=True)
class Record:
    """A milestone's state, and when it was last written."""

    state: RunState
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Records:
    """The state refs of one repository, in a scratch repository of their own."""

    git: Git

    def known(self) -> frozenset[int]:
        """Return the roots that have a record. Raises ServiceError."""
        remote = self.git.remote
        asked = self.git.run(
            ["ls-remote", "--quiet", remote.url if remote else "", f"{_PREFIX}*"], remote=True
        )
        if asked.code != 0:
            raise ServiceError(f"The records cannot be listed: {asked.complaint}.")
        names = (line.partition("\t")[2] for line in asked.text.splitlines())
        numbers = (n.removeprefix(_PREFIX) for n in names)
        return frozenset(int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) <= 9)

    def read(self, roots: Collection[int]) -> dict[int, Record]:
        """Return the newest records. Raises ServiceError when they cannot be fetched."""
        wanted, found = sorted(roots), dict[int, Record]()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            self._fetch(some)
            found |= {root: self._record(root) for root in some}
        return found

    def _fetch(self, roots: Collection[int]) -> None:
        remote = self.git.remote
        fetched = self.git.run(
            [
                *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head"),
                remote.url if remote else "",
                *(f"+{ref_of(root)}:{ref_of(root)}" for root in roots),
            ],
            remote=True,
        )
        if fetched.code != 0:
            raise ServiceError(f"The records cannot be fetched: {fetched.complaint}.")

    def _record(self, root: int) -> Record:
        ref = ref_of(root)
        at = self.git.run(["log", "-1", "--format=%ct", ref]).text.strip()
        written = datetime.fromtimestamp(int(at) if at.isdigit() else 0, UTC)
        content = self.git.run(["cat-file", "blob", f"{ref}:state.json"])
        try:
            state = JsonCodec().decode(RunState, content.stdout)
        except StateDiverged:  # damaged, or a newer version's: the iteration says what to do
            state = RunState(root, standing=Standing.WAITING)
        return Record(state, written)


@contextmanager
def records(remote: Remote) -> Iterator[Records]:
    """Yield a repository's records; what was fetched is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="specloop-") as folder:
        git = Git(Path(folder) / "records.git", Path(folder), remote)
        git.out(["init", "--quiet", "--bare"])
        yield Records(git)
