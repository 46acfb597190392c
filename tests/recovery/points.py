"""Places where a process may die: every call that crosses its border, before and after.

A point is named `1.execute:agent.ask(1/execute/2.1/1):after` (iteration, phase, call, side) and,
because a name may come again, counted.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.domain.events import Event, PhaseResumed, PhaseStarted, Stood
from bot.ports.listener import Listener
from bot.wiring.build import Adapters

Describe = Callable[..., str]

_FRESH = re.compile(r"\b[0-9a-f]{16,40}\b|(?<=command/)\d+")
"""Commits, digests and comments' ids, which no two runs share."""


@dataclass(frozen=True)
class Wanted:
    """What is to happen at one point: an act of `ACTS`, or a fault that a border lays itself."""

    label: str
    nth: int = 1
    act: str = "kill"


class Points:
    """Counts the points that are passed, and lets happen what is wanted there, once."""

    def __init__(
        self,
        log: Path,
        wanted: Sequence[Wanted] = (),
        acts: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        self.phase = "0.begin"
        self._wanted = {(w.label, w.nth): w for w in wanted}
        self._acts = {"kill": _kill, "pause": _pause, **(acts or {})}
        self._passed: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    @contextmanager
    def around(self, call: str) -> Iterator[str]:
        """Pass the points before and after a call; a call that raises has no after.

        Yields the fault that the call itself is to suffer, or an empty text.
        """
        fault = self.at(call, "before")
        yield fault
        self.at(call, "after")

    def at(self, call: str, side: str) -> str:
        """Pass one point; return the fault that is wanted of the call, or an empty text."""
        label = f"{self.phase}:{_FRESH.sub('*', call)}:{side}"
        with self._lock:
            self._passed[label] += 1
            nth = self._passed[label]
            wanted = self._wanted.pop((label, nth), None)
            entry = {"pid": os.getpid(), "label": label, "nth": nth}
            entry |= {"act": wanted.act} if wanted else {}
            os.write(self._log, f"{json.dumps(entry)}\n".encode())
        if wanted is None:
            return ""
        act = self._acts.get(wanted.act)
        if act is None:
            return wanted.act
        act()
        return ""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _pause() -> None:
    print("PAUSED", flush=True)
    sys.stdin.readline()


@dataclass(frozen=True)
class Follower:
    """A listener that tells the points which phase it is, and passes everything on."""

    points: Points
    inner: Listener

    def tell(self, event: Event) -> None:
        if isinstance(event, PhaseStarted | PhaseResumed):
            self.points.phase = f"{event.iteration}.{event.phase.value}"
        elif isinstance(event, Stood):
            self.points.phase = f"{event.iteration}.between"
        self.inner.tell(event)


class Watched:
    """Any object, with points around some of its methods."""

    def __init__(
        self, inner: object, name: str, points: Points, calls: Mapping[str, Describe]
    ) -> None:
        self._inner = inner
        self._name = name
        self._points = points
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        describe = self._calls.get(name)
        if describe is None:
            return found

        def called(*args: Any, **kwargs: Any) -> Any:
            with self._points.around(f"{self._name}.{name}({describe(*args)})"):
                return found(*args, **kwargs)

        return called


def _keys(effects: Any) -> str:
    keys = [e.key for e in effects]
    return ",".join(keys[:2]) + (f",+{len(keys) - 2}" if len(keys) > 2 else "")


def _nothing(*_: object) -> str:
    return ""


_STORE = {"commit": lambda _, message: message, "publish": _nothing, "refresh": _nothing}
_TRACKER: dict[str, Describe] = {
    "read": _nothing,
    "find": lambda intent: intent.key,
    "prepare": lambda _, labels: str(len(labels)),
    "create": _keys,
    "set": _keys,
    "merge": lambda effect: f"#{effect.number}",
    "pull_requests": lambda numbers: str(len(numbers)),
    "permission": lambda login: login,
}
_WORKTREE: dict[str, Describe] = {"merge": _nothing, "commit": _nothing}
_WORKTREES: dict[str, Describe] = {
    "readonly": _nothing,
    "close": str,
    "push": lambda branch, *_: branch,
}


@dataclass(frozen=True)
class WatchedWorktrees:
    """Worktrees whose single ones are watched too."""

    inner: Any
    points: Points

    def open(self, name: str, start: str) -> Any:
        with self.points.around(f"worktrees.open({name})"):
            opened = self.inner.open(name, start)
        return Watched(opened, f"worktree[{name}]", self.points, _WORKTREE)

    def __getattr__(self, name: str) -> Any:
        return getattr(Watched(self.inner, "worktrees", self.points, _WORKTREES), name)


@dataclass(frozen=True)
class WatchedGates:
    """Gates; those that are known and need not run are no point."""

    inner: Any
    points: Points

    def run(self, tree: str, gates: Any, told: Any, known: Any) -> Any:
        if len(known) == len(gates):
            return self.inner.run(tree, gates, told, known)
        with self.points.around("gates.run()"):
            return self.inner.run(tree, gates, told, known)


@dataclass(frozen=True)
class WatchedAgent:
    """An agent; each tool that it used is a point as well."""

    inner: Any
    points: Points

    def ask(self, invocation: Any, workplace: Any, told: Any) -> Any:
        def step(tool: str, detail: str) -> None:
            self.points.at(f"agent.step({invocation.key} {tool})", "after")
            told(tool, detail)

        with self.points.around(f"agent.ask({invocation.key})"):
            return self.inner.ask(invocation, workplace, step)


def watch(adapters: Adapters, points: Points) -> Adapters:
    """Return the adapters with points around everything that crosses the process's border."""
    return replace(
        adapters,
        store=Watched(adapters.store, "store", points, _STORE),
        tracker=Watched(adapters.tracker, "tracker", points, _TRACKER),
        worktrees=WatchedWorktrees(adapters.worktrees, points),
        gates=WatchedGates(adapters.gates, points),
        agent=WatchedAgent(adapters.agent, points),
    )
