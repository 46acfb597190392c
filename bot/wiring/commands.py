"""How agents' commands are run: in a cell, bounded, in an environment without secrets."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.domain.errors import Cancelled
from bot.ports.sandbox import Cell, Sandbox
from bot.workspace.enclosed import Bounds, run_enclosed
from bot.workspace.process import Finished

RunCommand = Callable[[Sequence[str], Path, float], tuple[int | None, str]]
OUTPUT = 32 * 1024
"""Bytes of a command's output that its agent is shown."""


def command_runner(stop: threading.Event, sandbox: Sandbox) -> RunCommand:
    """Return the function that runs an agent's command: (argv, folder, seconds) to (code, output).

    It raises Cancelled when `stop` is set, AgentUnavailable when no cell can be made here.
    """

    def run(argv: Sequence[str], cwd: Path, timeout: float) -> tuple[int | None, str]:
        cell = Cell(cwd, writable=True, environment=_environment(cwd))
        finished = run_enclosed(sandbox, argv, cell, Bounds(timeout, OUTPUT, cancel=stop))
        return _told(finished, timeout)

    return run


def _environment(cwd: Path) -> dict[str, str]:
    source = [str(cwd / "src")] if (cwd / "src").is_dir() else []
    return {
        "PYTHONPATH": os.pathsep.join([*source, str(cwd)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_CEILING_DIRECTORIES": str(cwd.parent),
        "NO_COLOR": "1",
    }


def _told(finished: Finished, timeout: float) -> tuple[int | None, str]:
    output = finished.output.decode("utf-8", "replace")
    if finished.missing:
        return None, f"it could not be started: {output}"
    if finished.timed_out:
        return None, f"{output}\n(stopped: it did not end within {timeout:g} s)"
    if finished.cancelled:
        raise Cancelled("The command was stopped with the run; its round is repeated.")
    if finished.killed_for_output:
        return None, f"{output}\n(stopped)"
    return finished.exit_code, output
