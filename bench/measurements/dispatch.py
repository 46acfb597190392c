"""Dispatch of many ready items at once: from the accepted plan until every Executor has begun."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.agents import InstantAgent
from bench.figures import Effort, Figure, Goal
from bench.town import Town, one_iteration
from bot.domain.events import AttemptEnded, AttemptStarted, Event, PlanMade

WIDTH = 64
"""Executors side by side: as many as the configuration admits."""


@dataclass
class Moments:
    """A listener that knows when the plan stood, and when each Executor began and ended."""

    planned: float = 0.0
    began: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, event: Event) -> None:
        """Take down the moment."""
        now = time.perf_counter()
        with self._lock:
            match event:
                case PlanMade():
                    self.planned = now
                case AttemptStarted():
                    self.began.append(now)
                case AttemptEnded():
                    self.ended.append(now)


def measure(effort: Effort) -> Iterator[Figure]:
    """Let a plan of 100 independent items be executed in one iteration."""
    items = effort.size(100, 8)
    began, ended = [], []
    for _ in effort.runs(3, "dispatch"):
        with effort.folder() as folder:
            town = Town(folder, executors=WIDTH, items=items)
            moments = Moments()
            with town.served() as endpoint:
                one_iteration(town.begin(endpoint), InstantAgent(items), moments)
        if len(moments.ended) != items:
            raise RuntimeError(f"{len(moments.ended)} of {items} Executors ended")
        began.append(max(moments.began) - moments.planned)
        ended.append(max(moments.ended) - moments.planned)
    how = (
        f"plan accepted, its issues created, until the last of {items} agents is sent out; "
        f"{WIDTH} at a time, instant agents, gate `true`"
    )
    yield Figure(f"dispatch of {items} ready items", "s", tuple(began), how, Goal("under", 4.0))
    how = (
        "the same until the last one's work is committed, pushed, on record and gated "
        "(each with a worktree, a push of its branch, one of the record, a clean checkout)"
    )
    yield Figure(f"{items} Executors through", "s", tuple(ended), how)
