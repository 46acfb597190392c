"""A run in a process of its own that dies where it is told to, and a log of what it began."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.agents import InstantAgent
from bench.town import Silent
from bot.domain.agents import Invocation, Reply
from bot.domain.effects import Intent, MergePullRequest, Receipt
from bot.loop.iteration import iterate
from bot.ports.agent import Agent, Workplace
from bot.wiring.build import Adapters, open_house
from bot.wiring.site import Site

ASK = "ask "
"""How the name of a step begins in which an agent is asked; the invocation's key follows."""


@dataclass(frozen=True, slots=True)
class Death:
    """The step in which the process dies: begun, or done and not yet on record."""

    step: str
    """Beginning of its name."""
    nth: int = 1
    """Which of the steps that begin so."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run, as it was logged."""

    name: str
    at: float
    """Seconds of the monotonic clock, which all processes share."""
    requests: int
    """API requests that the process had sent by then."""
    done: bool


@dataclass(frozen=True, slots=True)
class Life:
    """What one process did."""

    born: float
    steps: tuple[Step, ...]

    def begun(self) -> list[Step]:
        """Return the steps as they were begun."""
        return [s for s in self.steps if not s.done]

    def done(self) -> frozenset[str]:
        """Return the names of the steps that ended."""
        return frozenset(s.name for s in self.steps if s.done)

    def asked(self) -> frozenset[str]:
        """Return the names of the steps in which an agent was asked."""
        return frozenset(s.name for s in self.begun() if s.name.startswith(ASK))


def live(site: Site, items: int, log: Path, death: Death | None) -> Life:
    """Run one iteration in a fresh process, to its end or its death."""
    log.unlink(missing_ok=True)
    spawn = multiprocessing.get_context("spawn")
    born = time.monotonic()
    process = spawn.Process(target=_run, args=(site, items, log, death))
    process.start()
    process.join()
    expected = 0 if death is None else -signal.SIGKILL
    if process.exitcode != expected:
        raise RuntimeError(f"the run ended with {process.exitcode}, not {expected}")
    lines = log.read_text(encoding="utf-8").splitlines()
    return Life(born, tuple(Step(**json.loads(line)) for line in lines))


def _run(site: Site, items: int, log: Path, death: Death | None) -> None:
    def adapt(adapters: Adapters) -> Adapters:
        watch = _Watch(log, death, lambda: _sent(adapters))
        return replace(
            adapters,
            agent=_WatchedAgent(InstantAgent(items), watch),
            tracker=_WatchedTracker(adapters.tracker, watch),
        )

    with open_house(site, Silent(), threading.Event(), adapt) as (house, _):
        iterate(house)


def _sent(adapters: Adapters) -> int:
    requests = getattr(adapters.tracker, "requests")  # noqa: B009 - no part of the port
    return int(requests.rest + requests.graphql)


@dataclass
class _Watch:
    """Logs steps, and ends the process in one of them."""

    log: Path
    death: Death | None
    sent: Callable[[], int]
    _met: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Log the beginning and the end of a step."""
        fatal = self._begin(name)
        if fatal and self.death is not None and not self.death.done:
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        if fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        with self._lock:
            self._write(name, done=True)

    def _begin(self, name: str) -> bool:
        with self._lock:
            self._write(name, done=False)
            if self.death is None or not name.startswith(self.death.step):
                return False
            self._met += 1
            return self._met == self.death.nth

    def _write(self, name: str, *, done: bool) -> None:
        entry = {"name": name, "at": time.monotonic(), "requests": self.sent(), "done": done}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


@dataclass(frozen=True)
class _WatchedAgent:
    inner: Agent
    watch: _Watch

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        with self.watch.step(f"{ASK}{invocation.key}"):
            return self.inner.ask(invocation, workplace, told)


@dataclass(frozen=True)
class _WatchedTracker:
    inner: Any
    watch: _Watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def create(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        with self.watch.step(f"create {' '.join(i.key for i in intents)}"):
            made: Sequence[Receipt] = self.inner.create(intents)
        return made

    def merge(self, effect: MergePullRequest) -> Receipt:
        with self.watch.step(f"merge {effect.number}"):
            merged: Receipt = self.inner.merge(effect)
        return merged
