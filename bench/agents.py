"""Agents without a model: they answer at once, or after a set time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.domain.agents import Answer, ExecutorAnswer, ExecutorOutcome, Invocation, Reply, RoleKind
from bot.domain.plan import Decision, PlannedItem, PlannerAnswer
from bot.domain.verdict import CriterionVerdict, SpecialistAnswer, VerifierAnswer
from bot.ports.agent import Workplace


@dataclass(frozen=True, slots=True)
class InstantAgent:
    """Plans some independent items in each iteration; each Executor writes one file."""

    items: int
    seconds: float = 0.0
    """How long an Executor's agent takes."""
    wrote: Callable[[Path, str], None] | None = None

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Answer."""
        return Reply(self._answer(invocation, workplace))

    def _answer(self, invocation: Invocation, workplace: Workplace | None) -> Answer:
        match invocation.kind:
            case RoleKind.PLANNER:
                return PlannerAnswer(
                    Decision.CONTINUE,
                    "There is work.",
                    tuple(_item(invocation.iteration, n) for n in range(1, self.items + 1)),
                )
            case RoleKind.EXECUTOR:
                if workplace is None:
                    raise ValueError("an Executor needs a folder")
                return self._write(workplace.path / f"{invocation.subject}.txt")
            case RoleKind.VERIFIER:
                gap = CriterionVerdict("It is finished", met=False, gap="More is to come.")
                return VerifierAnswer(met=False, rationale="Not yet.", criteria=(gap,))
            case RoleKind.SPECIALIST:
                return SpecialistAnswer("Nothing to add.")

    def _write(self, path: Path) -> Answer:
        time.sleep(self.seconds)
        text = f"This is {path.stem}.\n"
        path.write_text(text, encoding="utf-8")
        if self.wrote is not None:
            self.wrote(path, text)
        return ExecutorAnswer(ExecutorOutcome.DONE, "One file.", f"Write {path.stem}")


def _item(iteration: int, number: int) -> PlannedItem:
    name = f"part-{iteration}-{number}"
    return PlannedItem(name, f"Write {name}", "A file of its own.", criteria=("It is there",))
