"""What a runner takes as commands from a step's output.

As ActionCommand.cs and ActionCommandManager.cs in github.com/actions/runner read it.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)(?: [^\n]*?)?::(?P<data>.*)")
_OLDER = re.compile(r"##\[(?P<name>[\w-]+)(?: [^\]]*)?\](?P<data>.*)")


def heard(output: str) -> list[str]:
    """Return the lines that are commands, apart from those that stop and resume them."""
    commands, token = [], ""
    for line in output.splitlines():
        found = _COMMAND.match(line) or _OLDER.search(line)
        if found is None:
            continue
        if token:
            token = "" if found["name"] == token else token
        elif found["name"] == "stop-commands":
            token = found["data"]
        else:
            commands.append(line)
    return commands
