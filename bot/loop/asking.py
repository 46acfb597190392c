"""Asking an agent: an answer that reached the journal is never paid for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from pathlib import Path

from bot.domain.agents import Invocation, Reply
from bot.domain.errors import AgentFailed, AgentTrouble, Cancelled, LimitReached
from bot.domain.events import ToolUsed
from bot.domain.invocations import Ended, InvocationRecord
from bot.domain.orders import Question
from bot.loop.house import House
from bot.loop.purse import Share
from bot.ports.agent import Find, Workplace
from bot.rules.budget import Amount

WHY = 1_000
"""Characters kept of why there is no answer: as long as such sentences become."""
_ENDS = {AgentFailed: Ended.FAILED, LimitReached: Ended.BUSY}


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that was answered and is not on record yet."""

    reply: Reply
    record: InvocationRecord
    share: Share


def ask(house: House, invocation: Invocation, commit: str, width: int = 1) -> Reply:
    """Return the recorded answer, or ask and record it; the agent reads a commit's files.

    Raises AgentUnavailable, AgentFailed, Elsewhere.
    """
    path = house.journal.iteration_path(f"answers/{invocation.role}")
    known = house.journal.file(path, Reply)
    if known is not None:
        return known
    if house.desk is not None:
        house.desk.ask(Question(_within(house, invocation, width), commit))
    held = converse(house, invocation, reading_room(house, commit), width)
    settle(house, held, f"Answer of {invocation.role}", {path: held.reply})
    house.journal.publish()
    return held.reply


def converse(house: House, invocation: Invocation, workplace: Workplace, width: int) -> Held:
    """Hold one conversation, one of `width` side by side, within what is left of the budgets.

    The listener is told of every tool the agent uses. The caller settles the answer; what ends
    without a usable one is recorded here: it was paid for all the same. Raises BudgetSpent when
    nothing is left to ask with.
    """
    share = house.purse.take(invocation.key, width, house.cancelled)
    tools: Counter[str] = Counter()

    def told(tool: str, detail: str) -> None:
        tools[tool] += 1
        house.listener.tell(ToolUsed(invocation.role, invocation.subject, tool, detail))

    began = house.clock.now()
    try:
        reply = house.agent.ask(capped(invocation, share.caps), workplace, told)
    except (AgentTrouble, LimitReached) as error:
        ended = _ENDS.get(type(error), Ended.UNAVAILABLE)
        record = replace(
            _record(invocation, began, ended, tools),
            why=str(error)[:WHY], usage=error.usage, talk=error.talk,
        )  # fmt: skip
        house.purse.settle(share, record, f"No answer: {record.why}")
        raise
    except BaseException:
        house.purse.drop(share)
        raise
    house.purse.end(share, reply.usage)
    stopped = house.cancelled()  # what it was told last may be half of the truth
    ended = Ended.STOPPED if stopped else Ended.ANSWERED
    record = _record(invocation, began, ended, tools)
    held = Held(reply, replace(record, usage=reply.usage, talk=reply.talk), share)
    if stopped:
        settle(house, held, f"Stopped: {invocation.key}", {})
        raise Cancelled("Stopped during a conversation; it is held again.")
    return held


def _within(house: House, invocation: Invocation, width: int) -> Invocation:
    """Return the invocation with what it may use; whoever carries it out reserves it."""
    share = house.purse.take(invocation.key, width, house.cancelled)
    house.purse.drop(share)
    return capped(invocation, share.caps)


def settle(house: House, held: Held, message: str, files: Mapping[str, object]) -> None:
    """Record a conversation, what it cost and the files its answer became, in one commit."""
    house.purse.settle(held.share, held.record, message, files)


def capped(invocation: Invocation, caps: Amount) -> Invocation:
    """Return the invocation with what is reserved for it."""
    return replace(
        invocation,
        cap_usd=None if caps.usd == inf else caps.usd,
        cap_tokens=None if caps.tokens == inf else int(caps.tokens),
        cap_seconds=None if caps.seconds == inf else caps.seconds,
    )


def _record(i: Invocation, began: datetime, ended: Ended, tools: Counter[str]) -> InvocationRecord:
    return InvocationRecord(
        i.key, i.role, i.subject, i.attempt, i.round, began, ended, tools=dict(tools)
    )


def reading_room(house: House, commit: str) -> Workplace:
    """Return a read-only workplace with a commit's files."""
    return Workplace(house.worktrees.readonly(commit), find=finder(house, commit))


def finder(house: House, commit: str, folder: Path | None = None) -> Find:
    """Return the search of a commit, or of a folder whose files came from it."""
    return lambda query, below: house.search.find(query, commit, folder=folder, below=below)
