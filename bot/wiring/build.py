"""Building the house of one milestone: every port gets its adapter here and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.domain.errors import LeaseLost, SpecloopError, UserError
from bot.domain.findings import Gate
from bot.domain.settings import Settings
from bot.github import open_tracker
from bot.loop.house import House
from bot.loop.journal import Journal
from bot.loop.lease import LeaseKeeper
from bot.loop.performer import Performer
from bot.loop.purse import Purse
from bot.ports.agent import Agent
from bot.ports.clock import Clock
from bot.ports.listener import Listener
from bot.ports.state import StateStore
from bot.ports.tracker import Tracker
from bot.ports.workspace import GateRunner, Worktrees
from bot.state.codec import JsonCodec
from bot.state.ref import RefStore, ref_of
from bot.wiring.agents import AgentWhenAsked, Bench
from bot.wiring.choose import settle
from bot.wiring.coding import own_agents
from bot.wiring.configuration import PATH
from bot.wiring.detected import detected_gates
from bot.wiring.embedded import SETTLE
from bot.wiring.enclosure import gates_sandbox
from bot.wiring.machine import LocalProcesses, SystemClock, nonce
from bot.wiring.roles import NobodyToAsk, committed_roles, roles_in_force
from bot.wiring.site import Site
from bot.words import TemplateWords
from bot.words.secrets import SecretPatterns
from bot.workspace.clone import Clone
from bot.workspace.codesearch.index import INDEX, CodeIndex
from bot.workspace.detect import CommitTree, detect
from bot.workspace.gates import CheckoutGates
from bot.workspace.worktrees import FolderWorktrees


class Wakened:
    """On a laptop the run itself is what is woken."""

    def __init__(self) -> None:
        self._due = False

    def wake(self, root: int) -> None:
        """Make the next iteration due."""
        self._due = True

    def take(self) -> bool:
        """Return whether one was due, once."""
        due, self._due = self._due, False
        return due


@dataclass(frozen=True, slots=True)
class Adapters:
    """Everything that reaches out of the process; whoever rehearses faults wraps these."""

    store: StateStore
    tracker: Tracker
    worktrees: Worktrees
    gates: GateRunner
    agent: Agent


def unchanged(adapters: Adapters) -> Adapters:
    """Return the adapters as they are."""
    return adapters


@contextmanager
def open_house(
    site: Site,
    listener: Listener,
    stop: threading.Event,
    adapt: Callable[[Adapters], Adapters] = unchanged,
    clock: Clock | None = None,
) -> Iterator[tuple[House, Callable[[], bool]]]:
    """Yield the house with the lease taken, and the function that tells whether it was woken.

    Raises Busy while another process works on the milestone.
    """
    clock, waker = clock or SystemClock(), Wakened()
    own = f"{site.endpoint.page(site.milestone.repository)}/"
    words = TemplateWords(own_addresses=(own,))
    with ExitStack() as stack:
        clone = Clone(site.world.clone / site.name, site.remote)
        stack.callback(clone.close)
        search = CodeIndex(clone.git, clone.folder / INDEX)
        stack.callback(search.close)
        permit = _Permit()
        settings = _settings(site, clone)
        agent, trouble = _agent(site, clone, settings, words, stop, clock, stack)
        adapters = adapt(_adapters(site, clone, stack, permit, agent, stop, clock))
        journal = permit.journal = Journal(
            site.milestone.root, adapters.store, JsonCodec(SecretPatterns().redact), clock
        )
        journal.load()
        lease = permit.lease = LeaseKeeper(journal, clock, LocalProcesses())
        lease.take()
        stack.callback(_give_back, lease)
        settle = SETTLE if site.endpoint.settle is None else site.endpoint.settle
        performer = Performer(
            journal, adapters.tracker, clock, listener, waker, settle=settle, nonces=nonce
        )
        yield (
            House(
                repository=site.milestone.repository,
                settings=settings,
                tracker=adapters.tracker,
                codebase=clone,
                worktrees=adapters.worktrees,
                gates=adapters.gates,
                agent=adapters.agent,
                words=words,
                clock=clock,
                listener=listener,
                journal=journal,
                lease=lease,
                performer=performer,
                search=search,
                purse=Purse(journal, settings.limits),
                cancelled=stop.is_set,
                trouble=trouble,
                desk=site.desk,
            ),
            waker.take,
        )


class _Permit:
    """Hands the record and the lease to the tracker, which is opened before them."""

    lease: LeaseKeeper | None = None
    journal: Journal | None = None

    def created(self) -> tuple[datetime, ...]:
        """Return when earlier processes created objects: GitHub's limits count them too."""
        return self.journal.created_before if self.journal else ()

    def check(self) -> None:
        """Raise LeaseLost unless the lease is held for long enough."""
        if self.lease is None:
            raise LeaseLost("Nothing may be written before the lease is taken.")
        self.lease.check()


def _adapters(
    site: Site,
    clone: Clone,
    stack: ExitStack,
    permit: _Permit,
    agent: Agent,
    stop: threading.Event,
    clock: Clock,
) -> Adapters:
    endpoint, milestone = site.endpoint, site.milestone
    tracker = open_tracker(
        endpoint.url, endpoint.bot_token, milestone.repository, permit, clock,
        pace=endpoint.paced, created=permit.created,
    )  # fmt: skip
    return Adapters(
        store=RefStore(clone.git.run, site.remote.url, ref_of(milestone.root)),
        tracker=stack.enter_context(tracker),
        worktrees=FolderWorktrees(clone, site.world.work / site.name, scan=SecretPatterns()),
        gates=CheckoutGates(
            clone, site.world.scratch, sandbox=gates_sandbox(site.world), cancel=stop
        ),
        agent=agent,
    )


def _agent(
    site: Site,
    clone: Clone,
    settings: Settings,
    words: TemplateWords,
    stop: threading.Event,
    clock: Clock,
    stack: ExitStack,
) -> tuple[Agent, str]:
    """Return the agents in the base branch's roles, and why nobody can be asked, if so."""
    if site.agent is not None:
        return site.agent, ""
    head = clone.head(site.milestone.base_branch)
    try:
        own = committed_roles(clone, head.sha) if head else ()
        roles = roles_in_force(words, own, settings.specialists)
        described = own_agents(clone.paths(head.sha), partial(clone.read, head.sha)) if head else {}
    except UserError as error:
        return NobodyToAsk(str(error)), str(error)
    choices = site.milestone.choices
    bench = Bench(
        site.world, site.milestone.root, choices, settings, roles, words, clock, stop, described
    )
    return AgentWhenAsked(bench, stack), ""


def _settings(site: Site, clone: Clone) -> Settings:
    """Read the settings from the base branch of the repository that is worked on."""
    clone.fetch()
    head = clone.head(site.milestone.base_branch)
    configuration = clone.read(head.sha, PATH) if head else None

    def found() -> tuple[Gate, ...]:
        if site.gates or head is None:
            return site.gates
        if site.checkout is None:
            tree = CommitTree.of(clone, head.sha)
            return detect(tree, Path("python3"), lambda *_: True).gates
        return detected_gates(site.checkout).gates

    settings = settle(configuration, site.milestone.choices, found)
    return replace(settings, gates=site.gates) if site.gates else settings


def _give_back(lease: LeaseKeeper) -> None:
    """Give the lease back; if that fails it runs out by itself, or is seen to be a dead one's."""
    with suppress(SpecloopError, KeyboardInterrupt):
        lease.release()
