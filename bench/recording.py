"""Watches one iteration: each git and gate command, and what is GitHub's time and not ours."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.domain.effects import MergePullRequest, Receipt
from bot.domain.events import Event, PhaseStarted, Stood
from bot.ports.sandbox import Cell, Sandbox
from bot.wiring.machine import SystemClock
from bot.workspace import gates, git
from bot.workspace.enclosed import Bounds

# Commits of a replay must be the recorded ones.
DATES = {"GIT_AUTHOR_DATE": "@1767225600 +0000", "GIT_COMMITTER_DATE": "@1767225600 +0000"}
BEFORE = "open"


@dataclass(frozen=True, slots=True)
class Command:
    """One command and how it ended."""

    phase: str
    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    stdin: bytes
    code: int


@dataclass(frozen=True, slots=True)
class Written:
    """A file that an agent wrote."""

    phase: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """GitHub moved the base branch."""

    phase: str
    commit: str


Step = Command | Written | Merged


@dataclass
class Recorder:
    """A listener that knows the phases, and what was done in each."""

    request_log: Path
    steps: list[Step] = field(default_factory=list)
    phase: str = BEFORE
    walls: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    waits: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    github: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds of each phase: in all, waiting for listings to settle, and inside GitHub."""
    _since: float = field(default_factory=time.perf_counter)
    _read: int = 0

    def tell(self, event: Event) -> None:
        """Notice where one phase ends and the next begins."""
        if isinstance(event, PhaseStarted):
            self._turn_to(event.phase.value)
        elif isinstance(event, Stood):
            self._turn_to("after")

    def wrote(self, path: Path, text: str) -> None:
        """Take down what an agent wrote."""
        self.steps.append(Written(self.phase, path, text))

    def commands(self) -> Iterator[Command]:
        """Yield the commands of the iteration itself."""
        yield from (s for s in self.steps if isinstance(s, Command) and s.phase != BEFORE)

    def _turn_to(self, phase: str) -> None:
        now = time.perf_counter()
        self.walls[self.phase] += now - self._since
        lines = self.request_log.read_bytes()[self._read :]
        self._read += len(lines)
        spent = sum(json.loads(line)["ms"] for line in lines.splitlines())
        self.github[self.phase] += spent / 1000
        self.phase, self._since = phase, time.perf_counter()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch while the block runs."""
        self._read = self.request_log.stat().st_size
        communicate, enclosed, sleep = git._communicate, gates.run_enclosed, SystemClock.sleep

        def run_git(
            argv: Sequence[str], cwd: Path, env: Mapping[str, str], held: tuple[int, ...],
            stdin: bytes, seconds: float,
        ) -> tuple[int, bytes, bytes]:  # fmt: skip
            known = {**env, **DATES}
            phase = self.phase
            code, out, err = communicate(argv, cwd, known, held, stdin, seconds)
            self.steps.append(Command(phase, tuple(argv), cwd, known, stdin, code))
            return code, out, err

        def run_gate(sandbox: Sandbox, argv: Sequence[str], cell: Cell, bounds: Bounds) -> Any:
            # The command itself is what is timed against: its cell is the engine's.
            ended = enclosed(sandbox, argv, cell, bounds)
            env = {"PATH": os.environ["PATH"], **cell.environment}
            done = Command(self.phase, tuple(argv), cell.folder, env, b"", ended.exit_code)
            self.steps.append(done)
            return ended

        def wait(clock: SystemClock, seconds: float) -> None:
            self.waits[self.phase] += seconds
            sleep(clock, seconds)

        with ExitStack() as stack:
            stack.enter_context(patch.object(git, "_communicate", run_git))
            stack.enter_context(patch.object(gates, "run_enclosed", run_gate))
            stack.enter_context(patch.object(SystemClock, "sleep", wait))
            yield

    def tracker(self, real: Any) -> Any:
        """Return the tracker, with its merges taken down."""
        return _Merges(real, lambda commit: self.steps.append(Merged(self.phase, commit)))


@dataclass(frozen=True, slots=True)
class _Merges:
    real: Any
    told: Callable[[str], None]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def merge(self, effect: MergePullRequest) -> Receipt:
        """Merge, and tell of the commit that it made."""
        receipt: Receipt = self.real.merge(effect)
        self.told(receipt.sha or "")
        return receipt
