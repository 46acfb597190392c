"""What a measurement returns: samples with their goal, and how they were taken."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.workspace.files import remove_tree


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure's median must be."""

    word: str
    """`under`, `at most` or `at least`."""
    value: float

    def met(self, figure: float) -> bool:
        """Whether a figure reaches it."""
        match self.word:
            case "under":
                return figure < self.value
            case "at most":
                return figure <= self.value
            case _:
                return figure >= self.value


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    what: str
    unit: str
    samples: tuple[float, ...]
    how: str
    goal: Goal | None = None

    @property
    def median(self) -> float:
        """The figure itself."""
        return median(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        return None if self.goal is None else self.goal.met(self.median)

    @property
    def shown(self) -> str:
        """The median, and the range when there is one."""
        low, high = number(min(self.samples)), number(max(self.samples))
        spread = f" ({low} to {high})" if low != high else ""
        return f"{number(self.median)}{spread} {self.unit}".rstrip()


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"


_MEMORY = Path("/dev/shm")  # noqa: S108 (folders in it are made by mkdtemp)


def scratch() -> str | None:
    """Return memory's own file system, where there is one; None is the default folder.

    A disk's would measure what was deleted before: ext4 passes over inodes that were freed within
    the last minutes, and a measurement's runs delete each other's files by the thousand.
    """
    return str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a measurement may take, and whom it tells of its steps."""

    quick: bool
    told: Callable[[str], None]

    def size(self, full: int, quick: int) -> int:
        """Return a size: the one of the table, or one that is just enough to try the code."""
        return quick if self.quick else full

    def runs(self, full: int, what: str) -> Iterator[int]:
        """Yield the number of each run, telling of it."""
        count = self.size(full, 1)
        for run in range(1, count + 1):
            self.told(f"{what}, run {run} of {count}")
            yield run

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Yield an empty folder; read-only files in it are no obstacle to removing it."""
        path = Path(tempfile.mkdtemp(prefix="specloop-bench-", dir=scratch())).resolve()
        try:
            yield path
        finally:
            remove_tree(path)
