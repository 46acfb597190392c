"""Errors by audience: who can act on it decides the class."""

from __future__ import annotations

import errno
from datetime import datetime

from bot.domain.talk import UNTOLD, Talk
from bot.domain.usage import NOTHING_USED, Usage


class SpecloopError(Exception):
    """Any error of ours; its text is one sentence for a person."""


class UserError(SpecloopError):
    """A user's mistake: what is wrong and what to do. Exit code 2, no traceback."""


class Busy(UserError):
    """Another process works on this milestone."""


class BranchRefused(UserError):
    """The remote refused a branch by its own rules: what is in it must change."""


class LeaseLost(SpecloopError):
    """Another process took the milestone over; nothing more may be written by this one."""


class StateDiverged(SpecloopError):
    """The state ref is not what this process last saw, so its push was refused."""


class RecordDamaged(SpecloopError):
    """A file of the record is not what it should be: it was cut, or is of another shape."""

    def __init__(self, path: str, why: str) -> None:
        """`path` is the file's path in the record; `why` is a sentence."""
        super().__init__(f"{path}: {why}")
        self.path = path


class ServiceError(SpecloopError):
    """GitHub (or the hub) cannot be used now; trying later may help."""


class LimitReached(ServiceError):
    """A limit of GitHub's or a model's provider keeps us from asking until `again_at`, in UTC."""

    def __init__(
        self, why: str, again_at: datetime, usage: Usage = NOTHING_USED, talk: Talk = UNTOLD
    ) -> None:
        """`why` is a sentence; the text adds when it can go on.

        `usage` and `talk` are those of the conversation that a provider's limit ended.
        """
        super().__init__(f"{why} It can go on at {again_at:%H:%M} UTC.")
        self.why = why
        self.again_at = again_at
        self.usage = usage
        self.talk = talk


class AgentTrouble(SpecloopError):
    """A conversation without a usable answer."""

    def __init__(self, sentence: str, usage: Usage = NOTHING_USED, talk: Talk = UNTOLD) -> None:
        """`usage` is what the conversation cost all the same."""
        super().__init__(sentence)
        self.usage = usage
        self.talk = talk


class AgentUnavailable(AgentTrouble):
    """The agent could not be asked: no answer, no quota, or no scene in the playbook."""


class BudgetSpent(AgentUnavailable):
    """Nothing is left of a bound, so the agent was not asked; the sentence says how to raise it."""


class AgentFailed(AgentTrouble):
    """The agent answered, and its answer could not be used even after repair."""


class Cancelled(SpecloopError):
    """A person or the system asked this process to end; the work so far is kept."""


class DeliveryRefused(SpecloopError):
    """What another job brought back is not what it was sent out for; the sentence says why."""


class Elsewhere(SpecloopError):
    """What is needed next is carried out by another job: this one ends, and the next goes on."""


class DiskFull(SpecloopError):
    """There is no room left on this machine; what was under way is repeated by the next run."""

    def __init__(self) -> None:
        super().__init__(
            "The disk is full; everything recorded so far is kept. "
            "Make room and run the same command again."
        )


def is_no_room(error: OSError) -> bool:
    """Whether a write failed because disk or quota are used up."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
