"""The log of one conversation with a coding agent: a file with an upper bound, and no secrets."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.agents.redacting import Redactor
from bot.agents.transcript import file_name

TAIL = 64 * 1024
"""Bytes of the end that are kept when the middle is left out."""
MARGIN = 20_000
"""Further bytes before the tail: a secret's rest is known as such only by how it begins."""


class Log:
    """Writes the first `limit` bytes as they come, and at the end what came last."""

    def __init__(self, folder: Path | None, key: str, limit: int, redactor: Redactor) -> None:
        """`key` is the invocation's; without a folder nothing is kept."""
        self._file = None
        self._left = limit
        self._lost = 0
        self._tail = bytearray()
        self._redactor = redactor
        self._kept = hashlib.sha256()
        self.problem = ""
        """Why nothing more is written; empty while all is well."""
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._file = (folder / f"{file_name(key)}.log").open("wb", buffering=0)
            except OSError as error:
                self.problem = str(error)

    @property
    def digest(self) -> str:
        """SHA-256 of what was kept so far; empty when nothing could be."""
        return "" if self._file is None or self.problem else self._kept.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Keep the next bytes, as far as there is room; what may be half a secret waits."""
        head, rest = chunk[: self._left], chunk[self._left :]
        self._left -= len(head)
        self._put(self._redactor.feed(_text(head)))
        if rest:
            self._tail += rest
            over = len(self._tail) - TAIL - MARGIN
            if over > 0:
                del self._tail[:over]
                self._lost += over

    def close(self) -> None:
        """Write the end and close the file."""
        if self._lost:  # what waited has no end, and what comes then no beginning
            end = self._redactor.whole(_text(self._tail))[MARGIN:]
            lost = self._lost + MARGIN + len(_bytes(self._redactor.waits))
            self._put(f"\n[... {lost} bytes left out ...]\n{end}")
        else:
            self._put(self._redactor.feed(_text(self._tail)) + self._redactor.end())
        if self._file is not None:
            self._file.close()

    def _put(self, text: str) -> None:
        if self._file is None or self.problem or not text:
            return
        data = _bytes(text)
        try:
            self._file.write(data)
        except OSError as error:  # a conversation is worth more than its log
            self.problem = str(error)
        self._kept.update(data)


def _text(data: bytes | bytearray) -> str:
    """Return bytes as text from which they can be had again, wherever they were parted."""
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
