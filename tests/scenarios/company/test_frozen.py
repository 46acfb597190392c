"""An instance that is frozen as it sends, and wakes an hour later when another one took over.

`SPECLOOP_EXAMPLES=1000 pytest tests/scenarios/company/test_frozen.py` freezes it at every send;
by default at a few, spread over the story.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

import bot.wiring.build
from bot.domain.errors import Busy, LeaseLost, ServiceError, StateDiverged
from bot.domain.run import Standing
from bot.github import client
from bot.loop.house import House
from bot.workspace.git import Git
from tests.scenarios.anything.invariants import copies
from tests.scenarios.anything.mortal import QuickClock, agree_on_the_hour
from tests.scenarios.company.instances import Crowd, Instance, Processes
from tests.scenarios.scenes import planner_done
from tests.scenarios.world import World

ITEMS = 3
HOUR = 3600.0
TRIED = int(os.environ.get("SPECLOOP_EXAMPLES", "3"))


@dataclass
class Sender:
    """Counts what one instance sends, and freezes it at the nth of them."""

    freeze_at: int = 0
    sends: list[str] = field(default_factory=list)
    frozen: threading.Event = field(default_factory=threading.Event)
    thaw: threading.Event = field(default_factory=threading.Event)
    late: list[str] = field(default_factory=list)
    """What it sent after it had thawed, the frozen one included."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, what: str) -> None:
        """Pass one send, or freeze; while one thread is frozen, all are."""
        with self._lock:
            self.sends.append(what)
            due = len(self.sends) == self.freeze_at
        if due:
            self.frozen.set()
        if self.frozen.is_set() or due:
            assert self.thaw.wait(300)
            self.late.append(what)


SENDERS: dict[int, Sender] = {}


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every writing request and push ask its instance's sender."""
    monkeypatch.setattr(bot.wiring.build, "SystemClock", QuickClock)
    monkeypatch.setattr(bot.wiring.build, "LocalProcesses", Processes)
    exchange, run = client.exchange, Git.run

    def exchanged(github: Any, method: str, path: str, params: Any, json: Any) -> Any:
        query = str((json or {}).get("query", ""))
        if method != "GET" and not query.lstrip().startswith("query"):
            _send(github, f"{method} {path}")
        return exchange(github, method, path, params, json)

    def ran(self: Git, args: Any, **options: Any) -> Any:
        if args[0] == "push":
            _send(self, "git push")
        return run(self, args, **options)

    monkeypatch.setattr(client, "exchange", exchanged)
    monkeypatch.setattr(Git, "run", ran)
    yield
    SENDERS.clear()


def _send(by: object, what: str) -> None:
    """Find the instance by the adapter that sends: its threads are several."""
    sender = SENDERS.get(id(by))
    if sender is not None:
        sender.send(what)


@pytest.mark.timeout(0 if TRIED > 10 else 600)
def test_a_frozen_instance_does_no_harm(world: World) -> None:
    count = len(_story(world, 0).sends)
    step = max(1, count // TRIED)
    for freeze_at in range(1, count + 1, step):
        _story(world, freeze_at)


def _story(world: World, freeze_at: int) -> Sender:
    """Carry a milestone; freeze the first instance at its nth send and let another one end it."""
    world.leave_house()
    world.plays(planner_done())
    world.spec(f"# Write parts, story {freeze_at}\n\nThere are {ITEMS} parts.\n")
    model, sender = Crowd(ITEMS), Sender(freeze_at)
    sleeper = Instance(world, model, "a", 1, began=lambda house: _watch(house, sender))
    other = Instance(world, model, "b", 2)
    with ThreadPoolExecutor(1) as pool:
        asleep = pool.submit(_until_trouble, sleeper)
        if freeze_at:
            while not sender.frozen.wait(0.05):
                assert not asleep.done(), f"it ended before send {freeze_at}: {sleeper.trouble}"
            QuickClock.skip(HOUR)
            agree_on_the_hour(world.town)
            other.work()
            sender.thaw.set()
        asleep.result()
    where = f"frozen at send {freeze_at} ({sender.sends[freeze_at - 1]})"
    late = [what for what in sender.late if what != "git push"]
    assert len(late) <= 1, f"{where}, it sent {late}"
    other.turn()
    _holds(world, other, where)
    return sender


def _watch(house: House, sender: Sender) -> None:
    """Have the adapters that send for one instance known."""
    SENDERS[id(house.codebase.git)] = sender
    SENDERS[id(house.tracker._place.client._github)] = sender


def _until_trouble(instance: Instance) -> None:
    """Take turns until the milestone is done, or was taken over."""
    try:
        while instance.state is None or instance.state.standing is not Standing.DONE:
            instance.turn()
    except (Busy, StateDiverged, LeaseLost, ServiceError) as error:
        instance.trouble.append(str(error))


def _holds(world: World, instance: Instance, where: str) -> None:
    """Nothing is there twice, and all is there."""
    world.site = instance.site
    assert instance.state is not None
    assert instance.state.standing is Standing.DONE, where
    issues = [i for i in world.listed("issues?state=all") if "pull_request" not in i]
    pulls, comments = world.listed("pulls?state=all"), world.visible_comments()
    assert not list(copies([*issues, *pulls], comments)), where
    done = Counter(i["title"] for i in issues if i["state_reason"] == "completed")
    del done[world.issue()["title"]]
    assert done == {f"Write part-{n}": 1 for n in range(ITEMS)}, where
    landed = Counter(p["title"] for p in pulls if p["merged_at"])
    assert landed == {f"part-{n}": 1 for n in range(ITEMS)}, where
    assert set(world.main_files()) == {f"part-{n}.txt" for n in range(ITEMS)}, where
    for thread in {int(c["issue_url"].rpartition("/")[2]) for c in world.listed("issues/comments")}:
        world.replies(thread)
