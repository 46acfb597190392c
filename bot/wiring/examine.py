"""What is here and what is missing: the machine, the sandbox, who could think, the gates."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bot.agents.coding.files import agent_files
from bot.agents.coding.find import find_agents
from bot.agents.role_file import role_files
from bot.agents.roles import load_roles
from bot.domain.agents import Invocation, RoleKind
from bot.domain.errors import SpecloopError, UserError
from bot.domain.health import Finding, Health
from bot.domain.settings import Settings
from bot.ports.agent import Workplace
from bot.wiring.agents import AgentWhenAsked, Bench, check_agents
from bot.wiring.checkout import Checkout, list_files, open_checkout, read_file
from bot.wiring.choose import settle
from bot.wiring.coding import own_agents
from bot.wiring.configuration import PATH
from bot.wiring.detected import detected_gates, require_programs
from bot.wiring.machine import SystemClock
from bot.wiring.places import World, state_home
from bot.wiring.register import Choices
from bot.wiring.thinker import Thinker, has_variable
from bot.words import TemplateWords
from bot.workspace.process import run_watched
from bot.workspace.sandbox_probe import available

ROLE = "hello"


def examine(repo: Path, choices: Choices, *, ask: bool) -> Iterator[Finding]:
    """Yield what is found, one after the other; with `ask`, who thinks is asked one question.

    That question may cost a cent or two, and at most half a dollar.
    """
    git = shutil.which("git")
    yield Finding("git", git or "it is not on PATH: install it", _unless(git))
    problem = available()
    free = choices.unsandboxed or choices.agent.startswith("playbook:")
    told = problem or "bubblewrap makes cells here"
    yield Finding("sandbox", told, _unless(not problem or free))
    try:
        checkout = open_checkout(repo)
        configured = read_file(checkout, PATH)
        settings = settle(configured, choices, lambda: detected_gates(checkout).gates)
        require_programs(settings.gates, checkout)
    except UserError as error:
        yield Finding("repository", str(error), Health.MISSING)
        return
    yield Finding("repository", f"{checkout.path} at {checkout.head[:7]}")
    for gate in settings.gates:
        yield Finding("gate", f"{gate.name}: {' '.join(gate.command)}")
    yield from _thinkers(checkout, settings, choices, ask=ask)


def _unless(there: object) -> Health:
    return Health.OK if there else Health.MISSING


def _thinkers(
    checkout: Checkout, settings: Settings, choices: Choices, *, ask: bool
) -> Iterator[Finding]:
    keys = [p.key_variable for p in settings.models.providers if p.key_variable]
    there = [key for key in keys if has_variable(key)]
    yield Finding("keys", ", ".join(there) or f"none of {', '.join(keys)} is set")
    words = TemplateWords()
    own = own_agents(list_files(checkout), lambda path: read_file(checkout, path))
    found = find_agents(agent_files(words.root / "agents", own), run_watched)
    told = [f"{a.name} ({a.version or a.program})" for a in found]
    yield Finding("coding agents", ", ".join(told) or "none on PATH")
    try:
        thinker = check_agents(choices.agent, settings, checkout)
    except UserError as error:
        yield Finding("agent", str(error), Health.MISSING)
        return
    yield Finding("agent", f"{thinker.title} ({thinker.because})")
    if ask:
        yield _round_trip(thinker, settings, choices, own)


def _round_trip(
    thinker: Thinker, settings: Settings, choices: Choices, own: dict[str, str]
) -> Finding:
    words, clock = TemplateWords(), SystemClock()
    roles = load_roles([role_files(words.root / "doctor")], words)
    state_home().mkdir(parents=True, exist_ok=True)
    asked = Invocation("doctor", ROLE, RoleKind.SPECIALIST, iteration=1)
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(dir=state_home(), prefix="doctor-")
        world = World(Path(stack.enter_context(folder)))
        never = threading.Event()
        bench = Bench(world, 0, choices, settings, roles, words, clock, never, own)
        began = clock.boot()
        try:
            reply = AgentWhenAsked(bench, stack).ask(asked, _nowhere(world), lambda *_: None)
        except SpecloopError as error:
            return Finding("round trip", str(error), Health.MISSING)
        seconds = clock.boot() - began
    cost = f"{reply.usage.cost_usd:.4f} USD"
    return Finding("round trip", f"{thinker.title} answered in {seconds:.1f} s for {cost}")


def _nowhere(world: World) -> Workplace:
    """Return an empty folder to be asked in."""
    folder = world.folder / "empty"
    folder.mkdir()
    return Workplace(folder)
