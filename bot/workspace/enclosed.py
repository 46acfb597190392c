"""One bounded command in a cell of its own."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.ports.sandbox import Cell, Sandbox
from bot.workspace.process import FLOOD_BYTES, KEPT_BYTES, Finished, run_bounded

_SIGNALS = range(129, 129 + 64)
"""How shells and bubblewrap tell of a process that a signal ended."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far one command may go."""

    timeout: float
    """Seconds."""
    limit: int = KEPT_BYTES
    """Bytes of output that are kept."""
    flood: int = FLOOD_BYTES
    """Bytes of output that end it."""
    cancel: threading.Event | None = None


def run_enclosed(sandbox: Sandbox, argv: Sequence[str], cell: Cell, bounds: Bounds) -> Finished:
    """Run a command in a cell; its end is told as if it had run without one.

    Raises AgentUnavailable when no cell can be made here.
    """
    missing = _missing(argv, cell)
    if missing:
        return Finished(127, missing.encode(), 0.0, missing=True)
    with sandbox.enclose(argv, cell) as enclosed:
        finished = run_bounded(
            enclosed.argv,
            cell.folder,
            enclosed.environment,
            bounds.timeout,
            bounds.limit,
            flood=bounds.flood,
            cancel=bounds.cancel,
        )
    if enclosed.argv != tuple(argv) and finished.exit_code in _SIGNALS:
        return replace(finished, exit_code=128 - finished.exit_code)
    return finished


def _missing(argv: Sequence[str], cell: Cell) -> str:
    """Return why a command cannot be started, as the system would say it, or nothing.

    Looked at here because a launcher's own complaint could not be told from the command's.
    """
    if not argv or not argv[0]:
        return "no command"
    if "/" not in argv[0]:
        found = shutil.which(argv[0], path=cell.environment.get("PATH"))
        return "" if found else os.strerror(errno.ENOENT)
    path = cell.folder / argv[0]
    if not path.is_file():
        return os.strerror(errno.ENOENT)
    return "" if os.access(path, os.X_OK) else os.strerror(errno.EACCES)
