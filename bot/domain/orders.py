"""Work that is carried out elsewhere: what a job is sent out with, and what it brings back.

On GitHub Actions whoever writes does not think: it notes orders and ends, jobs of their own carry
them out, and the next job that writes takes in what they deliver.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.agents import Invocation, Reply
from bot.domain.findings import Gate, GateReport
from bot.domain.invocations import Ended, InvocationRecord
from bot.domain.outputs import RoundRecord
from bot.domain.run import RunState, Spend
from bot.domain.task import Task


@dataclass(frozen=True, slots=True)
class Question:
    """One conversation with an agent that reads a commit; its caps are its invocation's."""

    invocation: Invocation
    commit: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One Executor's attempt, from the rounds that are on record to its end."""

    task: Task
    head: str
    """The commit its work goes on from."""
    rounds: tuple[RoundRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class TreeToGate:
    """A tree that no job but the one that runs gates may hold for green."""

    tree: str
    commits: tuple[str, ...]
    """How it is made: a commit, and those that are merged into it in this order."""
    subject: str
    """For people: `#7`, `merge of #12`, `main`."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Trees to run the gates on, in this order."""

    trees: tuple[TreeToGate, ...]


Work = Question | Attempt | Inspection


@dataclass(frozen=True, slots=True)
class Order:
    """What one job is sent out with."""

    name: str
    """Unique in the milestone and fit for a file's name: `2-execute-7.1`, `gates`."""
    nonce: str
    repository: str
    root: int
    base_branch: str
    base_sha: str
    """The commit of the base branch whose configuration and roles hold."""
    work: Work
    gates: tuple[Gate, ...]
    state: RunState
    spend: Spend


@dataclass(frozen=True, slots=True)
class Noted:
    """An order that is out, as the record keeps it."""

    name: str
    nonce: str
    digest: str
    """SHA-256 of the order's file."""
    work: Work


@dataclass(frozen=True, slots=True)
class Failed:
    """An order without a result, and why."""

    name: str
    ended: Ended
    why: str
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrdersOut:
    """Every order that is out, and the workflow run whose jobs carry them out."""

    run: str = ""
    orders: tuple[Noted, ...] = ()
    failed: tuple[Failed, ...] = ()
    """Orders that came back in this run without all that was asked for."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a job brings back. It is believed no further than it can be checked."""

    name: str
    nonce: str
    digest: str
    """Of the order's file, as the job read it."""
    conversations: tuple[InvocationRecord, ...] = ()
    reply: Reply | None = None
    rounds: tuple[RoundRecord, ...] = ()
    """Those that are new; their commits come in a bundle beside it."""
    kept: str = ""
    """The commit with what an unfinished round left behind them; empty when it left nothing."""
    reports: tuple[GateReport, ...] = ()
    ended: Ended = Ended.ANSWERED
    why: str = ""
    """Why there is not all that was asked for."""
    again_at: datetime | None = None
    """When a provider's limit ends, if one ended it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery with the objects of its commits."""

    delivery: Delivery | None
    """None: it is refused as a whole."""
    objects: bytes = b""
    refused: str = ""
    """Why."""


def order_name(key: str) -> str:
    """Return the name of the order for an invocation's key, or for a task's `2/execute/7.1`."""
    return key.replace("/", "-")


def task_key(task: Task) -> str:
    """Return how a task's invocations' keys begin."""
    return f"{task.iteration}/execute/{task.name}"
