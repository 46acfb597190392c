"""What a Planner returns, and what the loop makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.work import ItemKind, Priority


class Decision(StrEnum):
    """Is continued iteration worth it?"""

    CONTINUE = "CONTINUE"
    DONE = "DONE"
    STUCK = "STUCK"


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A child issue that the Planner wants."""

    key: str
    """Short name, unique in the milestone, lower case with dashes; dependencies name it."""
    title: str
    description: str
    priority: Priority = Priority.MEDIUM
    kind: ItemKind = ItemKind.WORK
    """`work`, or `decision` for a question only a person can answer."""
    criteria: tuple[str, ...] = ()
    """What must be true for the item to be done."""
    depends_on: tuple[str, ...] = ()
    """Keys of new items, or `#12` for existing ones."""
    options: tuple[str, ...] = ()
    """For a decision: the answers a person can choose by number."""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change that the Planner wants of an existing item."""

    item: int
    priority: Priority | None = None
    drop: bool = False
    """Close it as not planned."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deferral:
    """A Medium item that may stay open at DONE, by name and with a reason."""

    item: int
    reason: str


@dataclass(frozen=True, slots=True)
class PlannerAnswer:
    """The Planner's structured answer."""

    decision: Decision
    reason: str
    items: tuple[PlannedItem, ...] = ()
    changes: tuple[ItemChange, ...] = ()
    assignments: tuple[tuple[str, ...], ...] = ()
    """Groups of related items for one Executor each: keys of new items or `#12`."""
    deferrals: tuple[Deferral, ...] = ()
    learnings: tuple[str, ...] = ()
    """The whole curated set that later prompts are given."""
    wish_known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A Planner's answer (or a rule's) after the guards: what the rest of the iteration follows."""

    decision: Decision
    reason: str
    by: str
    """`planner`, or `rule` when no model was asked."""
    refusals: tuple[str, ...] = ()
    """Why a proposed DONE (or part of a plan) did not stand."""
    items: tuple[PlannedItem, ...] = ()
    changes: tuple[ItemChange, ...] = ()
    assignments: tuple[tuple[str, ...], ...] = ()
    deferrals: tuple[Deferral, ...] = ()
    needs_approval: bool = False
    """Whether a person must accept it with `/continue` before anything is executed."""


class Errand(StrEnum):
    """Why an Executor is sent out."""

    START = "start"
    RETRY = "retry"
    RECONCILE = "reconcile"
    """Its branch conflicts with the base, or turned red once merged with it."""
    REVISE = "revise"
    """A person asked for changes."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One or more related items for one Executor, and where its attempt starts."""

    items: tuple[int, ...]
    attempt: int
    branch: str
    start: str
    """Commit the worktree starts from: the base, or the head of the work so far."""
    base: str
    """Pinned commit of the base branch; merged into the worktree when `start` lacks it."""
    first_round: int = 1
    errand: Errand = Errand.START
    notes: tuple[str, ...] = ()
    """What the Executor must know: the conflict, the findings, the words of people."""
    pull_request: int | None = None
    """The attempt's pull request, once it has one."""
    answers: tuple[int, ...] = ()
    """Ids of the reviews whose wishes this attempt's Executors were given."""

    @property
    def lead(self) -> int:
        """The item the attempt is named after."""
        return self.items[0]
