"""The stage of a rehearsal: a fresh embedded GitHub with the milestone as it began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.errors import UserError
from bot.domain.run import RunState
from bot.hub import BOT
from bot.ports.agent import Agent
from bot.state.codec import JsonCodec
from bot.wiring.checkout import Checkout, push_base
from bot.wiring.embedded import embedded_github
from bot.wiring.machine import SystemClock
from bot.wiring.maintainer import Maintainer
from bot.wiring.places import World
from bot.wiring.recorded import Recorded
from bot.wiring.register import load_register
from bot.wiring.site import Site
from bot.wiring.spec_text import SpecText


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a milestone is rehearsed, and the person who speaks there."""

    site: Site
    person: Maintainer


@contextmanager
def set_stage(found: Recorded, world: World, agent: Agent) -> Iterator[Stage]:
    """Serve a fresh embedded GitHub in which the milestone's spec was just opened.

    Everything gets the numbers that it had: those before the spec stand for nothing.
    """
    milestone = found.milestone
    checkout = _as_it_began(found)
    with embedded_github(world, late=False) as endpoint:
        repository, clock = milestone.repository, SystemClock()
        person = Maintainer(endpoint.url, endpoint.maintainer_token, repository, clock)
        try:
            person.ensure_repository(BOT)
            url = endpoint.git_url(repository)
            push_base(checkout, url, endpoint.maintainer_token, milestone.base_branch)
            person.take_numbers(milestone.root - 1)
            root = person.open_spec(_spec(found), "spec")
            site = Site(world, endpoint, replace(milestone, root=root), checkout, agent)
            yield Stage(site, person)
        finally:
            person.close()


def _as_it_began(found: Recorded) -> Checkout:
    """Return the milestone's base commit as a checkout: the bot's own clone has it."""
    register = load_register(found.world)
    milestone = found.milestone
    path = Path(register.checkout) if register else found.git_dir
    return Checkout(
        path, found.git_dir, milestone.base_sha, milestone.base_branch, bare=True, dirty=False
    )


def _spec(found: Recorded) -> SpecText:
    """Return the spec as it was first accepted."""
    for _, content in found.versions("state.json"):
        state = JsonCodec().decode(RunState, content)
        if state.spec is not None:
            return SpecText(state.spec.title, state.spec.body)
    raise UserError(f"Nothing of #{found.milestone.root} was decided yet: run it first.")
