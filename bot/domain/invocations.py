"""What is kept of every invocation, answered or not: enough to tell it, count it and replay it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.talk import UNTOLD, Talk
from bot.domain.usage import NOTHING_USED, Usage


class Ended(StrEnum):
    """How an invocation ended."""

    ANSWERED = "answered"
    FAILED = "failed"
    """It gave no usable answer."""
    UNAVAILABLE = "unavailable"
    """It could not be asked."""
    BUSY = "busy"
    """A limit of its provider's ended it; it is asked again."""
    STOPPED = "stopped"
    """The run was stopped meanwhile; it is asked again."""


@dataclass(frozen=True, slots=True)
class InvocationRecord:
    """One conversation with one agent. Its answer is recorded where the loop looks for it."""

    key: str
    role: str
    subject: str
    attempt: int
    round: int
    began: datetime
    ended: Ended
    why: str = ""
    """Why there is no answer."""
    usage: Usage = NOTHING_USED
    talk: Talk = UNTOLD
    tools: dict[str, int] = field(default_factory=dict)
    """How often each tool was used."""


def folder_of(key: str) -> str:
    """Return the folder of an invocation's records: `2/plan` lies in iteration 2's."""
    iteration, _, rest = key.partition("/")
    return f"iterations/{int(iteration):04}/invocations/{rest}"


def item_of(key: str) -> str:
    """Return the number of the item that an invocation worked on; empty when it was none."""
    _, _, rest = key.partition("/")
    phase, _, name = rest.partition("/")
    return name.partition(".")[0] if phase == "execute" else ""


def answer_path(key: str) -> str:
    """Return where the loop keeps an invocation's answer: a Reply, or an Executor's round."""
    iteration, _, rest = key.partition("/")
    phase, _, name = rest.partition("/")
    place = {"plan": "answers/planner", "review": f"answers/{name}", "execute": f"rounds/{name}"}
    return f"iterations/{int(iteration):04}/{place[phase]}.json"
