"""Phase 1, observe: one immutable Snapshot of tracker and code, in as few requests as can be."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.work import Snapshot
from bot.loop.house import House
from bot.loop.recall import unknown_to
from bot.ports.tracker import Mark
from bot.rules.folding import fold
from bot.rules.foresight import foresee
from bot.rules.recall import Known


def observe(house: House) -> tuple[Snapshot, tuple[Known, ...]]:
    """Settle what an earlier process left open, then read everything once.

    Copies of one key are folded. The second is what the record should know and does not. Raises
    UserError when the root or its base branch is missing, ServiceError when GitHub cannot be read.
    """
    house.codebase.fetch()
    house.performer.recover()
    house.performer.wait_until_listed()
    view = house.tracker.read(house.root, house.journal.state.milestone_number)
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
        pull_requests=view.pull_requests,
        base_branch=view.default_branch,
        base_sha=head.sha,
        base_tree=head.tree,
    )
    copies = fold(snapshot, _known(house, view.marks))
    snapshot = foresee(snapshot, copies, house.performer.perform(copies))
    return snapshot, unknown_to(house, view.marks)


def _known(house: House, marks: Sequence[Mark]) -> list[tuple[str, int]]:
    """Keep the markers that the journal knows: a copied or forged one counts for nothing."""
    known = []
    for mark in marks:
        intent = house.journal.intent(mark.key)
        if intent is not None and intent.nonce == mark.nonce:
            known.append((mark.key, mark.number))
    return known
