"""`specloop run` in a process that dies where it is told to: the same wiring, watched adapters.

    python -I driver.py SPEC --repo DIR --agent AGENT --log FILE [--at LABEL --nth N --act kill]

With `--deep` it lives in the hub's time, which must be served already, and suffers what `--faults`
lists.

The maintainer of the story speaks between iterations, and says nothing twice however often the
process is killed: what was said is read from the tracker.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import click
import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.domain.run import Phase, RunState
from bot.entry import carried, cli
from bot.entry.speech import Comments, View, plan_waits
from bot.hub import MAINTAINER, read_tokens, running_hub
from bot.loop.house import House
from bot.ports.listener import Listener
from bot.wiring import build, embedded
from bot.wiring.build import open_house
from bot.wiring.carry import Person, carry
from bot.wiring.machine import SystemClock
from bot.wiring.places import World, world_of
from bot.wiring.register import Choices, load_register
from bot.wiring.site import Site
from bot.wiring.spec_text import read_spec
from tests.recovery.faults import machine, remotes, requests
from tests.recovery.faults.control import Control, share_clock
from tests.recovery.points import Follower, Points, Wanted, Watched, watch

LAG, SETTLE = 0.1, 0.3
"""Seconds: the tests' hub shows writes sooner than a user's, so absence counts sooner."""


class Maintainer:
    """Says each line of the story once, as soon as its time has come."""

    def __init__(self, world: World, comments: Comments, view: View) -> None:
        self._comments = comments
        self._view = view
        self._world = world

    def speak(self, state: RunState) -> bool:
        """Say what is due and was not said; True when something was."""
        due = [(n, text) for n, text in self._lines(state) if text not in self._said(n)]
        for number, text in due:
            self._comments.comment(number, text)
        wait = 0.02
        while not all(text in self._said(number) for number, text in due):
            SystemClock().sleep(wait)  # a person looks whether the page shows it
            wait *= 2
        return bool(due)

    def _lines(self, state: RunState) -> Iterator[tuple[int, str]]:
        if state.due_at is not None:
            return  # nobody is waited for until a limit has passed
        if plan_waits(state):
            yield state.root, "/continue"
        elif stuck := re.search(r"unblock #(\d+) with", state.reason):
            yield state.root, f"/unblock #{stuck[1]} Go on."
        elif state.iteration == 2 and state.phase is Phase.OBSERVE:
            items = {i["key"]: i["number"] for i in self._view().get("items", [])}
            if "asked" in items:
                yield state.root, f"/unblock #{items['asked']} The blue one."
                yield items["doomed"], "/cancel"
                yield items["colour"], "/decide 1"
                yield state.root, "/status"
                yield state.root, "/unblock #999 This is no item."

    def _said(self, number: int) -> list[str]:
        register = load_register(self._world)
        assert register is not None
        name = register.milestones[-1].repository
        token = read_tokens(self._world.hub)[MAINTAINER]
        url = f"{running_hub(self._world.hub)}/repos/{name}/issues/{number}/comments?per_page=100"
        listed = httpx.get(url, headers={"Authorization": f"Bearer {token}"})
        return [comment["body"] for comment in listed.raise_for_status().json()]


def _watched_house(
    points: Points, site: Site, listener: Listener, stop: threading.Event
) -> AbstractContextManager[tuple[House, Callable[[], bool]]]:
    points.phase = "0.open"
    return open_house(site, Follower(points, listener), stop, lambda a: watch(a, points))


def _carry(points: Points, house: House, person: Person, woken: Callable[[], bool]) -> RunState:
    """Let the maintainer speak first: the last process may have died before it could."""
    points.phase = "0.person"
    person.speak(house.journal.state)
    return carry(house, person, woken)


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--repo", type=click.Path(path_type=Path), required=True)
@click.option("--agent", required=True)
@click.option("--log", type=click.Path(path_type=Path), required=True)
@click.option("--at", "label", default="")
@click.option("--nth", default=1)
@click.option("--act", type=click.Choice(["kill", "pause"]), default="kill")
@click.option("--deep", is_flag=True, help="Also watch every git command, request and command.")
@click.option("--faults", type=click.Path(path_type=Path), help="A JSON list of wanted faults.")
@click.pass_context
def command(ctx: click.Context, spec: Path, repo: Path, **given: Any) -> None:
    """Run the story."""
    wanted = [Wanted(given["label"], given["nth"], given["act"])] if given["label"] else []
    world = world_of(repo)
    if given["deep"]:
        faults = json.loads(given["faults"].read_text()) if given["faults"] else []
        points = _watch_all(world, repo, given["log"], [Wanted(**fault) for fault in faults])
    else:
        points = Points(given["log"], wanted)
        embedded.LAG, build.SETTLE = LAG, SETTLE
    carried.begin = _between(points, carried.begin, "begin")
    carried.deliver = _between(points, carried.deliver, "deliver")
    carried.open_house = partial(_watched_house, points)
    carried.carry = partial(_carry, points)

    def person(comments: Comments, view: View) -> Person:
        watched = Watched(comments, "person", points, {"comment": lambda n, text: f"#{n} {text}"})
        return Maintainer(world, watched, view)

    text = read_spec(spec.read_bytes(), str(spec))
    choices = Choices(agent=given["agent"], python=sys.executable)
    ctx.exit(carried.run_spec(carried.Wishes(repo, text, choices, person=person)))


def _watch_all(world: World, repo: Path, log: Path, wanted: Sequence[Wanted]) -> Points:
    """Live in the hub's time and put points around everything that crosses the border."""
    control = Control(world)
    share_clock(control)
    points = Points(log, wanted, {**machine.acts(repo.parent), **remotes.people(world)})
    machine.watch_git(points, remotes.remote_faults(world, control))
    machine.watch_commands(points)
    requests.watch_requests(points, control)
    return points


def _between(points: Points, step: Callable[..., Any], name: str) -> Callable[..., Any]:
    def stepped(*args: Any) -> Any:
        points.phase = f"0.{name}"
        with points.around(f"wiring.{name}()"):
            return step(*args)

    return stepped


def main() -> None:
    """Run the story's command line and exit, as `specloop` does."""
    cli.group = command
    cli.main()


if __name__ == "__main__":
    main()
