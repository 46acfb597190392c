"""The journal's own records: intents and receipts, and effects that were decided but not done."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects import Effect, Intent, Receipt
from bot.domain.run import IterationRecord, Learnings, Standing


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the append-only journal, with a part of an iteration's entries."""

    intents: tuple[Intent, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    withdrawn: tuple[str, ...] = ()
    """Nonces of intents that were certainly never sent: nothing is to be looked for."""

    @property
    def entries(self) -> int:
        """How much it holds."""
        return len(self.intents) + len(self.receipts) + len(self.withdrawn)

    def plus(self, more: Segment) -> Segment:
        """Return it with more entries at its end."""
        return Segment(
            (*self.intents, *more.intents),
            (*self.receipts, *more.receipts),
            (*self.withdrawn, *more.withdrawn),
        )


@dataclass(frozen=True, slots=True)
class Heeded:
    """What people's commands led to and is still to be performed."""

    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of an iteration, decided once: what is told, and the record that comes after it."""

    standing: Standing
    reason: str
    line: IterationRecord
    learnings: Learnings
    view: dict[str, object]
    effects: tuple[Effect, ...]
