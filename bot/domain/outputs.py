"""What the phases hand on, as the record keeps it: attempts, trains, reviews, plans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agents import Reply
from bot.domain.findings import GateReport
from bot.domain.plan import Assignment, Plan
from bot.domain.usage import NOTHING_USED, Usage
from bot.domain.verdict import Feedback, Verdict


class AttemptOutcome(StrEnum):
    """How one Executor's go at its assignment ended."""

    READY = "ready"
    """Gates are green on its head: the train may take it."""
    FAILED = "failed"
    """Rounds used up; the work so far is on its branch."""
    BLOCKED = "blocked"
    """It asks a person."""
    NEEDLESS = "needless"
    """The Writer found nothing to change: its item is done without a pull request."""
    INTERRUPTED = "interrupted"
    """The agent could not be asked (no answer, no quota); it counts as no try."""


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """What came of one assignment in one iteration."""

    assignment: Assignment
    outcome: AttemptOutcome
    head: str
    """Commit on its branch with all work so far; the start when there is none."""
    rounds: int
    title: str = ""
    summary: str = ""
    question: str = ""
    gates: GateReport | None = None
    wish_known: tuple[str, ...] = ()
    discovered: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    """Paths that differ between base and head."""
    usage: Usage = NOTHING_USED


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """One round of one attempt, as it survives a crash."""

    reply: Reply
    head: str
    """Commit that holds the round's work."""
    gates: GateReport | None = None
    """On record only for files that could not be committed: what gates say is kept by tree."""


@dataclass(frozen=True, slots=True)
class Assignments:
    """Who was sent out in an iteration; fixed before the first one starts."""

    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ExecuteOutput:
    """What the execute phase hands on."""

    reports: tuple[AttemptReport, ...] = ()

    @property
    def usage(self) -> Usage:
        """What all attempts used."""
        used = NOTHING_USED
        for report in self.reports:
            used = used.plus(report.usage)
        return used


class TrainOutcome(StrEnum):
    """What the train made of one pull request."""

    MERGED = "merged"
    CONFLICT = "conflict"
    RED = "red"
    """The tree that merging would give fails a gate."""
    WAITING = "waiting"
    """A person must approve it."""
    REFUSED = "refused"
    """GitHub did not merge it; `note` says why."""


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What the train made of one pull request, and why."""

    pull_request: int
    items: tuple[int, ...]
    outcome: TrainOutcome
    head: str
    tested_tree: str = ""
    landed_commit: str = ""
    note: str = ""
    seen: str = ""
    """Fingerprint of what GitHub showed of it when it refused to merge it; empty otherwise."""


@dataclass(frozen=True, slots=True)
class IntegrateOutput:
    """What the integrate phase hands on: the train's reports and the head of the base branch."""

    reports: tuple[TrainReport, ...] = ()
    base_sha: str = ""
    base_tree: str = ""
    base_gates: GateReport | None = None
    """Gates on the integrated head; red means the next iteration's first work."""


@dataclass(frozen=True, slots=True)
class FiledFeedback:
    """One piece of feedback, from whom, and the known item it repeats, if any."""

    feedback: Feedback
    specialist: str
    key: str
    repeats: str = ""
    """`#12`, or the key of the feedback filed with it, when it is a duplicate."""


@dataclass(frozen=True, slots=True)
class ReviewOutput:
    """What the review phase hands on."""

    verdict: Verdict | None = None
    feedback: tuple[FiledFeedback, ...] = ()
    failures: tuple[str, ...] = ()
    """Reviewers who could not be asked, one sentence each."""
    usage: Usage = NOTHING_USED
    wish_known: tuple[str, ...] = ()
    """What the reviewers wished they had known."""


@dataclass(frozen=True, slots=True)
class PlanOutput:
    """What the plan phase hands on."""

    plan: Plan
    learnings: tuple[str, ...] = ()
    """The curated set."""
    usage: Usage = NOTHING_USED
    wish_known: tuple[str, ...] = ()
    """What the Planner wished it had known."""
