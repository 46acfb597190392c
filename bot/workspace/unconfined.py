"""No sandbox: a scrubbed environment and a home of its own, when a person said so."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.ports.sandbox import Cell, Enclosed, Sandbox
from bot.workspace.scratch import scratch, sweep

_KIND = "cell"


class Unconfined(Sandbox):
    """Runs processes as they are: they can read and reach what this user can."""

    def __init__(self, folder: Path, broker_url: str = "") -> None:
        """`folder` holds homes; what killed processes left in it is removed."""
        self._folder = folder
        self._broker_url = broker_url
        sweep(folder, _KIND)

    @property
    def name(self) -> str:
        """`nothing` encloses."""
        return "nothing"

    @property
    def broker_url(self) -> str:
        """The broker on this machine's loopback."""
        return self._broker_url

    @contextmanager
    def enclose(self, argv: Sequence[str], cell: Cell) -> Iterator[Enclosed]:
        """Yield the command as it is, with the cell's environment and nothing of ours."""
        with scratch(self._folder, _KIND) as place:
            home = cell.home or place / "home"
            for path in (home, place / "tmp"):
                path.mkdir(exist_ok=True)
            environment = {
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(home),
                "TMPDIR": str(place / "tmp"),
                "LANG": "C.UTF-8",
                **cell.environment,
            }
            yield Enclosed(tuple(argv), environment, home)
