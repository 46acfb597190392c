"""A process that dies at its nth step across its border, inside the test's own process.

Whatever it does from then on fails, as nothing of a killed process goes on. Real kills are the
business of `tests/recovery`; these cost no new interpreter.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from bot.wiring.machine import LocalProcesses, SystemClock
from tests.scenarios.people import Town

_PROCESSES = itertools.count(1)


class Killed(BaseException):
    """The process is dead."""


@dataclass
class Life:
    """Stands where `tests.recovery.points.Points` stands, and counts down."""

    steps: int | None = None
    """Steps to live; None for ever."""
    at_last: str = ""
    """Where it died."""
    phase: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        """Pass the points before and after a call."""
        self.at(call, "before")
        yield
        self.at(call, "after")

    def at(self, call: str, side: str) -> None:
        """Pass one point, or die."""
        with self._lock:
            if self.steps is None:
                return
            if self.steps > 0:
                self.steps -= 1
                return
            self.at_last = self.at_last or f"{call}:{side}"
        raise Killed(self.at_last)


class Processes(LocalProcesses):
    """Every house is another process's, and the former ones are dead."""

    def __init__(self) -> None:
        super().__init__(process=10**9 + next(_PROCESSES))

    def alive(self, process: int) -> bool:
        """None but this one lives."""
        return process == self.process


class QuickClock(SystemClock):
    """Time passes as it does; waits of more than a moment are skipped, and the hour is later."""

    _skipped: ClassVar[float] = 0.0
    _told: ClassVar[float] = 0.0
    MOMENT = 0.15

    def now(self) -> datetime:
        """Return the present wall time, in UTC."""
        return super().now() + timedelta(seconds=QuickClock._skipped)

    def boot(self) -> float:
        """Return seconds since boot."""
        return super().boot() + QuickClock._skipped

    def sleep(self, seconds: float) -> None:
        """Wait a moment and skip the rest."""
        super().sleep(min(seconds, self.MOMENT))
        self.skip(max(0.0, seconds - self.MOMENT))

    @classmethod
    def skip(cls, seconds: float) -> None:
        """Let so much time have passed for everybody."""
        QuickClock._skipped += seconds

    @classmethod
    def untold(cls) -> float:
        """Return the seconds that were skipped since this was asked last."""
        seconds = QuickClock._skipped - QuickClock._told
        QuickClock._told = QuickClock._skipped
        return seconds


def agree_on_the_hour(town: Town) -> None:
    """Let GitHub's clock go as far ahead as ours: what is looked for is looked for by its time."""
    town.maintainer.call("POST", "/_hub/clock", advance=QuickClock.untold())
