"""A sandbox for tests that encloses nothing: what confines agents is tried elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.ports.sandbox import Cell, Enclosed


class OpenField:
    """Runs a command where it is, with an environment and a home of its own."""

    name = "nothing"

    def __init__(self, broker_url: str = "", path: str = "/usr/local/bin:/usr/bin:/bin") -> None:
        self.broker_url = broker_url
        self._path = os.pathsep.join([str(Path(sys.executable).parent), path])
        self.cells: list[Cell] = []

    @contextmanager
    def enclose(self, argv: Sequence[str], cell: Cell) -> Iterator[Enclosed]:
        assert cell.home is not None
        self.cells.append(cell)
        home = str(cell.home)
        own = {"PATH": self._path, "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"}
        yield Enclosed(tuple(argv), {**cell.environment, **own}, cell.home)
