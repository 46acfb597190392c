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

    def __init__(self, broker_url: str = "") -> None:
        self.broker_url = broker_url
        self.cells: list[Cell] = []

    @contextmanager
    def enclose(self, argv: Sequence[str], cell: Cell) -> Iterator[Enclosed]:
        assert cell.home is not None
        self.cells.append(cell)
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin:/usr/bin:/bin"])
        own = {"PATH": path, "HOME": str(cell.home), "TMPDIR": str(cell.home), "LANG": "C.UTF-8"}
        yield Enclosed(tuple(argv), {**cell.environment, **own}, cell.home)
