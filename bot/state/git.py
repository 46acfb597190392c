"""What the state ref needs of git: one callable, given by the wiring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Ran(Protocol):
    """How a git command ended."""

    @property
    def code(self) -> int:
        """Exit code; not 0 also when it was killed at its deadline."""
        ...

    @property
    def stdout(self) -> bytes:
        """Standard output."""
        ...

    @property
    def stderr(self) -> str:
        """Standard error, in English and without secrets."""
        ...


class RunGit(Protocol):
    """Runs git on the bot's bare clone; never raises for an exit code."""

    def __call__(self, args: Sequence[str], *, stdin: bytes = b"", remote: bool = False) -> Ran:
        """Run one command; `remote` admits the network and lends the credentials."""
        ...


def complaint(ran: Ran) -> str:
    """Return the line of standard error that says most: the first that tells of an error."""
    lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
    fatal = (line for line in lines if line.startswith(("fatal: ", "error: ")))
    found = next(fatal, lines[-1] if lines else f"exit code {ran.code}")
    return found.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")
