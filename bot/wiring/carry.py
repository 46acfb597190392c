"""Carrying a milestone on a laptop: iterations, and a person's words in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.domain.run import RunState, Standing
from bot.loop.house import House
from bot.loop.iteration import iterate


class Person(Protocol):
    """Whoever speaks for the person at the laptop between two iterations."""

    def speak(self, state: RunState) -> bool:
        """Say on the tracker what is to be said now; True when something was said."""
        ...


class Silence:
    """Nobody is there: what waits for a person stays waiting."""

    def speak(self, state: RunState) -> bool:
        """Say nothing."""
        return False


def carry(house: House, person: Person, woken: Callable[[], bool]) -> RunState:
    """Run iterations until the milestone is done, stuck, or waits: for a silent person, a limit.

    `woken()` tells, once, that the loop made the next iteration due.
    """
    while True:
        state = iterate(house)
        if state.due_at is not None:  # a limit has nothing to ask of anybody
            return state
        said = person.speak(state)
        if said:
            house.performer.was_written()
        if state.standing is Standing.RUNNING and woken():
            continue
        if state.standing is Standing.WAITING and said:
            continue
        return state
