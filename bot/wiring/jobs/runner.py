"""What a job says to its runner through the log, and how nothing else in the log says anything.

A runner takes commands from whatever a step prints: a line that begins with `::`, and `##[...]`
anywhere in a line (`ActionCommand.cs` in github.com/actions/runner). The log tells of gates,
models and people, so a job stops commands before anything else and hears none but its own.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable


class RunnerLog:
    """A job's standard output as its runner reads it."""

    def __init__(self) -> None:
        self._token = ""

    def stop_commands(self) -> None:
        """Let the runner take no commands from here on, to the end of the step.

        https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
        They are not resumed at the end: a runner begins each step anew, and standard error, which
        it reads beside this, may still hold words of others then.
        """
        self._token = secrets.token_hex(16)  # a new one each time: the log shows the last one
        self._print([f"::stop-commands::{self._token}"])

    def command(self, commands: Iterable[str]) -> None:
        """Print commands that are heard; each must be one escaped line."""
        lines = list(commands)
        if lines:
            self._print([f"::{self._token}::", *lines] if self._token else lines)
            self.stop_commands()

    def _print(self, lines: list[str]) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
