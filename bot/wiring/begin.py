"""Beginning a milestone on a laptop: the spec finds its issue, the checkout its copy."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.domain.errors import UserError
from bot.domain.settings import Settings
from bot.hub import BOT, MAINTAINER
from bot.rules.matching import spec_digest
from bot.rules.text import slug
from bot.wiring.checkout import Checkout, push_base
from bot.wiring.embedded import Endpoint
from bot.wiring.machine import SystemClock
from bot.wiring.maintainer import Maintainer
from bot.wiring.places import World
from bot.wiring.register import Choices, Milestone, Register, load_register, save_register
from bot.wiring.spec_text import SpecText


@dataclass(frozen=True, slots=True)
class Beginning:
    """The milestone that a spec stands for, new or known."""

    milestone: Milestone
    known: bool
    """Whether this very spec was run here before."""


def begin(
    world: World,
    checkout: Checkout,
    endpoint: Endpoint,
    spec: SpecText,
    choices: Choices,
    settings: Settings,
) -> Beginning:
    """Find the milestone of a spec, or open one; the same spec always finds the same one.

    Raises UserError when the checkout and its copy went different ways.
    """
    with _one_at_a_time(world):
        return _begin(world, checkout, endpoint, spec, choices, settings)


def _begin(
    world: World,
    checkout: Checkout,
    endpoint: Endpoint,
    spec: SpecText,
    choices: Choices,
    settings: Settings,
) -> Beginning:
    register = load_register(world) or Register(str(checkout.path))
    digest = spec_digest(spec.title, spec.body)
    known = next((m for m in register.milestones if m.digest == digest), None)
    if known is not None:
        known = replace(known, choices=choices)
        save_register(world, register.with_milestone(known))
        return Beginning(known, known=True)
    repository = _copied(checkout, endpoint, register)
    person = Maintainer(endpoint.url, endpoint.maintainer_token, repository, SystemClock())
    try:
        root = person.open_spec(spec, settings.labels.spec)
    finally:
        person.close()
    milestone = Milestone(
        root=root,
        repository=repository,
        title=spec.title,
        digest=digest,
        base_branch=checkout.base_branch,
        base_sha=checkout.head,
        branch=f"specloop/{root}-{slug(spec.title)[:40].strip('-')}",
        choices=choices,
    )
    save_register(world, register.with_milestone(milestone))
    return Beginning(milestone, known=False)


@contextmanager
def _one_at_a_time(world: World) -> Iterator[None]:
    """Hold the world while a milestone is looked up or opened: two first runs find the same one."""
    world.folder.mkdir(parents=True, exist_ok=True)
    with (world.folder / "begin.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _copied(checkout: Checkout, endpoint: Endpoint, register: Register) -> str:
    """Return the repository of the embedded GitHub whose base branch is the checkout's HEAD.

    The latest copy is used when the checkout is ahead of it or just as far. When the two went
    different ways, a fresh copy is made beside it: neither history is ever rewritten.
    """
    names = [m.repository for m in register.milestones]
    number = len(set(names)) + 1
    candidates = [*names[-1:], _name(checkout, number)]
    for repository in candidates:
        person = Maintainer(endpoint.url, endpoint.maintainer_token, repository, SystemClock())
        try:
            person.ensure_repository(BOT)
        finally:
            person.close()
        url = endpoint.git_url(repository)
        if push_base(checkout, url, endpoint.maintainer_token, checkout.base_branch):
            return repository
    raise UserError(f"The copy of {checkout.path} could not be brought up to date.")


def _name(checkout: Checkout, number: int) -> str:
    suffix = f"-{number}" if number > 1 else ""
    return f"{MAINTAINER}/{checkout.name}{suffix}"
