"""Takes secrets out of a text that comes in pieces: what may be half of one waits for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Redacts(Protocol):
    """Knows secrets by their forms; see `bot/ports/secrets.py`."""

    def redact(self, text: str) -> str:
        """Return the text with every secret named instead of shown."""
        ...

    def settled(self, text: str) -> int:
        """Return how many characters can be redacted without knowing what follows them."""
        ...


class Redactor:
    """Hands a text on, whole lines at a time, with secrets named instead of shown."""

    def __init__(self, scan: Redacts, passes: Sequence[str] = ()) -> None:
        """`passes` stand for keys at the broker; they have no form and are looked for as such."""
        self._scan = scan
        self._passes = tuple(p for p in passes if p)
        self._waits = ""

    @property
    def waits(self) -> str:
        """What was taken and not handed on yet, unsearched."""
        return self._waits

    def feed(self, text: str) -> str:
        """Take the next piece; return what can be shown now."""
        self._waits += text
        settled = self._past_passes(self._scan.settled(self._waits))
        whole, self._waits = self._waits[:settled], self._waits[settled:]
        return self.whole(whole)

    def end(self) -> str:
        """Return what waited: nothing follows any more."""
        whole, self._waits = self._waits, ""
        return self.whole(whole)

    def whole(self, text: str) -> str:
        """Return a text that stands for itself, with secrets named instead of shown."""
        for token in self._passes:
            text = text.replace(token, "[pass removed]")
        return self._scan.redact(text)

    def _past_passes(self, end: int) -> int:
        for token in self._passes:
            begin = self._waits.find(token, max(end - len(token), 0), end + len(token))
            if 0 <= begin < end:
                end = max(end, begin + len(token))
        return end
