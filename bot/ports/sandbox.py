"""Where a foreign process runs: enclosed, so that it sees and reaches only what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cell:
    """What one process may see and do; all else is hidden from it."""

    folder: Path
    """Its working directory: the worktree. No other file of the person's or the bot's is there."""
    writable: bool = False
    """Whether it may change that folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it is told besides PATH, HOME, TMPDIR and LANG; nothing is inherited."""
    readable: tuple[Path, ...] = ()
    """Further files and folders it may read, say its own installation."""
    models: bool = False
    """Whether it reaches the broker, at the sandbox's `broker_url`, and no other network."""
    network: bool = False
    """Whether it reaches networks as this process does; for gates that were allowed to."""
    home: Path | None = None
    """A folder of the caller's that becomes its home, at this very path, with what is in it; the
    caller removes it. So a command line can name files there. None: an empty one is made."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A command line that runs the process in its cell.

    The process ends with the thread that starts it: that is how none is ever left behind.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """The whole environment of that command line."""
    home: Path
    """The process's own home, as this process sees it: the cell's, else one that is removed when
    the cell is closed."""


class Sandbox(Protocol):
    """Makes cells."""

    @property
    def name(self) -> str:
        """What encloses: `bubblewrap`, or `nothing` when a person said so."""
        ...

    @property
    def broker_url(self) -> str:
        """Where a process in a cell with `models` finds the broker; empty when there is none."""
        ...

    def enclose(self, argv: Sequence[str], cell: Cell) -> AbstractContextManager[Enclosed]:
        """Make a cell for one command; it is gone when the context ends.

        Raises AgentUnavailable, in one sentence, when no cell can be made here.
        """
        ...
