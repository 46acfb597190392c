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

from bot.ports.process import Care, Heard, never
from bot.workspace.busy import processor_seconds
from bot.workspace.output import HeadAndTail
from bot.workspace.reaper import REAPER

KEPT_BYTES = 64 * 1024
FLOOD_BYTES = 64 * 1024 * 1024
_GRACE = 2.0
"""Seconds between asking a group to end and ending it; also for a pipe a stranger holds open."""
_AWAKE = 0.01
"""Share of one processor from which on a process counts as working."""
_TICK = 0.05
"""Seconds between two looks at what no file descriptor tells: the end of a process, a cancel."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. At most one of the last five is true."""

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
    silent: bool = False

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended it that was not ours: the system's, or somebody's."""
        ours = self.timed_out or self.killed_for_output or self.cancelled or self.silent
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
    care = Care(timeout, limit, flood, cancelled=cancel.is_set if cancel else never)
    return run_watched(argv, cwd, env, care)


def run_watched(argv: Sequence[str], cwd: Path, env: Mapping[str, str], care: Care, /) -> Finished:
    """Run a command as `bot.ports.process.RunProcess` promises."""
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL if care.stdin is None else care.stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if care.apart is None else subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem) or "no command"
        return Finished(127, reason.encode("utf-8", "replace"), 0.0, missing=True)
    REAPER.entrust(process.pid)
    watch = _Watch(process, began, care)
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
        silent=watch.why == "silence",
    )


class _Watch:
    """Reads a process's output until it ends or must be ended."""

    def __init__(self, process: subprocess.Popen[bytes], began: float, care: Care) -> None:
        self.kept = HeadAndTail(care.kept)
        self.why = ""
        self._process = process
        self._care = care
        self._deadline = began + care.timeout
        self._life = _Life(process.pid, care.silence, began)
        self._selector = selectors.DefaultSelector()
        self._pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
        for pipe, hears in zip(self._pipes, (care.heard, care.apart), strict=False):
            self._selector.register(pipe, selectors.EVENT_READ, hears)
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
        """Read what is left in the pipes; a process that fled the group may hold them open."""
        while self._open and time.monotonic() < deadline and not self._floods():
            self._read_some()
        self._selector.close()
        for pipe in self._pipes:
            pipe.close()

    @property
    def _open(self) -> bool:
        return bool(self._selector.get_map())

    def _floods(self) -> bool:
        return self._care.flood is not None and self.kept.total > self._care.flood

    def _grant_grace(self) -> None:
        deadline = time.monotonic() + _GRACE
        while not _ended(self._process) and time.monotonic() < deadline:
            self._read_some(keep=self.why != "output")

    def _reason_to_end(self) -> str:
        if self._floods():
            return "output"
        if self._care.cancelled():
            return "cancel"
        now = time.monotonic()
        if now >= self._deadline:
            return "time"
        return "silence" if self._life.is_gone(now) else ""

    def _read_some(self, keep: bool = True) -> None:
        if not self._open:
            # Mostly it is about to end; else it closed its output and works on.
            time.sleep(self._pause)
            self._pause = min(2 * self._pause, _TICK)
            return
        for key, _ in self._selector.select(_TICK):
            chunk = os.read(key.fd, 1 << 16)
            if not chunk:
                self._selector.unregister(key.fileobj)
                continue
            self._life.seen(time.monotonic())
            if keep:
                self.kept.feed(chunk)
                hears: Heard | None = key.data
                if hears is not None:
                    hears(chunk)


class _Life:
    """Tells a process that thinks from one that hangs: by its output, and by the processor."""

    def __init__(self, process: int, silence: float | None, began: float) -> None:
        self._process = process
        self._silence = silence
        self._last = began
        self._look = began
        self._used = 0.0

    def seen(self, now: float) -> None:
        """It said something."""
        self._last = now

    def is_gone(self, now: float) -> bool:
        """Whether there was no sign of life for too long; looks at the processor now and then."""
        if self._silence is None:
            return False
        since = now - self._look
        if since >= self._silence / 8:
            self._look = now
            used = processor_seconds(self._process) or 0.0
            # Whoever only waits still wakes up sometimes; whoever works uses more than that.
            if used - self._used > _AWAKE * since:
                self._last = now
            self._used = used
        return now - self._last >= self._silence


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
