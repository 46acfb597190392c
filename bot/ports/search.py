"""Code search: the places of a repository that a question is about, the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain.errors import SpecloopError

PLACES = 10
"""Places that a search shows when nobody says how many."""


class SearchFailed(SpecloopError):
    """The index cannot be used now; whoever asked does without it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Some lines of a file that belong together."""

    path: str
    first: int
    last: int
    symbol: str
    """What they define, with its surroundings, say `Parser.read`; empty when nothing is named."""
    snippet: tuple[tuple[int, str], ...] = ()
    """A few telling lines with their numbers."""

    @property
    def line(self) -> str:
        """The place on one line, say `src/parser.py:10-24 Parser.read`."""
        return f"{self.path}:{self.first}-{self.last} {self.symbol}".rstrip()


class CodeSearch(Protocol):
    """Finds places by words, plain language, identifiers or paths; nothing in a query is syntax."""

    def find(
        self,
        query: str,
        commit: str,
        *,
        folder: Path | None = None,
        below: str = "",
        limit: int = PLACES,
    ) -> tuple[Place, ...]:
        """Return places of a commit, or of a folder whose files came from it, best first.

        One place for each file; `below` (a folder's or file's path) narrows the search, and within
        one file every place counts. The first search of a commit indexes what is new in it: seconds
        for thousands of files. Raises SearchFailed, DiskFull.
        """
        ...
