"""From wishes to a result branch: what `run`, `tick` and `demo` share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console

from bot.domain.run import RunState, Standing
from bot.domain.settings import Settings
from bot.entry.live import LiveListener
from bot.entry.speech import AcceptsPlans, AsksTerminal, Comments, View
from bot.loop.iteration import iterate
from bot.wiring.agents import check_agents
from bot.wiring.begin import Beginning, begin
from bot.wiring.build import open_house
from bot.wiring.carry import Person, Silence, carry
from bot.wiring.checkout import Checkout, open_checkout, read_file
from bot.wiring.choose import settle
from bot.wiring.configuration import PATH
from bot.wiring.detected import detected_gates, require_programs
from bot.wiring.embedded import Endpoint, embedded_github
from bot.wiring.enclosure import require_sandbox
from bot.wiring.interrupts import graceful_interrupts
from bot.wiring.machine import SystemClock
from bot.wiring.maintainer import Maintainer
from bot.wiring.places import World, world_of
from bot.wiring.recorded import Recorded, recorded
from bot.wiring.register import Choices, Milestone
from bot.wiring.result import Result, deliver
from bot.wiring.site import Site
from bot.wiring.spec_text import SpecText
from bot.wiring.thinker import Thinker

_EXITS = {Standing.DONE: 0, Standing.STUCK: 1, Standing.RUNNING: 0, Standing.WAITING: 3}

MakePerson = Callable[[Comments, View], Person]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants of a run."""

    repo: Path
    spec: SpecText
    choices: Choices
    verbose: bool = False
    person: MakePerson | None = None
    """Who speaks for the person; None: the terminal, where there is one."""


def run_spec(wishes: Wishes) -> int:
    """Carry a spec as far as it goes and return the exit code.

    Everything that can be wrong with the call is found before anything is written.
    """
    console = Console(highlight=False)
    checkout = open_checkout(wishes.repo)
    settings = settle(
        read_file(checkout, PATH),
        wishes.choices,
        lambda: detected_gates(checkout).gates,
    )
    require_programs(settings.gates, checkout)
    thinker = check_agents(wishes.choices.agent, settings, checkout)
    require_sandbox(wishes.choices)
    world = world_of(checkout.path)
    _say_dirty(console, checkout)
    with graceful_interrupts() as stop, embedded_github(world) as endpoint:
        beginning = begin(world, checkout, endpoint, wishes.spec, wishes.choices, settings)
        milestone = beginning.milestone
        _greet(console, world, endpoint, beginning)
        if not _may_spend(console, thinker, settings, wishes, known=beginning.known):
            console.print("Nothing was asked of it yet; the same command goes on.")
            return 3
        person = _person(wishes, endpoint, world, milestone)
        listener = LiveListener(console, tools=wishes.verbose)
        site = Site(world, endpoint, milestone, checkout)
        with open_house(site, listener, stop) as (house, woken):
            state = carry(house, person, woken)
        result = deliver(checkout, endpoint, milestone)
    report(console, world, state, result)
    return _EXITS[state.standing]


def tick_once(repo: Path, root: int | None, agent: str | None, *, verbose: bool) -> int:
    """Run or finish one iteration of a known milestone and return the exit code."""
    console = Console(highlight=False)
    found = recorded(repo, root)
    milestone = found.milestone
    if agent is not None:
        milestone = replace(milestone, choices=replace(milestone.choices, agent=agent))
    checkout = open_checkout(repo)
    settings = settle(
        read_file(checkout, PATH), milestone.choices, lambda: detected_gates(checkout).gates
    )
    check_agents(milestone.choices.agent, settings, checkout)
    require_sandbox(milestone.choices)
    with graceful_interrupts() as stop, embedded_github(found.world) as endpoint:
        site = Site(found.world, endpoint, milestone, checkout)
        with open_house(site, LiveListener(console, tools=verbose), stop) as (house, _):
            state = iterate(house)
        result = deliver(checkout, endpoint, milestone)
    report(console, found.world, state, result)
    return _EXITS[state.standing]


def _may_spend(
    console: Console, thinker: Thinker, settings: Settings, wishes: Wishes, *, known: bool
) -> bool:
    """Say who is paid, and how much at most; at a terminal, ask before the first paid call."""
    limits = settings.limits
    cap = f"at most {limits.cost_usd:g} USD and {limits.agent_hours:g} h of agents' time"
    line = f"agent {thinker.title} ({thinker.because})"
    console.print(f"{line} · {cap}" if thinker.is_paid else line, style="dim", soft_wrap=True)
    asks = thinker.is_paid and not known and wishes.choices.approve_plan != "never"
    return not (asks and _at_terminal()) or click.confirm("Go on?", default=True)


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _say_dirty(console: Console, checkout: Checkout) -> None:
    if checkout.dirty:
        console.print(
            f"Your uncommitted changes are no part of this: it starts from {checkout.head[:7]}.",
            style="yellow",
        )
    if checkout.branch is None:
        console.print(
            f"HEAD is detached; the copy calls {checkout.head[:7]} its main branch.",
            style="yellow",
        )


def _greet(console: Console, world: World, endpoint: Endpoint, beginning: Beginning) -> None:
    milestone = beginning.milestone
    verb = "goes on with" if beginning.known else "opened"
    console.print(f"specloop {verb} spec #{milestone.root}: {milestone.title}", style="bold")
    gone = f"repository {milestone.repository} on the embedded GitHub · world {world.folder}"
    console.print(gone, style="dim", soft_wrap=True)
    page = f"{endpoint.url}/?token={endpoint.maintainer_token}"
    console.print(f"watch it in a browser while it runs: {page}", style="dim", soft_wrap=True)


def _person(wishes: Wishes, endpoint: Endpoint, world: World, milestone: Milestone) -> Person:
    maintainer = Maintainer(
        endpoint.url, endpoint.maintainer_token, milestone.repository, SystemClock()
    )
    found = Recorded(world, milestone)

    def view() -> dict[str, object]:
        return found.read("view.json") or {}

    if wishes.person is not None:
        return wishes.person(maintainer, view)
    if wishes.choices.approve_plan == "never":
        return AcceptsPlans(maintainer)
    if _at_terminal():
        return AsksTerminal(maintainer, view)
    return Silence()


def report(console: Console, world: World, state: RunState, result: Result) -> None:
    """Print where the result is, how to take it, and what to do next."""
    console.print()
    if state.standing is Standing.DONE:
        console.print("The spec is met.", style="bold green")
    elif state.standing is Standing.STUCK:
        console.print(f"Stuck: {state.reason}", style="bold red", soft_wrap=True)
    elif state.standing is Standing.WAITING:
        console.print(f"Waiting: {state.reason}", style="bold yellow", soft_wrap=True)
    for line in result.lines:
        console.print(line, soft_wrap=True)
    where = f"--repo {click.format_filename(result.checkout)}"
    if state.due_at is not None:
        when = f"{state.due_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"go on      specloop tick {where}   (from {when} on)", soft_wrap=True)
    elif state.standing is not Standing.DONE:
        console.print(f"answer     specloop say '/continue' {where}", soft_wrap=True)
    console.print(f"look       specloop status {where}", soft_wrap=True)
    console.print(f"           specloop log {where}", soft_wrap=True)
    console.print(f"serve      specloop hub --world {world.folder}", soft_wrap=True)
