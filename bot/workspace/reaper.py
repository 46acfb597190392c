"""Ends what this process started when it is killed itself: commands live in sessions of their own.

One small helper process is told of every process group. When its standard input ends, because we
ended however that was, it kills the groups that are still there: no command of a killed run goes
on writing into files that the next run takes up.
"""

from __future__ import annotations

import atexit
import contextlib
import subprocess
import sys
import threading

_HELPER = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""


class Reaper:
    """The helper process, started when the first group is entrusted to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None

    def entrust(self, group: int) -> None:
        """Have a process group killed if this process ends before `release`."""
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        """Forget a group: it has ended, and its number may be given to somebody else."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        with self._lock:
            helper = self._helper
            if helper is None or helper.poll() is not None:
                helper = self._helper = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", _HELPER],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            if helper.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    helper.stdin.write(line.encode())
                    helper.stdin.flush()

    def close(self) -> None:
        """End the helper; nothing may be entrusted to it any more."""
        with self._lock:
            if self._helper is not None and self._helper.stdin is not None:
                self._helper.stdin.close()
                self._helper.wait()
                self._helper = None


REAPER = Reaper()
"""This process's only one."""
atexit.register(REAPER.close)
