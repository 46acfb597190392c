"""The purse: what an invocation may spend is reserved before it and settled after it.

What was spent is counted once, in the commit that records how an invocation ended. What is only
reserved lives in this process: a process that dies holds nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.domain.errors import BudgetSpent, Cancelled
from bot.domain.invocations import InvocationRecord, folder_of, item_of
from bot.domain.run import RunState, Spend
from bot.domain.settings import Limits
from bot.domain.usage import Usage
from bot.loop.journal import Journal
from bot.rules.budget import NONE, Amount, Scope, amount, scopes, share, used, why_spent

SPEND = "spend.json"
KEPT = 9
"""Records kept of one invocation that is held again and again; the last place is the latest's."""
LOOK = 1.0
"""Seconds between two looks at whether a run that waits for others was stopped."""


@dataclass(slots=True, eq=False)  # two that hold as much are still two
class Share:
    """What one invocation holds of the budgets, from before it begins until it is recorded."""

    item: str
    caps: Amount
    """What it may use; once it has ended, what it did use."""
    running: bool = True


class Purse:
    """Hands out shares of what is left; safe to use from several threads."""

    def __init__(self, journal: Journal, limits: Limits) -> None:
        self._journal = journal
        self._limits = limits
        self._held: list[Share] = []
        self._changed = threading.Condition()

    def take(self, key: str, width: int, cancelled: Callable[[], bool]) -> Share:
        """Reserve what an invocation may use, one of `width` side by side.

        Where others hold what is left it waits until one of them ends: what that does not use is
        free again. Raises BudgetSpent when a bound leaves nothing, Cancelled when the run is
        stopped meanwhile.
        """
        item = item_of(key)
        with self._changed:
            while True:
                under = self._scopes(item)
                if why := why_spent(under):
                    raise BudgetSpent(why)
                caps = share(amount(self._limits.call), under, width)
                if caps is not None:
                    taken = Share(item, caps)
                    self._held.append(taken)
                    return taken
                self._changed.wait(LOOK)
                if cancelled():
                    raise Cancelled("Stopped before an agent was asked; nothing is lost.")

    def end(self, taken: Share, usage: Usage) -> None:
        """Keep hold of what a conversation did use only; it is not on record yet."""
        with self._changed:
            taken.caps, taken.running = used(usage), False
            self._changed.notify_all()

    def drop(self, taken: Share) -> None:
        """Give a share back: the conversation was never held, or nobody knows what it used."""
        with self._changed:
            self._held.remove(taken)
            self._changed.notify_all()

    def settle(
        self,
        taken: Share,
        ended: InvocationRecord,
        message: str,
        files: Mapping[str, object] | None = None,
    ) -> None:
        """Record an invocation that ended and what it cost, with the files its answer became."""
        with self._changed:
            self._book(taken.item, ended, message, files or {})
            self._held.remove(taken)
            self._changed.notify_all()

    def book(self, ended: InvocationRecord, message: str, files: Mapping[str, object]) -> None:
        """Record an invocation that was held elsewhere; nothing is reserved for it any more."""
        with self._changed:
            self._book(item_of(ended.key), ended, message, files)

    def _book(
        self, item: str, ended: InvocationRecord, message: str, files: Mapping[str, object]
    ) -> None:
        journal, usage = self._journal, ended.usage
        folder = folder_of(ended.key)

        def counted(state: RunState) -> RunState:
            return replace(
                state,
                spent=state.spent.plus(usage),
                unmerged=state.unmerged.plus(usage),
                unmerged_calls=state.unmerged_calls + 1,
            )

        number = min(len(journal.files.paths(f"{folder}/")) + 1, KEPT)
        spend = self.spend().plus(journal.state.iteration, item, usage)
        journal.amend(message, counted, {f"{folder}/{number}.json": ended, SPEND: spend, **files})

    def spend(self) -> Spend:
        """Return what was spent on the present iteration and on each item."""
        return self._journal.files.newest(SPEND, Spend) or Spend()

    def _scopes(self, item: str) -> tuple[Scope, ...]:
        """Return the bounds an invocation falls under, with what others hold of each.

        What has ended and is not on record yet is spent already, and waited for by nobody.
        """
        state, spend = self._journal.state, self.spend()
        found = []
        for scope in scopes(state, spend, self._limits, item):
            mine = [s for s in self._held if scope.shared or s.item == item]
            ended = _sum(s.caps for s in mine if not s.running)
            held = _sum(s.caps for s in mine if s.running)
            found.append(replace(scope, spent=scope.spent.plus(ended), held=held))
        return tuple(found)


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = NONE
    for one in amounts:
        total = total.plus(one)
    return total
