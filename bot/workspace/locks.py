"""Lock files that a killed git left behind, and that stand in the way of the next one."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

LOCK_SECONDS = 5.0
"""How long a lock may live: what holds one for longer was killed, and left it behind."""

_HELD = re.compile(rb"Unable to create '([^']+\.lock)': File exists")


def freed(complaint: bytes, git_dir: Path, index: Path | None) -> bool:
    """Remove the dead lock that a git complains of; whether there was one, so that it may run.

    An index is one thread's alone, so its lock is dead at once; a ref's may be a living
    neighbour's for a moment. Nothing outside the git directory and the index is touched.
    """
    found = _HELD.search(complaint)
    if found is None:
        return False
    lock = Path(os.fsdecode(found[1]))
    own = index is not None and lock == index.with_name(f"{index.name}.lock")
    if not own and not lock.is_relative_to(git_dir):
        return False
    with contextlib.suppress(FileNotFoundError):
        if not own and time.time() - lock.stat().st_mtime < LOCK_SECONDS:
            return False
        lock.unlink()
    return True
