"""Resting: one of GitHub's limits ends a run, which is due again when the limit has passed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.domain.errors import LimitReached, RecordDamaged
from bot.domain.run import Standing
from bot.loop.house import House
from bot.rules.pause import due_after

VIEW = "view.json"
_OVER = (Standing.DONE, Standing.STUCK)


def is_due(house: House) -> bool:
    """Whether no limit is known that still lasts."""
    due_at = house.journal.state.due_at
    return due_at is None or house.clock.now() >= due_at


def rest(house: House, limit: LimitReached) -> None:
    """Record that the run waits for the end of a limit, and publish it: git costs no request.

    People are told by the record alone; a comment would meet the same limit.
    """
    journal = house.journal
    rests = journal.state.rests
    due_at = due_after(limit.again_at, house.clock.now(), rests)
    state = replace(journal.state, due_at=due_at, rests=rests + 1)
    if state.standing not in _OVER:
        reason = str(LimitReached(limit.why, due_at))
        state = replace(state, standing=Standing.WAITING, reason=reason)
    files = {}
    with suppress(RecordDamaged):  # it is made anew from the next observation
        view = journal.file(VIEW, dict)
        if view is not None:
            files[VIEW] = {**view, "standing": state.standing.value, "reason": state.reason}
    journal.update("Rest until a limit has passed", state=state, files=files)
    journal.publish()


def rise(house: House) -> None:
    """Forget a limit that has passed."""
    state = house.journal.state
    if state.due_at is None:
        return
    if state.standing not in _OVER:
        state = replace(state, standing=Standing.RUNNING, reason="")
    house.journal.update("A limit has passed", state=replace(state, due_at=None))
