"""What happens while an iteration runs, told to whoever watches: one closed union."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.outputs import AttemptOutcome, TrainOutcome
from bot.domain.run import Phase, Standing


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase begins."""

    iteration: int
    phase: Phase


@dataclass(frozen=True, slots=True)
class PhaseResumed:
    """A phase was finished by an earlier process; its output is read from the record."""

    iteration: int
    phase: Phase


@dataclass(frozen=True, slots=True)
class PlanMade:
    """A plan stands."""

    decision: str
    by: str
    reason: str
    items: tuple[tuple[int, str, str], ...]
    """Number, title and priority of each item created."""
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """An Executor begins or resumes."""

    items: tuple[int, ...]
    title: str
    attempt: int
    errand: str


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """An Executor's agent is asked."""

    items: tuple[int, ...]
    round: int


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """An agent used a tool."""

    role: str
    subject: str
    tool: str
    detail: str


@dataclass(frozen=True, slots=True)
class GateFinished:
    """A gate gave its colour."""

    subject: str
    """`#7` for an item's head, `merge of #12`, `main`."""
    gate: str
    passed: bool
    seconds: float
    cached: bool = False
    why: str = ""
    """The first finding's first line, when it is red."""


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """An Executor is through."""

    items: tuple[int, ...]
    outcome: AttemptOutcome
    rounds: int
    note: str


@dataclass(frozen=True, slots=True)
class PullRequestOpened:
    """A pull request was opened."""

    number: int
    items: tuple[int, ...]
    title: str


@dataclass(frozen=True, slots=True)
class TrainMoved:
    """The train is through with one pull request."""

    pull_request: int
    outcome: TrainOutcome
    note: str


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """The Verifier's verdict stands."""

    met: bool
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    """A Specialist observed something."""

    specialist: str
    title: str
    priority: str
    repeats: str


@dataclass(frozen=True, slots=True)
class CommandRead:
    """A person's command was read."""

    author: str
    command: str
    accepted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """An unfinished effect of an earlier process was found, or found absent."""

    key: str
    found: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """The iteration is over; this is where the milestone stands."""

    iteration: int
    standing: Standing
    reason: str
    is_resting: bool = False
    """Whether it waits for a limit to pass, and not for a person."""


Event = (
    PhaseStarted
    | PhaseResumed
    | PlanMade
    | AttemptStarted
    | RoundStarted
    | ToolUsed
    | GateFinished
    | AttemptEnded
    | PullRequestOpened
    | TrainMoved
    | VerdictGiven
    | FeedbackGiven
    | CommandRead
    | Recovered
    | Stood
)
