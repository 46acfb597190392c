"""Foreign processes: started, watched, and ended with everything that they started."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Heard = Callable[[bytes], None]


def never() -> bool:
    """Nobody asks it to end."""
    return False


@dataclass(frozen=True, slots=True)
class Care:
    """How one process is bounded, and who listens to it."""

    timeout: float
    """Seconds."""
    kept: int = 64 * 1024
    """Bytes of its output that are kept: the beginning and the end."""
    flood: int | None = None
    """More bytes than these end it; None: what is not kept is forgotten."""
    silence: float | None = None
    """Seconds without output and without work of the processor, after which it counts as hung."""
    stdin: int | None = None
    """The file descriptor it reads from; None: it has nothing to read."""
    heard: Heard | None = None
    """Called with each piece of its output, in the thread that waits for it."""
    apart: Heard | None = None
    """The same for standard error, when the two must not mix; None: both are its output."""
    cancelled: Callable[[], bool] = never
    """Asked again and again: shall it end now?"""


class Ended(Protocol):
    """How a process ended. At most one of the last five is true."""

    @property
    def exit_code(self) -> int:
        """Negative for a signal, as `subprocess` has it; 127 when it could not be started."""
        ...

    @property
    def output(self) -> bytes:
        """What was kept; when it could not be started, why."""
        ...

    @property
    def timed_out(self) -> bool:
        """Whether its time was up."""
        ...

    @property
    def silent(self) -> bool:
        """Whether it hung."""
        ...

    @property
    def killed_for_output(self) -> bool:
        """Whether it printed too much."""
        ...

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to end."""
        ...

    @property
    def missing(self) -> bool:
        """Whether it could not be started."""
        ...


class RunProcess(Protocol):
    """Runs one process until it ends or must be ended; never raises for what it does."""

    def __call__(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], care: Care, /
    ) -> Ended:
        """Run it with exactly this environment, in a session of its own.

        When it ends, by itself or not, its whole process group is killed: first asked, then ended.
        Safe to call from several threads.
        """
        ...
