"""When the record knows less than GitHub shows: a person decides, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.work import Snapshot
from bot.loop.house import House
from bot.ports.tracker import Mark
from bot.rules.recall import PROGRESS, Known, is_behind, noticed, recall, spent_at_least, told


def notice_loss(house: House, snapshot: Snapshot, unknown: Sequence[Known]) -> None:
    """Record that the record was lost, or that it was put back; before any command is read."""
    note = told(snapshot)
    state = spent_at_least(house.journal.state, note)
    lost = bool(unknown) or is_behind(state, note)
    if lost and not state.lost:
        ref = f"refs/specloop/{house.root}"
        state = noticed(state, snapshot, unknown, ref)
        house.journal.update("Notice that the record was lost", state=state)
        if note is not None and house.journal.receipt(PROGRESS) is None:
            house.journal.add_receipts([note.receipt])
    elif state.lost and not lost:
        house.journal.update("Nothing is missing any more", state=replace(state, lost=""))
    elif state.spent != house.journal.state.spent:
        house.journal.update("Count what was spent by all accounts", state=state)


def take_up(house: House, snapshot: Snapshot, unknown: Sequence[Known]) -> None:
    """Go on from what GitHub shows, once a person said so."""
    journal = house.journal
    if not journal.state.lost or not journal.state.resumed:
        return
    found = recall(journal.state, journal.ledger, snapshot, unknown)
    journal.update("Take up what GitHub shows", state=found.state, ledger=found.ledger)
    journal.add_receipts(r for r in found.receipts if journal.receipt(r.key) is None)


def unknown_to(house: House, marks: Sequence[Mark]) -> tuple[Known, ...]:
    """Return what was made for this milestone and is not in its record."""
    numbers, nonces = house.journal.created(), house.journal.nonces()
    return tuple(
        Known(mark.key, mark.number)
        for mark in marks
        if mark.nonce.startswith(f"{house.root}.")
        and mark.number not in numbers
        and mark.nonce not in nonces
    )
