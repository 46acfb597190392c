"""The agents of a milestone: who thinks, where their processes run, and who holds the keys."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bot.agents import Coding, open_agent, open_model_agent
from bot.agents.coding.files import agent_files
from bot.agents.coding.host import Host
from bot.agents.roles import Role
from bot.domain.agents import Invocation, Reply
from bot.domain.errors import AgentUnavailable, UserError
from bot.domain.settings import Settings
from bot.ports.agent import Agent, Workplace
from bot.ports.clock import Clock
from bot.wiring.brokerage import open_broker
from bot.wiring.checkout import Checkout, list_files, read_file
from bot.wiring.coding import own_agents
from bot.wiring.commands import command_runner
from bot.wiring.enclosure import agents_sandbox
from bot.wiring.machine import SystemClock
from bot.wiring.places import World
from bot.wiring.register import Choices
from bot.wiring.roles import own_roles, roles_in_force
from bot.wiring.thinker import Runtime, Surroundings, Thinker, find_thinker, has_variable
from bot.words import TemplateWords
from bot.workspace.process import run_watched


def check_agents(wish: str, settings: Settings, checkout: Checkout) -> Thinker:
    """Return who will answer for the roles, before anything is written.

    Raises UserError when that is nobody, and for a playbook, role or agent file that is wrong.
    """
    words, read = TemplateWords(), partial(read_file, checkout)
    paths = list_files(checkout)
    roles = roles_in_force(words, own_roles(paths, read), settings.specialists)
    own = own_agents(paths, read)
    thinker = _who_thinks(wish, settings, words, own)
    if thinker.runtime is not Runtime.MODEL:
        coding = Coding(words.root / "agents", own)
        open_agent(thinker.name, roles, words, SystemClock(), coding=coding)
    return thinker


def _who_thinks(
    wish: str, settings: Settings, words: TemplateWords, own: Mapping[str, str]
) -> Thinker:
    files = agent_files(words.root / "agents", own)
    around = Surroundings(has_variable, lambda program: shutil.which(program) is not None, files)
    return find_thinker(wish, settings, around)


@dataclass(frozen=True, slots=True)
class Bench:
    """What the agents of one milestone work with."""

    world: World
    root: int
    choices: Choices
    settings: Settings
    roles: Mapping[str, Role]
    words: TemplateWords
    clock: Clock
    stop: threading.Event
    own_agents: Mapping[str, str]
    """The repository's own agent files: path to text."""


class AgentWhenAsked(Agent):
    """Opened with the first question: until then nobody needs a broker, nor pays for its start.

    Whoever asks holds the milestone's lease, so there is one broker for it at any time.
    """

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        """`stack` closes what was opened."""
        self._bench = bench
        self._stack = stack
        self._lock = threading.Lock()
        self._agent: Agent | None = None

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Hold the conversation; see the port."""
        with self._lock:
            if self._agent is None:
                try:
                    self._agent = _open(self._bench, self._stack)
                except UserError as error:  # a key or a program is gone since this was begun
                    raise AgentUnavailable(str(error)) from error
        return self._agent.ask(invocation, workplace, told)


def _open(bench: Bench, stack: ExitStack) -> Agent:
    choices, world, words = bench.choices, bench.world, bench.words
    thinker = _who_thinks(choices.agent, bench.settings, words, bench.own_agents)
    if thinker.runtime is Runtime.PLAYBOOK:
        runner = command_runner(bench.stop, agents_sandbox(world, choices))
        return open_agent(thinker.name, bench.roles, words, bench.clock, runner, world.transcripts)
    providers = thinker.models.providers
    broker = stack.enter_context(open_broker(world, bench.root, providers))
    sandbox = agents_sandbox(world, choices, broker.socket, broker.url)
    if thinker.runtime is Runtime.MODEL:
        runner = command_runner(bench.stop, sandbox)
        return open_model_agent(
            thinker.models, broker, bench.roles, words, bench.clock, runner, world.transcripts
        )
    host = Host(sandbox, run_watched, broker, bench.stop.is_set, world.transcripts)
    coding = Coding(words.root / "agents", bench.own_agents, host)
    return open_agent(thinker.name, bench.roles, words, bench.clock, coding=coding)
