"""A model without a script: it does what the prompt asks, well or badly as its moods have it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.agents import Answer, ExecutorAnswer, ExecutorOutcome, Invocation, Reply, RoleKind
from bot.domain.errors import AgentFailed, AgentUnavailable
from bot.domain.plan import Decision, PlannedItem, PlannerAnswer
from bot.domain.usage import Usage
from bot.domain.verdict import CriterionVerdict, Evidence, SpecialistAnswer, VerifierAnswer
from bot.ports.agent import Workplace

WANTED = ("alpha", "beta", "gamma")
"""The spec: a file of each name. `beta` waits for `alpha`; all of them write into one more file."""
SHARED = "shared.txt"
MOODS = ("good", "red", "asks", "fails", "lazy", "garbled", "away")


@dataclass
class Model:
    """Answers as every role; `moods` are what its Executors are like, by turns."""

    moods: Sequence[str] = ("good",)
    asked: list[str] = field(default_factory=list)
    """Keys of all invocations that were answered, in order."""

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Answer."""
        assert workplace is not None, f"{invocation.role} was given no files"
        match invocation.kind:
            case RoleKind.PLANNER:
                answer: Answer = _plan(invocation, workplace.path)
            case RoleKind.EXECUTOR:
                answer = self._execute(invocation, workplace.path)
            case RoleKind.VERIFIER:
                answer = _verify(workplace.path)
            case RoleKind.SPECIALIST:
                answer = SpecialistAnswer("Nothing to add.")
        self.asked.append(invocation.key)
        return Reply(answer, Usage(requests=1, cost_usd=0.01))

    def _execute(self, invocation: Invocation, folder: Path) -> ExecutorAnswer:
        mood = self.moods[zlib.crc32(invocation.key.encode()) % len(self.moods)]
        if mood == "away":
            raise AgentUnavailable("The model has no quota left; it is back in an hour.")
        if mood == "garbled":
            raise AgentFailed("The model's answer could not be read.", Usage(requests=1))
        if mood == "asks":
            return ExecutorAnswer(ExecutorOutcome.BLOCKED, "A person must say.", question="Which?")
        if mood == "fails":
            return ExecutorAnswer(ExecutorOutcome.FAILED, "It could not be done.")
        if mood != "lazy":
            name = _file(invocation.subject)
            text = "BROKEN\n" if mood == "red" and invocation.round == 1 else f"{name}\n"
            (folder / f"{name}.txt").write_text(text)
            _enter(folder / SHARED, name)
        return ExecutorAnswer(ExecutorOutcome.DONE, "It is written.", f"Do {invocation.subject}")


def _plan(invocation: Invocation, folder: Path) -> PlannerAnswer:
    prompt: dict[str, Any] = invocation.prompt
    verdict, items = prompt["verdict"], prompt["items"]
    if verdict and verdict["met"] and all(i["status"] in ("done", "dropped") for i in items):
        return PlannerAnswer(Decision.DONE, "The verdict says met.")
    pending = {_file(i["key"]) for i in items if i["status"] not in ("done", "dropped")}
    missing = [n for n in WANTED if n not in pending and not (folder / f"{n}.txt").exists()]
    made = tuple(_item(name, invocation.iteration, set(missing)) for name in missing)
    return PlannerAnswer(Decision.CONTINUE, "There is work to do.", made)


def _item(name: str, iteration: int, planned: set[str]) -> PlannedItem:
    waits = (f"alpha-{iteration}",) if name == "beta" and "alpha" in planned else ()
    return PlannedItem(
        f"{name}-{iteration}", f"Write {name} ({iteration})", "A file of its own.",
        criteria=("It is there",), depends_on=waits,
    )  # fmt: skip


def _verify(folder: Path) -> VerifierAnswer:
    criteria = tuple(
        CriterionVerdict(f"There is {name}", met=True, evidence=(Evidence(f"{name}.txt"),))
        if (folder / f"{name}.txt").exists()
        else CriterionVerdict(f"There is {name}", met=False, gap=f"No {name}.txt.")
        for name in WANTED
    )
    return VerifierAnswer(all(c.met for c in criteria), "Looked at every file.", criteria)


def _enter(path: Path, name: str) -> None:
    """Add a line to the file that all share; what a conflict left in it is tidied up."""
    lines = path.read_text().splitlines() if path.exists() else []
    kept = {line for line in lines if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))}
    path.write_text("".join(f"{line}\n" for line in sorted({*kept, name} - {""})))


def _file(key: str) -> str:
    """Return the file that an item stands for; items of a person's own have theirs, too."""
    return key.partition("-")[0].strip("#") or "work"
