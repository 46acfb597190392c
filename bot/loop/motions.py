"""What every step does: think once and record it, perform the effects, make the next one due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.domain.effects import Effect
from bot.domain.events import PhaseResumed, PhaseStarted
from bot.domain.run import Ledger, Phase
from bot.loop.house import House
from bot.loop.sight import Sight, seen_after
from bot.rules.foresight import foresee

T = TypeVar("T")
_PHASES = tuple(Phase)


def think_once(house: House, phase: Phase, kind: type[T], think: Callable[[], T]) -> T:
    """Return the phase's recorded output, or think and record it."""
    journal = house.journal
    known = journal.output(phase.value, kind)
    if known is not None:
        house.listener.tell(PhaseResumed(journal.state.iteration, phase))
        return known
    house.listener.tell(PhaseStarted(journal.state.iteration, phase))
    began = house.clock.boot()
    made = think()
    seconds = dict(journal.state.seconds)
    seconds[phase.value] = seconds.get(phase.value, 0.0) + house.clock.boot() - began
    journal.update(
        f"Output of {phase.value}",
        state=replace(journal.state, seconds=seconds),
        files={journal.iteration_path(phase.value): made},
    )
    return made


def is_past(house: House, phase: Phase) -> bool:
    """Whether the phase's effects were all performed by now."""
    return _PHASES.index(house.journal.state.phase) > _PHASES.index(phase)


def make_due(house: House, phase: Phase, ledger: Ledger | None = None) -> None:
    """Record that the next phase is due, together with what the last one taught."""
    state = replace(house.journal.state, phase=phase)
    house.journal.update(f"{phase.value} is due", state=state, ledger=ledger)


def perform(house: House, sight: Sight, effects: Sequence[Effect]) -> Sight:
    """Perform a wave and return the sight after it."""
    receipts = house.performer.perform(effects)
    return seen_after(house, sight, foresee(sight.snapshot, effects, receipts))
