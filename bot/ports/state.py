"""The state ref: files in commits, moved compare-and-swap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

T = TypeVar("T")


class StateHistory(Protocol):
    """What a state ref held before."""

    def past(self, limit: int) -> Iterator[tuple[str, Mapping[str, bytes]]]:
        """Yield the commits before the newest local one with their files, newest first.

        Each costs two git processes, and only when it is asked for.
        """
        ...

    def allow(self, commit: str) -> None:
        """Let a person set the ref back to this commit: `refresh` follows there."""
        ...


class StateStore(StateHistory, Protocol):
    """One milestone's state ref."""

    def refresh(self) -> None:
        """Read the ref anew from the remote; commits of ours that build on it are kept."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content in the newest local commit, or None."""
        ...

    def list(self, prefix: str) -> tuple[str, ...]:
        """Return the paths that start with a prefix, sorted."""
        ...

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """Add a local commit: it survives this process, not this machine; None removes a file."""
        ...

    def publish(self) -> None:
        """Push the local commits. Raises StateDiverged when somebody else moved the ref."""
        ...


class Codec(Protocol):
    """Frozen values to bytes and back."""

    def encode(self, value: object) -> bytes:
        """Return stable, human-readable JSON."""
        ...

    def decode(self, kind: type[T], data: bytes) -> T:
        """Return the value; raises StateDiverged with a sentence when the bytes do not fit."""
        ...
