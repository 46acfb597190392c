"""The desk of a process that may only write: it notes orders and hands them over at its end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NoReturn

from bot.domain.errors import (
    AgentFailed,
    AgentUnavailable,
    Elsewhere,
    LimitReached,
    ServiceError,
)
from bot.domain.invocations import Ended
from bot.domain.orders import (
    Attempt,
    Failed,
    Inspection,
    Question,
    TreeToGate,
    Work,
    order_name,
    task_key,
)
from bot.ports.desk import Desk

GATES = "gates"
"""Name of the one order that has all trees to be gated."""


class OrderDesk(Desk):
    """Orders by name; safe to use from several threads."""

    def __init__(self) -> None:
        self.failed: Sequence[Failed] = ()
        """Orders of this run that came back without a result."""
        self._works: dict[str, Work] = {}
        self._trees: dict[str, TreeToGate] = {}
        self._lock = threading.Lock()

    @property
    def works(self) -> dict[str, Work]:
        """What is to be carried out, by order name; the gates' order, if any, is the last."""
        trees = tuple(self._trees.values())
        works = dict(sorted(self._works.items()))  # threads note them in any order
        return {**works, **({GATES: Inspection(trees)} if trees else {})}

    def ask(self, question: Question) -> NoReturn:
        """Order one conversation; see the port."""
        self._note(order_name(question.invocation.key), question)

    def attempt(self, attempt: Attempt) -> NoReturn:
        """Order the rest of an Executor's attempt; see the port."""
        self._note(order_name(task_key(attempt.task)), attempt)

    def gate(self, *trees: TreeToGate) -> NoReturn:
        """Order the gates' word on trees; see the port."""
        failed = self._failure(GATES)
        if failed is not None:
            raise ServiceError(f"The gates were not run: {failed.why}")
        with self._lock:
            for tree in trees:
                self._trees.setdefault(tree.tree, tree)
        raise Elsewhere(f"The gates on {trees[0].subject} are run by a job of their own.")

    def _note(self, name: str, work: Question | Attempt) -> NoReturn:
        failed = self._failure(name)
        if failed is None:
            with self._lock:
                self._works[name] = work
            raise Elsewhere(f"{name} is carried out by a job of its own.")
        if failed.ended is Ended.FAILED:
            raise AgentFailed(failed.why)
        if failed.ended is Ended.BUSY:
            raise LimitReached(failed.why, failed.again_at or datetime.now(UTC))
        raise AgentUnavailable(failed.why)

    def _failure(self, name: str) -> Failed | None:
        return next((f for f in self.failed if f.name == name), None)
