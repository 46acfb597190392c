"""One foreign command, bounded in time and output, with everything it started."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.workspace.output import HeadAndTail
from bot.workspace.reaper import REAPER

KEPT_BYTES = 64 * 1024
FLOOD_BYTES = 64 * 1024 * 1024
_GRACE = 2.0
"""Seconds between asking a group to end and ending it; also for a pipe a stranger holds open."""
_TICK = 0.05
"""Seconds between two looks at what no file descriptor tells: the end of a process, a cancel."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. At most one of the last four is true."""

    exit_code: int
    """Negative for a signal, as `subprocess` has it; 127 when it could not be started."""
    output: bytes
    """Standard output and error as printed: the beginning and the end when there was too much."""
    seconds: float
    truncated: bool = False
    timed_out: bool = False
    killed_for_output: bool = False
    cancelled: bool = False
    missing: bool = False
    """It could not be started; `output` says why."""

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended it that was not ours: the system's, or somebody's."""
        ours = self.timed_out or self.killed_for_output or self.cancelled
        return self.exit_code < 0 and not ours


def run_bounded(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    limit: int = KEPT_BYTES,
    *,
    flood: int = FLOOD_BYTES,
    cancel: threading.Event | None = None,
) -> Finished:
    """Run a command with exactly this environment and no input; never raises for what it does.

    `timeout` in seconds; `limit` bytes of output are kept; more than `flood` bytes end it. It runs
    in a session of its own, and when it ends, by itself or not, its whole process group is
    killed, so that nothing it left in the background goes on. Safe to call from several threads.
    """
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem) or "no command"
        return Finished(127, reason.encode("utf-8", "replace"), 0.0, missing=True)
    REAPER.entrust(process.pid)
    watch = _Watch(process, began + timeout, HeadAndTail(limit), flood, cancel)
    try:
        watch.until_end()
    finally:
        _signal_group(process, signal.SIGKILL)
        REAPER.release(process.pid)  # before its number can be given to somebody else
        process.wait()
        watch.drain(time.monotonic() + _GRACE)
    return Finished(
        exit_code=process.returncode,
        output=watch.kept.value(),
        seconds=time.monotonic() - began,
        truncated=watch.kept.truncated,
        timed_out=watch.why == "time",
        killed_for_output=watch.why == "output",
        cancelled=watch.why == "cancel",
    )


class _Watch:
    """Reads a process's output until it ends or must be ended."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        deadline: float,
        kept: HeadAndTail,
        flood: int,
        cancel: threading.Event | None,
    ) -> None:
        assert process.stdout is not None  # noqa: S101 (we asked for a pipe)
        self.kept = kept
        self.why = ""
        self._process = process
        self._deadline = deadline
        self._flood = flood
        self._cancel = cancel
        self._pipe = process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)
        self._open = True
        self._pause = 0.001

    def until_end(self) -> None:
        """Return when the process has ended, or was asked to and had its grace."""
        while not _ended(self._process):
            self._read_some()
            self.why = self._reason_to_end()
            if self.why:
                _signal_group(self._process, signal.SIGTERM)
                self._grant_grace()
                return

    def drain(self, deadline: float) -> None:
        """Read what is left in the pipe; a process that fled the group may hold it open."""
        while self._open and time.monotonic() < deadline and self.kept.total <= self._flood:
            self._read_some()
        self._selector.close()
        self._pipe.close()

    def _grant_grace(self) -> None:
        deadline = time.monotonic() + _GRACE
        while not _ended(self._process) and time.monotonic() < deadline:
            self._read_some(keep=self.why != "output")

    def _reason_to_end(self) -> str:
        if self.kept.total > self._flood:
            return "output"
        if self._cancel is not None and self._cancel.is_set():
            return "cancel"
        return "time" if time.monotonic() >= self._deadline else ""

    def _read_some(self, keep: bool = True) -> None:
        if not self._open:
            # Mostly it is about to end; else it closed its output and works on.
            time.sleep(self._pause)
            self._pause = min(2 * self._pause, _TICK)
        elif self._selector.select(_TICK):
            chunk = os.read(self._pipe.fileno(), 1 << 16)
            if keep:
                self.kept.feed(chunk)
            self._open = bool(chunk)


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process has ended, without reaping it: its id must stay ours to signal."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):
        return os.waitid(os.P_PID, process.pid, flags) is not None
    return True


def _signal_group(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sign)
