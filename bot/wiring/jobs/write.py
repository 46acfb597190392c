"""The job that writes: takes in what others brought, goes on, and orders what it may not do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import Elsewhere, ServiceError
from bot.domain.orders import Failed, Order, Work
from bot.domain.run import RunState, Standing
from bot.domain.workflow_runs import JobTime
from bot.github.job_times import job_times
from bot.loop.deliveries import note, orders_out, take_in
from bot.loop.desk import GATES, OrderDesk
from bot.loop.house import House
from bot.loop.iteration import iterate
from bot.ports.listener import Listener
from bot.wiring.build import open_house
from bot.wiring.interrupts import graceful_interrupts
from bot.wiring.jobs.adopting import adopt
from bot.wiring.jobs.dispatching import client_of, dispatch
from bot.wiring.jobs.files import read_parcels, write_orders
from bot.wiring.jobs.github import site_of
from bot.wiring.jobs.job import Job
from bot.wiring.machine import nonce

LAST = 6
"""The last stage of a run; what is ordered there is carried out by the next run."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a job that writes hands on."""

    state: RunState
    think: tuple[str, ...] = ()
    """Names of the orders for agents."""
    gates: bool = False
    """Whether there is an order for gates."""
    failed: tuple[Failed, ...] = ()
    """Orders that came back without a result."""
    dispatched: bool = False
    """Whether the next run was started."""
    jobs: tuple[JobTime, ...] = ()
    """The jobs of the run before this one, when it is the last."""


def write(
    job: Job, root: int, stage: int, deliveries: Path, orders: Path, listener: Listener
) -> Written:
    """Go on with a milestone's iteration as far as a job that only writes can.

    Raises what `iterate` raises; the record is kept whatever it raises.
    """
    desk = OrderDesk()
    site = site_of(job, root, desk, job.scratch / "write")
    parcels = read_parcels(deliveries)
    with (
        graceful_interrupts() as stop,
        open_house(site, listener, stop) as (house, woken),
    ):
        dead = orders_out(house)
        if dead.orders and dead.run != job.run:
            parcels = adopt(job, dead.run, dead.orders)
        desk.failed = failed = take_in(house, parcels, job.run)
        try:
            state = iterate(house)
        except Elsewhere:
            state = house.journal.state
            made = _orders(house, desk.works, site.milestone.base_branch)
            note(house, write_orders(orders, made), job.run, failed)
        due = woken() or (bool(desk.works) and stage >= LAST)
    if due:
        dispatch(job, root, site.milestone.base_branch)
    if stage >= LAST or not desk.works:
        written = Written(state, failed=failed, dispatched=due, jobs=_jobs(job))
    else:
        think = tuple(name for name in desk.works if name != GATES)
        written = Written(state, think, GATES in desk.works, failed, due)
    job.say(
        think=json.dumps(written.think),
        gates=json.dumps(written.gates),
        standing=state.standing.value if not desk.works else Standing.RUNNING.value,
    )
    return written


def _jobs(job: Job) -> tuple[JobTime, ...]:
    with client_of(job) as client, suppress(ServiceError):
        return job_times(client, job.repository, job.run)
    return ()


def _orders(house: House, works: Mapping[str, Work], branch: str) -> list[Order]:
    """Return the orders, each with what its job must know of the milestone."""
    base = house.codebase.head(branch)
    if base is None:
        raise ServiceError(f"The branch {branch} is gone; restore it and run again.")
    return [
        Order(
            name=name,
            nonce=nonce(),
            repository=house.repository,
            root=house.root,
            base_branch=branch,
            base_sha=base.sha,
            gates=house.settings.gates,
            work=work,
            state=house.journal.state,
            spend=house.purse.spend(),
        )
        for name, work in works.items()
    ]
