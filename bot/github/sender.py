"""Sends batches and collects one receipt per step, whatever happens on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.effects import Outcome, Receipt
from bot.domain.errors import LimitReached, ServiceError
from bot.github.answer import LostAnswer
from bot.github.batch import MOST_STEPS, Again, Step, document, outcomes, take, too_heavy
from bot.github.client import Client
from bot.github.pacing import CEILING
from bot.ports.clock import Clock

TRIES = 3
"""How often a step is sent that certainly did not happen."""

Make = Callable[[bool], Step | Receipt]
"""Makes a step, or the receipt of a wish that cannot be sent; True: the last ids were not known."""


@dataclass(slots=True)
class _Pending:
    place: int
    make: Make
    step: Step
    tries: int = 1
    waited: float = 0.0
    """Seconds."""


class Sender:
    """Remembers how large a batch GitHub took."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._most = MOST_STEPS

    def send(self, makes: Sequence[Make]) -> list[Receipt]:
        """Return one receipt per wish, in order.

        A lost request leaves its steps UNKNOWN and is never sent again. Raises ServiceError only
        when nothing at all was sent, LeaseLost as soon as the permit says so.
        """
        done: dict[int, Receipt] = {}
        waiting: deque[_Pending] = deque()
        for place, make in enumerate(makes):
            made = make(False)
            if isinstance(made, Receipt):
                done[place] = made
            else:
                waiting.append(_Pending(place, make, made))
        sent = False
        while waiting:
            count = take([p.step for p in waiting], self._most)
            batch = [waiting.popleft() for _ in range(count)]
            try:
                waiting.extendleft(reversed(self._exchange(batch, done)))
            except LostAnswer as lost:
                self._most = max(1, min(self._most, len(batch)) // 2)
                self._leave_open(batch, done, str(lost))
            except ServiceError as refused:
                if not sent:
                    raise
                # Receipts of what was sent must not be lost with the rest.
                rest = [*batch, *waiting]
                done.update((p.place, unsent(p.step.key, refused)) for p in rest)
                break
            sent = True
        return [done[place] for place in range(len(makes))]

    def _exchange(self, batch: list[_Pending], done: dict[int, Receipt]) -> list[_Pending]:
        """Send one batch; return what must be sent once more."""
        steps = [p.step for p in batch]
        answer = self._client.mutate(*document(steps), objects=sum(s.objects for s in steps))
        if too_heavy(answer):
            self._most = max(1, min(self._most, len(batch)) // 2)
        elif len(batch) >= self._most:  # a bad moment has passed: it may take more again
            self._most = min(MOST_STEPS, self._most * 2)
        again: list[_Pending] = []
        wait = 0.0
        for pending, outcome in zip(batch, outcomes(steps, answer), strict=True):
            if isinstance(outcome, Receipt):
                done[pending.place] = outcome
            elif (final := self._final(pending, outcome)) is not None:
                done[pending.place] = final
            else:
                wait = max(wait, outcome.wait * pending.tries)
                again += self._once_more(pending, outcome, done)
        if again:
            self._clock.sleep(wait)
        for pending in again:
            pending.waited += wait
        return again

    def _final(self, pending: _Pending, outcome: Again) -> Receipt | None:
        """Return the receipt of what is not sent again now: a limit passes, the missing do not."""
        wait = outcome.wait * pending.tries
        if not outcome.passes and pending.tries >= TRIES:
            return Receipt(pending.step.key, Outcome.REFUSED, note=outcome.note)
        if not outcome.passes or pending.waited + wait <= CEILING:
            return None
        again_at = self._clock.now() + timedelta(seconds=wait)
        why = f"GitHub's limit is reached ({outcome.note.rstrip('.')})."
        return unsent(pending.step.key, LimitReached(why, again_at))

    def _once_more(
        self, pending: _Pending, outcome: Again, done: dict[int, Receipt]
    ) -> list[_Pending]:
        try:
            made = pending.make(True) if outcome.stale else pending.step
        except ServiceError as error:
            # Its neighbours have receipts by now, which must not be lost with it.
            made = unsent(pending.step.key, error)
        if isinstance(made, Receipt):
            done[pending.place] = made
            return []
        return [_Pending(pending.place, pending.make, made, pending.tries + 1, pending.waited)]

    def _leave_open(self, batch: Sequence[_Pending], done: dict[int, Receipt], why: str) -> None:
        for pending in batch:
            done[pending.place] = Receipt(pending.step.key, Outcome.UNKNOWN, note=why)


def unsent(key: str, why: ServiceError) -> Receipt:
    """Return the receipt of a step that was not sent, or was refused by a limit."""
    if isinstance(why, LimitReached):
        return Receipt(key, Outcome.UNSENT, note=why.why, again_at=why.again_at)
    return Receipt(key, Outcome.UNSENT, note=str(why))
