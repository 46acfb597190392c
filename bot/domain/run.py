"""What the state ref records: the run, its iterations, attempts, human input and learnings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.findings import GateReport
from bot.domain.outputs import AttemptReport, TrainReport
from bot.domain.plan import Decision
from bot.domain.usage import NOTHING_USED, Usage
from bot.domain.verdict import Verdict


class Phase(StrEnum):
    """The six phases, in order."""

    OBSERVE = "observe"
    PLAN = "plan"
    EXECUTE = "execute"
    INTEGRATE = "integrate"
    REVIEW = "review"
    RECORD = "record"


class Standing(StrEnum):
    """Where a milestone stands between two iterations."""

    RUNNING = "running"
    WAITING = "waiting"
    """A person must answer, approve or review, or `due_at` must pass; nothing is dispatched."""
    STUCK = "stuck"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one milestone, held by one process until a moment."""

    holder: str
    """Random id of the process that holds it."""
    generation: int
    """Grows with every new holder."""
    machine: str
    process: int
    """Process id on that machine."""
    until: datetime


@dataclass(frozen=True, slots=True)
class AcceptedSpec:
    """The spec as a person with write permission last left it."""

    title: str
    body: str
    digest: str
    accepted_from: str
    """Login of who opened or edited it."""


@dataclass(frozen=True, slots=True)
class ItemInput:
    """Words of a person for an item's next Executor."""

    item: int
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class RunState:
    """The small record that changes at every transition."""

    root: int
    standing: Standing = Standing.RUNNING
    reason: str = ""
    """Why it stands so, for the person who can act."""
    iteration: int = 1
    phase: Phase = Phase.OBSERVE
    """The phase that is due."""
    spec: AcceptedSpec | None = None
    spec_shown: str = ""
    """Digest of a spec's text that was shown to people because nobody with the right wrote it."""
    spec_allowed: str = ""
    """Digest of the one that a person with the right accepted after it was shown."""
    milestone_number: int | None = None
    handled_comments: tuple[int, ...] = ()
    """Database ids of the comments that were read."""
    heard: tuple[str, ...] | None = None
    """Commands that were heard, by comment and words; None in a record that is older than this."""
    turned_away: tuple[str, ...] = ()
    """Logins that were told once that they may not steer."""
    plan_accepted: bool = False
    paused: bool = False
    planner_input: tuple[str, ...] = ()
    """Words of people that the next Planner reads."""
    item_input: tuple[ItemInput, ...] = ()
    resumed: bool = False
    """A person said `/continue` after DONE, STUCK or a spent limit; the next plan consumes it."""
    planned_in: int = 0
    """The last iteration in which the Planner was asked; 0 before the first."""
    reviewed_in: int = 0
    """The last iteration whose review gave a verdict; 0 before the first."""
    documented_in: int = 0
    """The last iteration in which the Writer's item was planned; 0 before the first."""
    extra_cost_usd: float = 0.0
    extra_iterations: int = 0
    extra_hours: float = 0.0
    extra_tokens: int = 0
    spent: Usage = NOTHING_USED
    unmerged: Usage = NOTHING_USED
    """Spent since something was merged or a person last spoke for the run."""
    unmerged_calls: int = 0
    """Invocations since then."""
    lost: str = ""
    """What GitHub shows of the bot's own and this record does not know, told to a person."""
    damaged: tuple[str, ...] = ()
    """Paths of the record that could not be read, until a person says how to go on."""
    replan: bool = False
    """A person wants a new plan instead of the one that waits or runs."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time of the present iteration, by phase."""
    started_at: datetime | None = None
    """When the present iteration began."""
    due_at: datetime | None = None
    """When a limit of GitHub's ends that the run waits for; None when it waits for no limit."""
    rests: int = 0
    """Runs that a limit ended since something was last brought to its end."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent on parts of a milestone; the whole stands in the state."""

    iteration: int = 0
    of_iteration: Usage = NOTHING_USED
    items: dict[str, Usage] = field(default_factory=dict)
    """On each item, by its number as text."""

    def plus(self, iteration: int, item: str, usage: Usage) -> Spend:
        """Return it with an invocation's usage; `item` is empty when it worked on none."""
        before = self.of_iteration if self.iteration == iteration else NOTHING_USED
        items = dict(self.items)
        if item:
            items[item] = items.get(item, NOTHING_USED).plus(usage)
        return Spend(iteration, before.plus(usage), items)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of items beyond the tracker: the last attempt, train and verdict of each."""

    attempts: tuple[AttemptReport, ...] = ()
    """The latest attempt of each lead item."""
    failures: dict[str, int] = field(default_factory=dict)
    """Failed attempts of an item since a person last spoke for it, by its number as text."""
    trains: tuple[TrainReport, ...] = ()
    """The latest train report of each pull request."""
    verdict: Verdict | None = None
    base_gates: GateReport | None = None
    """Gates on the last integrated head."""
    discovered: tuple[str, ...] = ()
    """Sub-tasks that Executors found and no Planner has seen yet."""
    troubles: tuple[str, ...] = ()
    """What could not be done in the last iteration, one sentence each."""

    def attempt(self, item: int) -> AttemptReport | None:
        """Return the latest attempt an item was part of, or None."""
        return next((a for a in reversed(self.attempts) if item in a.assignment.items), None)

    def train(self, pull_request: int) -> TrainReport | None:
        """Return the latest train report of a pull request, or None."""
        return next((t for t in self.trains if t.pull_request == pull_request), None)


@dataclass(frozen=True, slots=True)
class IterationRecord:
    """One line of a milestone's history."""

    number: int
    started_at: datetime | None
    ended_at: datetime
    decision: Decision
    reason: str
    by: str
    items_created: int
    merged: tuple[int, ...]
    verdict_met: bool | None
    usage: Usage
    seconds: dict[str, float]
    """Wall time per phase."""
    standing: Standing
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learnings:
    """What agents wished they had known: the Planner's curated set, and what is new since."""

    curated: tuple[str, ...] = ()
    inbox: tuple[str, ...] = ()
    taught: tuple[str, ...] = ()
    """What people said; only people take it back."""
    forgotten: tuple[str, ...] = ()
    """What people took back; no agent brings it back in the same words."""
