"""When the record is damaged or knows less than GitHub shows: a person decides, nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.journal import Segment
from bot.domain.usage import NOTHING_USED, Usage
from bot.domain.work import Snapshot
from bot.loop.history import history
from bot.loop.house import House
from bot.loop.inspection import is_segment
from bot.ports.tracker import Mark
from bot.rules.recall import (
    PROGRESS,
    Known,
    Record,
    Told,
    is_behind,
    noticed,
    recall,
    spent_at_least,
    told,
)


def notice_loss(house: House, snapshot: Snapshot, marks: Sequence[Mark]) -> None:
    """Record that the record was lost, or that it was put back; before any command is read.

    Damage is never over by itself, since files may have been written over: a record that was put
    back does not know of it.
    """
    journal = house.journal
    receipt = journal.receipt(PROGRESS)
    note = told(snapshot, receipt.number if receipt is not None else None)
    state = spent_at_least(journal.state, _accounts(house, note))
    unknown = _unknown(house, marks)
    lost = bool(unknown) or is_behind(state, note) or bool(state.damaged)
    if lost and (not state.lost or journal.unnoticed):
        record = Record(f"refs/specloop/{house.root}", journal.files.whole)
        journal.update(
            "Notice that the record was lost", state=noticed(state, snapshot, unknown, record, note)
        )
        journal.unnoticed = False
        if note is not None and journal.receipt(PROGRESS) is None:
            journal.add_receipts([note.receipt])
    elif state.lost and not lost:
        journal.update("Nothing is missing any more", state=replace(state, lost=""))
    elif state.spent != journal.state.spent:
        journal.update("Count what was spent by all accounts", state=state)


def take_up(house: House, snapshot: Snapshot, marks: Sequence[Mark]) -> None:
    """Go on from what GitHub shows, once a person said so; what is damaged is removed."""
    journal = house.journal
    if not journal.state.lost or not journal.state.resumed:
        return
    # A file of the journal leaves an empty one: they are numbered.
    removed: dict[str, object] = {
        path: Segment() if is_segment(path) else None
        for path in journal.state.damaged
        if "/" in path or path in journal.files.damaged
    }
    found = recall(journal.state, journal.ledger, snapshot, _known(marks))
    journal.update(
        "Take up what GitHub shows", state=found.state, ledger=found.ledger, files=removed
    )
    journal.add_receipts(r for r in found.receipts if journal.receipt(r.key) is None)


def _accounts(house: House, note: Told | None) -> tuple[Usage, ...]:
    """Return what was spent as the progress comment and as the record's own history tell it."""
    used = NOTHING_USED
    for line in history(house):
        used = used.plus(line.usage)
    return (used, note.spent) if note else (used,)


def _unknown(house: House, marks: Sequence[Mark]) -> tuple[Known, ...]:
    """Return what was made for this milestone and is not in its record."""
    numbers, nonces = house.journal.created(), house.journal.nonces()
    return _known([m for m in marks if m.number not in numbers and m.nonce not in nonces])


def _known(marks: Sequence[Mark]) -> tuple[Known, ...]:
    return tuple(Known(mark.key, mark.number) for mark in marks)


def things_of(root: int, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the markers of the issues and pull requests that were made for a milestone."""
    return tuple(m for m in marks if not m.comment and m.nonce.startswith(f"{root}."))
