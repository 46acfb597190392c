"""Whether a process still works: the processor time that it and its descendants used."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def processor_seconds(root: int) -> float | None:
    """Return the processor time used by a process and all that descend from it, in seconds.

    None where the system does not tell (no /proc). Descendants that ended count with whoever
    waited for them.
    """
    if not (_PROC / "self/stat").exists():
        return None
    used: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # Format: proc(5); the name in parentheses may hold spaces and parentheses itself.
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        number = int(folder.name)
        children.setdefault(int(fields[1]), []).append(number)
        used[number] = sum(int(field) for field in fields[11:15])
    total, waiting = 0, [root]
    while waiting:
        number = waiting.pop()
        total += used.get(number, 0)
        waiting += children.get(number, [])
    return total / os.sysconf("SC_CLK_TCK")
