"""The journal's own records: segments of intents and receipts."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects import Intent, Receipt


@dataclass(frozen=True, slots=True)
class Segment:
    """One iteration's part of the append-only journal."""

    intents: tuple[Intent, ...] = ()
    receipts: tuple[Receipt, ...] = ()
