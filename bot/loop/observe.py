"""Phase 1, observe: one immutable Snapshot of tracker and code, in as few requests as can be."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.errors import ServiceError, UserError
from bot.domain.outputs import TrainOutcome
from bot.domain.work import PullRequest, Snapshot
from bot.loop.claims import Oddities
from bot.loop.house import House
from bot.loop.recall import things_of
from bot.ports.tracker import Mark, TrackerView
from bot.rules.claims import is_edited_copy, undoubted
from bot.rules.folding import extras, fold, fold_comments, without_copies
from bot.rules.foresight import foresee

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between looks at a listing that lacks what is known to exist."""


def observe(house: House) -> tuple[Snapshot, tuple[Mark, ...], Oddities]:
    """Settle what an earlier process left open, then read everything once.

    Copies of one key are folded. The second is what bears this milestone's marker, the third what
    no rule settles. Raises
    UserError when the root or its base branch is missing, ServiceError when GitHub cannot be read,
    or not all of it yet.
    """
    house.codebase.fetch()
    house.performer.recover()
    house.performer.wait_until_listed()
    view = _read_whole(house)
    head = house.codebase.head(view.default_branch)
    if head is None:
        raise UserError(f"The branch {view.default_branch} has no commits yet: push one first.")
    snapshot = Snapshot(
        taken_at=house.clock.now(),
        repository=house.repository,
        viewer=view.viewer,
        root=view.root,
        milestone=view.milestone,
        items=view.items,
        pull_requests=_with_unlisted(house, view.pull_requests),
        base_branch=view.default_branch,
        base_sha=head.sha,
        base_tree=head.tree,
    )
    folded, copies = _folded(house, snapshot, _known(house, view.marks), view.strays)
    return folded, things_of(house.root, view.marks), Oddities(view.strays, copies)


def _read_whole(house: House) -> TrackerView:
    """Read until the listing shows every item that the journal knows: half of it is no truth."""
    journal = house.journal
    for wait in (*WAITS, None):
        view = house.tracker.read(
            house.root, journal.state.milestone_number, journal.item_node_ids()
        )
        if not view.unlisted:
            return view
        if wait is not None:
            house.clock.sleep(wait)
    missing = ", ".join(f"#{n}" for n in view.unlisted[:5])
    raise ServiceError(
        f"GitHub's listing of the milestone still lacks {missing}, which it created; nothing is "
        "decided on half of the truth. Run again in some minutes."
    )


def _with_unlisted(house: House, listed: Sequence[PullRequest]) -> tuple[PullRequest, ...]:
    """Add what listings do not show yet of the pull requests that have not landed."""
    missing = sorted(_not_landed(house) - {p.number for p in listed})
    if not missing:
        return tuple(listed)
    found = [*listed, *house.tracker.pull_requests(missing)]
    return tuple(sorted(found, key=lambda p: p.number))


def _not_landed(house: House) -> set[int]:
    """Return the pull requests that must be there: those of attempts that did not land."""
    journal = house.journal
    trains = {n: journal.ledger.train(n) for n in journal.pull_requests().values()}
    return {n for n, t in trains.items() if t is None or t.outcome is not TrainOutcome.MERGED}


def _folded(
    house: House, snapshot: Snapshot, marks: Sequence[Mark], strays: Collection[int]
) -> tuple[Snapshot, dict[int, int]]:
    """Fold copies, and return the snapshot in which each thing is there once.

    The second are copies that a person edited, with the number of the one that lives: closing them
    might close something else.
    """
    receipts = ((m.key, house.journal.receipt(m.key)) for m in marks)
    kept = {key: r.number for key, r in receipts if r is not None and r.number is not None}
    marked = [(m.key, m.number) for m in marks if not m.comment]
    gone = _not_landed(house) - {p.number for p in snapshot.pull_requests}
    things = undoubted(snapshot, marked, kept, gone.union(strays))
    edited = {
        number: keep
        for number, (_, keep) in extras(things, kept).items()
        if is_edited_copy(snapshot, number)
    }
    things = [(key, number) for key, number in things if number not in edited]
    comments = [(m.key, m.number, m.comment) for m in marks if m.comment]
    copies = (*fold(snapshot, things, kept), *fold_comments(comments, kept))
    snapshot = foresee(snapshot, copies, house.performer.perform(copies))
    return without_copies(snapshot, things, kept), edited


def _known(house: House, marks: Sequence[Mark]) -> list[Mark]:
    """Keep the markers that the journal knows: a copied or forged one counts for nothing."""
    known = []
    for mark in marks:
        intent = house.journal.intent(mark.key)
        if intent is not None and intent.nonce == mark.nonce:
            known.append(mark)
    return known
