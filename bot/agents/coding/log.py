"""The log of one conversation with a coding agent: a file with an upper bound."""

from __future__ import annotations

from pathlib import Path

from bot.agents.transcript import file_name

TAIL = 64 * 1024
"""Bytes of the end that are kept when the middle is left out."""


class Log:
    """Writes the first `limit` bytes as they come, and at the end what came last."""

    def __init__(self, folder: Path | None, key: str, limit: int) -> None:
        """`key` is the invocation's; without a folder nothing is kept."""
        self._file = None
        self._left = limit
        self._lost = 0
        self._tail = bytearray()
        self.problem = ""
        """Why nothing more is written; empty while all is well."""
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = (folder / f"{file_name(key)}.log").open("wb", buffering=0)
            except OSError as error:
                self.problem = str(error)

    def write(self, chunk: bytes) -> None:
        """Keep the next bytes, as far as there is room."""
        head, rest = chunk[: self._left], chunk[self._left :]
        self._left -= len(head)
        self._put(head)
        if rest:
            self._tail += rest
            over = len(self._tail) - TAIL
            if over > 0:
                del self._tail[:over]
                self._lost += over

    def close(self) -> None:
        """Write the end and close the file."""
        if self._lost:
            self._put(b"\n[... %d bytes left out ...]\n" % self._lost)
        self._put(bytes(self._tail))
        if self._file is not None:
            self._file.close()

    def _put(self, chunk: bytes) -> None:
        if self._file is None or self.problem or not chunk:
            return
        try:
            self._file.write(chunk)
        except OSError as error:  # a conversation is worth more than its log
            self.problem = str(error)
