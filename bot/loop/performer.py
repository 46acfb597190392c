"""The one place that changes the outside world: every Effect goes through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, get_args

from bot.domain.effects import (
    Create,
    Effect,
    Intent,
    MergePullRequest,
    Outcome,
    Receipt,
    SetEffect,
    WakeNext,
)
from bot.domain.errors import LimitReached, ServiceError
from bot.domain.events import Recovered
from bot.domain.work import MilestoneRef
from bot.loop.journal import Journal
from bot.ports.clock import Clock
from bot.ports.listener import Listener
from bot.ports.tracker import Tracker

TRIES = 3
"""How often an effect is sent whose absence was established, or which does no harm twice."""
PAUSE = 2.0
"""Seconds before a Set whose answer was lost is sent again; doubled each time."""
TOGETHER = 20
"""Creates that are intended, published and sent together: so many must be looked for at most when
a process is killed."""


class Waker(Protocol):
    """Makes the next iteration due."""

    def wake(self, root: int) -> None:
        """Wake it at least once."""
        ...


class Performer:
    """Performs effects, each class with its own promise, and records receipts."""

    def __init__(
        self,
        journal: Journal,
        tracker: Tracker,
        clock: Clock,
        listener: Listener,
        waker: Waker,
        *,
        settle: float,
        nonces: NonceSource,
    ) -> None:
        self._journal = journal
        self._tracker = tracker
        self._clock = clock
        self._listener = listener
        self._waker = waker
        self._settle = settle
        self._nonces = nonces
        self._absent: set[str] = set()
        self._last_write = clock.boot()

    def was_written(self) -> None:
        """Take notice that somebody beside us has just written, say a person at this terminal."""
        self._last_write = self._clock.boot()

    def wait_until_listed(self) -> None:
        """Wait until listings show what was written last: they lag behind by up to `settle`."""
        rest = self._last_write + self._settle - self._clock.boot()
        if rest > 0:
            self._clock.sleep(rest)

    def prepare(self, title: str, labels: Sequence[str]) -> MilestoneRef:
        """Ensure that the native Milestone and the labels exist; both have natural keys."""
        milestone = self._tracker.prepare(title, labels)
        self._last_write = self._clock.boot()
        return milestone

    def recover(self) -> None:
        """Settle the Creates of an earlier process whose answers were lost.

        Found ones get their receipt. Absence counts only once the settle time has passed; the
        phase that wanted them then sends them again, under the same nonce.
        """
        for intent in self._journal.unanswered():
            self._settle_one(intent)

    def perform(self, effects: Sequence[Effect]) -> dict[str, Receipt]:
        """Perform a wave: Creates, then Sets, then Moves, then Wakes; return all its receipts.

        Effects that have a receipt are not repeated. Raises LeaseLost, LimitReached or another
        ServiceError; what was done before has its receipts.
        """
        due = [e for e in effects if self._journal.receipt(e.key) is None]
        creates = [e for e in due if isinstance(e, get_args(Create))]
        for start in range(0, len(creates), TOGETHER):
            self._create(creates[start : start + TOGETHER])
        self._set([e for e in due if isinstance(e, get_args(SetEffect))])
        for effect in due:
            if isinstance(effect, MergePullRequest):
                self._receive([self._tracker.merge(effect)])
            elif isinstance(effect, WakeNext):
                self._journal.publish()
                self._waker.wake(effect.root)
        found = {e.key: self._journal.receipt(e.key) for e in effects}
        return {key: receipt for key, receipt in found.items() if receipt is not None}

    def _create(self, effects: Sequence[Create]) -> None:
        for effect in effects:
            known = self._journal.intent(effect.key)
            if known is not None and effect.key not in self._absent:
                self._settle_one(known)
        due = [e for e in effects if self._journal.receipt(e.key) is None]
        new = [
            Intent(e.key, f"{self._journal.state.root}.{self._nonces()}", e, self._clock.now())
            for e in due
            if self._journal.intent(e.key) is None
        ]
        self._journal.add_intents(new)
        self._journal.publish()
        intents = [self._journal.intent(e.key) for e in due]
        self._send([i for i in intents if i is not None], new)

    def _send(self, intents: Sequence[Intent], new: Sequence[Intent]) -> None:
        """Send Creates until each has its receipt; `new` are those that no process sent before."""
        for _ in range(TRIES):
            if not intents:
                return
            self._absent.difference_update(i.key for i in intents)
            receipts = self._sent(intents, new)
            new = ()
            unknown = {r.key for r in receipts if r.outcome is Outcome.UNKNOWN}
            intents = [i for i in intents if i.key in unknown]
            for intent in intents:
                self._settle_one(intent)
            intents = [i for i in intents if i.key in self._absent]
        if intents:
            raise ServiceError(
                f"GitHub answered {TRIES} times without doing what was asked "
                f"({intents[0].key}); it is recorded and will be tried again by the next run."
            )

    def _sent(self, intents: Sequence[Intent], new: Sequence[Intent]) -> Sequence[Receipt]:
        """Send Creates once. What was not sent and never was before is withdrawn."""
        try:
            receipts = self._tracker.create(intents)
        except ServiceError:  # raised only when nothing was sent
            self._journal.withdraw(new)
            raise
        unsent = {r.key for r in receipts if r.outcome is Outcome.UNSENT}
        self._journal.withdraw(i for i in new if i.key in unsent)
        self._receive(receipts)
        return receipts

    def _settle_one(self, intent: Intent) -> None:
        """Find what an unanswered Create made, or establish that it made nothing."""
        receipt = self._tracker.find(intent)
        if receipt is None:
            self._last_write = max(self._last_write, self._clock.boot() - self._settle)
            self.wait_until_listed()
            receipt = self._tracker.find(intent)
        if receipt is not None:
            self._journal.add_receipts([receipt])
        else:
            self._absent.add(intent.key)
        self._listener.tell(Recovered(intent.key, found=receipt is not None))

    def _set(self, effects: Sequence[SetEffect]) -> None:
        """Send Sets; those whose answers were lost are sent again: twice is as good as once.

        Not by a later process, which decides anew what a person may have changed meanwhile.
        """
        for tried in range(TRIES):
            if not effects:
                return
            if tried:
                self._clock.sleep(PAUSE * 2.0 ** (tried - 1))
            receipts = self._tracker.set(effects)
            self._receive(receipts)
            unknown = {r.key: r.note for r in receipts if r.outcome is Outcome.UNKNOWN}
            effects = [e for e in effects if e.key in unknown]
        if effects:
            raise ServiceError(
                f"GitHub answered {TRIES} times without saying whether it did what was asked "
                f"({effects[0].key}: {unknown[effects[0].key].rstrip('.')}); the next run looks "
                "and tries again."
            )

    def _receive(self, receipts: Sequence[Receipt]) -> None:
        """Record the receipts; raise why the rest was not sent, if it was not."""
        self._last_write, now = self._clock.boot(), self._clock.now()
        self._journal.add_receipts(replace(r, at=now) for r in receipts)
        unsent = [r for r in receipts if r.outcome is Outcome.UNSENT]
        ends = [r.again_at for r in unsent if r.again_at is not None]
        if ends:
            raise LimitReached(unsent[0].note, max(ends))
        if unsent:
            raise ServiceError(unsent[0].note)


class NonceSource(Protocol):
    """Makes nonces."""

    def __call__(self) -> str:
        """Return a fresh random text of letters and digits."""
        ...
