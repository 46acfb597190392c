"""Several instances of specloop on one milestone, on one machine and on two."""

from __future__ import annotations

import threading
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.domain.agents import Answer, ExecutorAnswer, ExecutorOutcome, Invocation, Reply, RoleKind
from bot.domain.errors import Busy, LeaseLost, ServiceError, StateDiverged
from bot.domain.plan import Decision, PlannedItem, PlannerAnswer
from bot.domain.run import RunState, Standing
from bot.domain.usage import Usage
from bot.domain.verdict import CriterionVerdict, Evidence, SpecialistAnswer, VerifierAnswer
from bot.loop.house import House
from bot.loop.iteration import iterate
from bot.ports.agent import Workplace
from bot.wiring.build import Adapters, open_house
from bot.wiring.machine import LocalProcesses
from bot.wiring.places import World as Places
from bot.wiring.site import Site
from tests.scenarios.world import Listener, World

PATIENCE = 400
"""How many turns an instance takes at most; waiting for another's does not count."""

_HERE = threading.local()
_TURN_ENDED = threading.Condition()
"""Whoever waits tries at the very moment that somebody gives the milestone back."""


class Processes(LocalProcesses):
    """Each instance has a process id of its own and runs on the machine it was put on."""

    def __init__(self) -> None:
        super().__init__(machine=_HERE.machine, process=_HERE.process)

    def alive(self, process: int) -> bool:
        """Instances end only when the test does."""
        return True


@dataclass
class Crowd:
    """The model of all instances: plans a number of items, and counts what it is asked."""

    items: int
    asked: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Answer."""
        with self._lock:
            self.asked[invocation.key] += 1
        assert workplace is not None
        folder = workplace.path
        written = sorted(p.stem for p in folder.glob("part-*.txt"))
        match invocation.kind:
            case RoleKind.PLANNER:
                answer: Answer = self._plan(invocation, written)
            case RoleKind.EXECUTOR:
                text = f"{zlib.crc32(invocation.subject.encode())}\n"
                (folder / f"{invocation.subject}.txt").write_text(text)
                answer = ExecutorAnswer(ExecutorOutcome.DONE, "Written.", invocation.subject)
            case RoleKind.VERIFIER:
                met = len(written) == self.items
                shown = (Evidence(f"{written[0]}.txt"),) if met else ()
                said = CriterionVerdict("All parts are there", met, shown, "" if met else "Some.")
                answer = VerifierAnswer(met, "Counted.", (said,))
            case RoleKind.SPECIALIST:
                answer = SpecialistAnswer("Nothing to add.")
        return Reply(answer, Usage(requests=1))

    def _plan(self, invocation: Invocation, written: list[str]) -> PlannerAnswer:
        verdict = invocation.prompt["verdict"]
        if isinstance(verdict, dict) and verdict["met"]:
            return PlannerAnswer(Decision.DONE, "All parts are there.")
        known = {i["key"] for i in invocation.prompt["items"]} | set(written)
        made = tuple(
            PlannedItem(key, f"Write {key}", "A file.", criteria=("It is there",))
            for key in (f"part-{n}" for n in range(self.items))
            if key not in known
        )
        return PlannerAnswer(Decision.CONTINUE, "A part each.", made)


@dataclass
class Instance:
    """One process, as a thread: it works whenever nobody else does, until the milestone rests."""

    world: World
    model: Crowd
    machine: str
    process: int
    adapt: Callable[[Adapters], Adapters] = field(default=lambda adapters: adapters)
    began: Callable[[House], None] = field(default=lambda house: None)
    turns: int = 0
    trouble: list[str] = field(default_factory=list)
    """Why it had to give a turn up."""
    state: RunState | None = None

    @property
    def site(self) -> Site:
        """The milestone, with a clone of this machine's own."""
        places = Places(self.world.folder / "machines" / self.machine)
        return replace(self.world.site, world=places)

    def work(self) -> None:
        """Take turns, whenever nobody else does, until the milestone is done."""
        while self.turns + len(self.trouble) < PATIENCE:
            try:
                self.turn()
            except Busy:
                with _TURN_ENDED:
                    _TURN_ENDED.wait(5)
                continue
            except (StateDiverged, LeaseLost, ServiceError) as error:
                self.trouble.append(f"{type(error).__name__}: {error}")
            with _TURN_ENDED:
                _TURN_ENDED.notify_all()
            if self.state is not None and self.state.standing is Standing.DONE:
                return
        raise AssertionError(f"it never came to rest: {self.state}\n{self.trouble}")

    def turn(self) -> None:
        """Take one turn. Raises Busy while another instance does."""
        _HERE.machine, _HERE.process = self.machine, 10**9 + self.process
        stop = threading.Event()
        with open_house(self.site, Listener(), stop, self._adapted) as (house, _):
            self.began(house)
            self.state = iterate(house)
            self.turns += 1

    def _adapted(self, adapters: Adapters) -> Adapters:
        return self.adapt(replace(adapters, agent=self.model))
