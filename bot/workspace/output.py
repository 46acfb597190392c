"""A bounded memory of what a command prints: its beginning and its end."""

from __future__ import annotations


class HeadAndTail:
    """Keeps the first and the last half of `limit` bytes of a stream, and counts all of it."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = b""
        self._tail = bytearray()
        self.total = 0
        """Bytes seen so far."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.total += len(chunk)
        room = self._half - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk[-self._half :]
        if len(self._tail) > 4 * self._half:  # trimmed seldom: each trim copies
            del self._tail[: -self._half]

    @property
    def truncated(self) -> bool:
        """Whether bytes in the middle are lost."""
        return self.total > 2 * self._half

    def value(self) -> bytes:
        """Return what is kept, with a line that tells how much is missing between."""
        tail = bytes(self._tail[-self._half :])
        lost = self.total - len(self._head) - len(tail)
        if lost <= 0:
            return self._head + tail
        return self._head + b"\n[... %d bytes left out ...]\n" % lost + tail
