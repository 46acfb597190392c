"""No key leaves the broker in an answer."""

from __future__ import annotations


class KeyLeaked(Exception):
    """An answer contains the key."""


class LeakGuard:
    """Lets an answer through as it comes, and stops before the first byte of a key in it."""

    def __init__(self, key: str) -> None:
        """Without a key everything passes."""
        self._key = key.encode()
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """Return what may be sent on now; an end that may begin the key waits for what follows.

        Raises KeyLeaked.
        """
        if not self._key:
            return chunk
        data = self._held + chunk
        if self._key in data:
            raise KeyLeaked
        held = _overlap(data, self._key)
        self._held = data[len(data) - held :]
        return data[: len(data) - held]

    def end(self) -> bytes:
        """Return what waited: nothing follows any more."""
        held, self._held = self._held, b""
        return held


def _overlap(data: bytes, key: bytes) -> int:
    """Return how many of the last bytes are how the key begins."""
    for size in range(min(len(data), len(key) - 1), 0, -1):
        if data.endswith(key[:size]):
            return size
    return 0
