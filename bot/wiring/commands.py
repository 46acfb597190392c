"""How agents' commands are run: bounded, in the worktree, in an environment without secrets."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.domain.errors import Cancelled
from bot.workspace.process import Finished, run_bounded

RunCommand = Callable[[Sequence[str], Path, float], tuple[int | None, str]]
OUTPUT = 32 * 1024
"""Bytes of a command's output that its agent is shown."""


def command_runner(stop: threading.Event, programs: Path | None = None) -> RunCommand:
    """Return the function that runs an agent's command: (argv, folder, seconds) to (code, output).

    `programs` is searched before PATH, so that agents use the interpreter that the gates use.
    """

    def run(argv: Sequence[str], cwd: Path, timeout: float) -> tuple[int | None, str]:
        with tempfile.TemporaryDirectory(prefix="specloop-") as home:
            finished = run_bounded(
                argv, cwd, _environment(cwd, home, programs), timeout, OUTPUT, cancel=stop
            )
        return _told(finished, timeout)

    return run


def _environment(cwd: Path, home: str, programs: Path | None) -> dict[str, str]:
    path = os.environ.get("PATH", os.defpath)
    source = [str(cwd / "src")] if (cwd / "src").is_dir() else []
    return {
        "PATH": f"{programs}{os.pathsep}{path}" if programs else path,
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
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
