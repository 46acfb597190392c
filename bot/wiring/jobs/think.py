"""The job that thinks: one conversation, or one Executor's attempt, and nothing is written.

It works in a small world of its own: a bare repository laid from GitHub's branches stands where
GitHub stands, so that the same loop pushes and records there as it would elsewhere.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.domain.agents import Invocation, Reply
from bot.domain.errors import (
    AgentFailed,
    AgentTrouble,
    Cancelled,
    LimitReached,
    UserError,
)
from bot.domain.invocations import Ended, InvocationRecord, answer_path, folder_of
from bot.domain.orders import Attempt, Delivery, Inspection, Order, Question, task_key
from bot.domain.outputs import AttemptOutcome
from bot.domain.settings import Bound, Limits
from bot.domain.task import Task
from bot.loop.asking import converse, reading_room, settle
from bot.loop.attempt import attempt, recorded_rounds
from bot.loop.house import House
from bot.loop.keeping import keep_unfinished, left_off
from bot.loop.purse import SPEND, Purse
from bot.ports.listener import Listener
from bot.rules.budget import part_of
from bot.wiring.build import open_house
from bot.wiring.configuration import PATH, parse_configuration
from bot.wiring.enclosure import require_sandbox
from bot.wiring.interrupts import graceful_interrupts
from bot.wiring.jobs.files import read_order, write_parcel
from bot.wiring.jobs.github import endpoint_of, lay_origin, milestone
from bot.wiring.jobs.job import Job
from bot.wiring.places import World
from bot.wiring.site import Site
from bot.wiring.thinker import PLAYBOOK
from bot.workspace.git import Git


@dataclass(frozen=True, slots=True)
class Thought:
    """What came of an order."""

    delivery: Delivery
    objects: bytes = b""


def think(job: Job, path: Path, out: Path, listener: Listener) -> Delivery:
    """Carry out one order and write what came of it; also when the job is being cancelled.

    Raises UserError when there is nobody to think, or no sandbox to think in.
    """
    order, digest = read_order(path)
    if isinstance(order.work, Inspection):
        raise UserError(f"{path} is an order for gates.")
    world = World(job.scratch / "think")
    site = _site(job, order, world)
    with graceful_interrupts() as stop:
        try:
            thought = _carried_out(site, order, listener, stop)
        except (KeyboardInterrupt, Cancelled):
            thought = Thought(_empty(order, Ended.STOPPED, "its job was cancelled"))
    made = replace(thought.delivery, digest=digest)
    write_parcel(out, made, thought.objects)
    return made


def _site(job: Job, order: Order, world: World) -> Site:
    """Return the site of the small world, with who thinks as the base branch configures it."""
    origins = world.folder / "origin"
    origin = origins / f"{order.repository}.git"
    lay_origin(job, origin, order.base_branch, order.base_sha)
    git = Git(origin, origin.parent / "home")
    agent = _agent(git, order, world)
    known = milestone(order.repository, order.root, order.base_branch, order.base_sha, agent)
    require_sandbox(known.choices)
    endpoint = replace(endpoint_of(job, git=origins.as_uri()), settle=0.0)
    return Site(world, endpoint, known, None, gates=order.gates)


def _agent(git: Git, order: Order, world: World) -> str:
    """Return who thinks; a playbook is a file of the base branch."""
    settings, _ = parse_configuration(_file(git, order.base_sha, PATH))
    kind, _, place = settings.agent.partition(":")
    if kind != PLAYBOOK:
        return settings.agent
    content = _file(git, order.base_sha, place)
    if content is None:
        raise UserError(f"{PATH} names the playbook {place!r}, which the base branch lacks.")
    copy = world.folder / "playbook.yml"
    copy.write_bytes(content)
    return f"{PLAYBOOK}:{copy}"


def _file(git: Git, commit: str, path: str) -> bytes | None:
    found = git.run(["cat-file", "blob", f"{commit}:{path}"])
    return found.stdout if found.code == 0 else None


def _carried_out(site: Site, order: Order, listener: Listener, stop: threading.Event) -> Thought:
    with open_house(site, listener, stop) as (opened, _):
        match order.work:
            case Question() as question:
                return _answer(opened, order, question)
            case Attempt() as tried:
                return _attempt(opened, order, tried)
            case _:
                raise UserError("This order is not for an agent.")


def _answer(opened: House, order: Order, question: Question) -> Thought:
    """Hold one conversation within what its order reserves for it."""
    asked = question.invocation
    bound = Bound(asked.cap_usd, asked.cap_tokens, _minutes(asked))
    house = _seeded(opened, order, replace(opened.settings.limits, call=bound))
    ended, why, again_at = Ended.ANSWERED, "", None
    reply: Reply | None = None
    try:
        held = converse(house, asked, reading_room(house, question.commit), 1)
        settle(house, held, f"Answer of {asked.role}", {answer_path(asked.key): held.reply})
        reply = held.reply
    except (AgentTrouble, LimitReached) as error:
        ended, why, again_at = _ending(error)
    made = replace(_empty(order, ended, why, again_at), reply=reply)
    return Thought(replace(made, conversations=_held(house, folder_of(asked.key))))


def _attempt(opened: House, order: Order, tried: Attempt) -> Thought:
    """Carry an attempt from the rounds on record to its end, within its part of the budget."""
    task = replace(tried.task, width=1)
    limits = part_of(opened.settings.limits, order.state, order.spend, tried.task.width)
    house = _seeded(opened, order, limits)
    rounds = {
        house.journal.iteration_path(f"rounds/{task.name}/{n}"): record
        for n, record in enumerate(tried.rounds, 1)
    }
    house.journal.update("Rounds so far", files=rounds)
    ended, why, again_at = Ended.ANSWERED, "", None
    try:
        report = attempt(house, task)
        if report.outcome is AttemptOutcome.INTERRUPTED:
            ended, why = Ended.UNAVAILABLE, report.summary
    except LimitReached as error:
        ended, why, again_at = _ending(error)
    except (KeyboardInterrupt, Cancelled):
        ended, why = Ended.STOPPED, "its job was cancelled"
        _keep(house, task, tried.head)
    held = _held(house, folder_of(task_key(task)))
    if ended is Ended.ANSWERED and held and held[-1].ended is Ended.FAILED:
        ended, why = Ended.FAILED, held[-1].why
    done = recorded_rounds(house, task)
    new = tuple(done[len(tried.rounds) :])
    last = new[-1].head if new else tried.head
    head = left_off(house, task, last)
    objects = b"" if head == tried.head else house.worktrees.pack(tried.head, head)
    kept = "" if head == last else head
    made = replace(_empty(order, ended, why, again_at), conversations=held, rounds=new, kept=kept)
    return Thought(made, objects)


def _keep(house: House, task: Task, start: str) -> None:
    """Commit what an Executor was at when its job was cancelled, for the next one to go on from."""
    done = recorded_rounds(house, task)
    worktree = house.worktrees.open(f"{house.root}-{task.name}", done[-1].head if done else start)
    keep_unfinished(house, task, worktree, len(done) + 1)


def _seeded(opened: House, order: Order, limits: Limits) -> House:
    """Return the house with the milestone's state as it was when the order was given."""
    opened.journal.update("As ordered", state=order.state, files={SPEND: order.spend})
    return replace(
        opened,
        settings=replace(opened.settings, limits=limits),
        purse=Purse(opened.journal, limits),
    )


def _held(house: House, folder: str) -> tuple[InvocationRecord, ...]:
    """Return the conversations below a folder of the record, oldest first."""
    files = house.journal.files
    found = (files.read(p, InvocationRecord) for p in files.paths(f"{folder}/"))
    return tuple(sorted((r for r in found if r is not None), key=lambda r: r.began))


def _ending(error: AgentTrouble | LimitReached) -> tuple[Ended, str, datetime | None]:
    if isinstance(error, LimitReached):
        return Ended.BUSY, error.why, error.again_at
    failed = isinstance(error, AgentFailed)
    return (Ended.FAILED if failed else Ended.UNAVAILABLE), str(error), None


def _empty(order: Order, ended: Ended, why: str = "", again_at: datetime | None = None) -> Delivery:
    return Delivery(order.name, order.nonce, "", ended=ended, why=why, again_at=again_at)


def _minutes(asked: Invocation) -> float | None:
    return None if asked.cap_seconds is None else asked.cap_seconds / 60
