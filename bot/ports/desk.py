"""The desk: where a process that may only write leaves orders for those who may only think."""

from __future__ import annotations

from typing import NoReturn, Protocol

from bot.domain.orders import Attempt, Question, TreeToGate


class Desk(Protocol):
    """Notes what is needed; safe to use from several threads.

    Each method raises Elsewhere once the order is noted. For an order that came back without a
    result in this run it raises what ended it instead: AgentUnavailable, AgentFailed, LimitReached
    or ServiceError.
    """

    def ask(self, question: Question) -> NoReturn:
        """Order one conversation."""
        ...

    def attempt(self, attempt: Attempt) -> NoReturn:
        """Order the rest of an Executor's attempt."""
        ...

    def gate(self, *trees: TreeToGate) -> NoReturn:
        """Order the gates' word on trees, the first of which is needed now."""
        ...
