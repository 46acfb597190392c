"""What a sweep has found so far, in a file: one that was stopped goes on from there."""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from pathlib import Path

from tests.recovery.chain import Outcome


class Kept:
    """Outcomes in the order in which they came; what was lost is tried again by the next sweep."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._found: list[Outcome] = []
        self._before = 0.0
        self._began = time.monotonic()
        if path is not None and path.exists():
            self._load(path)

    @property
    def cells(self) -> frozenset[str]:
        """The faults that need not be tried again."""
        return frozenset(str(c) for o in self._found for c in o.cells)

    @property
    def seconds(self) -> float:
        """How long all sweeps took together; 0 when nothing is kept."""
        return self._before + time.monotonic() - self._began if self._path else 0.0

    def outcomes(self) -> list[Outcome]:
        """Return what was survived so far."""
        return list(self._found)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Keep some more."""
        if self._path is not None:
            with self._path.open("ab") as file:
                pickle.dump((self.seconds, list(outcomes)), file)

    def _load(self, path: Path) -> None:
        with path.open("rb") as file:
            while True:
                try:
                    self._before, outcomes = pickle.load(file)  # noqa: S301 (our own file)
                except EOFError:
                    return
                self._found += [o for o in outcomes if not o.wrong]
