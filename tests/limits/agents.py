"""An agent that answers at once: a milestone of many small items, each a part of one book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.agents import Answer, ExecutorAnswer, ExecutorOutcome, Invocation, Reply, RoleKind
from bot.domain.plan import Decision, PlannedItem, PlannerAnswer
from bot.domain.verdict import CriterionVerdict, Evidence, VerifierAnswer
from bot.ports.agent import Workplace

FILE = "book.txt"
TO_DO = "to do"


def book(parts: int) -> str:
    """Return a book with that many parts to do, far enough apart that no two edits conflict."""
    return "".join(f"Part {n}: {TO_DO}\n\n\n\n" for n in range(parts))


@dataclass(frozen=True)
class InstantAgent:
    """Plans some parts an iteration until there are enough, and does them one by one."""

    items: int
    together: int

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Answer; the same question always gets the same answer."""
        assert workplace is not None
        text = (workplace.path / FILE).read_text()
        match invocation.kind:
            case RoleKind.PLANNER:
                return Reply(self._plan(text))
            case RoleKind.EXECUTOR:
                number = int(invocation.subject.partition("-")[2])
                done = text.replace(f"Part {number}: {TO_DO}\n", f"Part {number}: done\n")
                (workplace.path / FILE).write_text(done)
                return Reply(ExecutorAnswer(ExecutorOutcome.DONE, "It is done.", f"Do {number}"))
            case _:
                return Reply(_verdict(text))

    def _plan(self, text: str) -> Answer:
        done = text.count(": done\n")
        if done == self.items:
            return PlannerAnswer(Decision.DONE, "Each part is done.")
        parts = range(done, min(done + self.together, self.items))
        items = tuple(
            PlannedItem(f"part-{n}", f"Do part {n}", "Say so.", criteria=("It is done",))
            for n in parts
        )
        return PlannerAnswer(Decision.CONTINUE, "There are parts to do.", items)


def _verdict(text: str) -> Answer:
    met = TO_DO not in text
    criterion = CriterionVerdict(
        "Each part is done",
        met=met,
        evidence=(Evidence(path=FILE),) if met else (),
        gap="" if met else "Some parts are to do.",
    )
    return VerifierAnswer(met=met, rationale="Read it whole.", criteria=(criterion,))
