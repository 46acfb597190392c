"""A stream of bytes as lines of text: bounded, without what only terminals understand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LINE = 1_000_000
"""Bytes of one line; a longer one is cut."""
_TERMINAL = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")


class Lines:
    """Hands on whole lines of a stream."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            self._take(part)
            self._told(bytes(self._rest).decode("utf-8", "replace"))
            self._rest.clear()
        self._take(rest)

    def close(self) -> None:
        """Hand on a last line that has no end."""
        if self._rest:
            self._told(bytes(self._rest).decode("utf-8", "replace"))
            self._rest.clear()

    def _take(self, part: bytes) -> None:
        self._rest += part[: max(LINE - len(self._rest), 0)]


def plain(text: bytes | str) -> str:
    """Return text without colours, control characters and empty ends."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    text = _TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def last_lines(text: str, characters: int = 600) -> str:
    """Return the end of a text: whole lines, as many as fit."""
    if len(text) <= characters:
        return text
    end = text[-characters:]
    return end.partition("\n")[2] or end
