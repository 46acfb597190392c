"""Keeping a process's memory to itself."""

from __future__ import annotations

import contextlib
import ctypes
import resource

_PR_SET_DUMPABLE = 4  # prctl(2)


def close_to_others() -> None:
    """Keep this process's memory from other processes of this user, and out of core files.

    Root's can read it all the same; on other systems than Linux only the core files are closed.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
