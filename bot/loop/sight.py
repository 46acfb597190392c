"""What an iteration sees: the snapshot after people's commands, the board, the spec in force."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.board import Board
from bot.domain.errors import UserError
from bot.domain.run import AcceptedSpec
from bot.domain.work import Issue, Snapshot
from bot.loop.claims import pull_requests, tell_contradictions
from bot.loop.commands import heed_commands
from bot.loop.house import House
from bot.loop.observe import observe
from bot.loop.recall import notice_loss, take_up
from bot.rules.hearing import is_bot
from bot.rules.matching import accept, voucher, why_untrusted, writers
from bot.rules.reading import read_board
from bot.rules.witness import is_witnessed


@dataclass(frozen=True, slots=True)
class Sight:
    """One consistent view; a step that changes the world returns the next one."""

    snapshot: Snapshot
    board: Board
    spec: AcceptedSpec
    spec_untrusted: str = ""
    """Why the spec's present text may not be followed; empty when it may."""


def look(house: House) -> Sight:
    """Observe, settle which spec is in force, and heed what people said.

    Raises UserError for an issue that is no spec: anything may have woken us.
    """
    snapshot, marks, odd = observe(house)
    label = house.settings.labels.spec
    if house.journal.state.spec is None and label not in snapshot.root.labels:
        raise UserError(f"#{house.root} is no spec: it has no label `{label}`.")
    notice_loss(house, snapshot, marks)
    snapshot = heed_commands(house, snapshot, _board(house, snapshot))
    untrusted = _settle_spec(house, snapshot)
    take_up(house, snapshot, marks)
    _settle_verdict(house, snapshot)
    snapshot = tell_contradictions(house, snapshot, odd)
    spec = house.journal.state.spec or accept(snapshot.root)
    return Sight(snapshot, _board(house, snapshot), spec, untrusted)


def seen_after(house: House, sight: Sight, snapshot: Snapshot) -> Sight:
    """Return the sight with a later snapshot and its board."""
    return replace(sight, snapshot=snapshot, board=_board(house, snapshot))


def with_assigned(house: House, sight: Sight, assigned: frozenset[int]) -> Sight:
    """Return the sight in which Executors have those items now."""
    return replace(sight, board=_board(house, sight.snapshot, assigned))


def _board(house: House, snapshot: Snapshot, assigned: frozenset[int] = frozenset()) -> Board:
    journal = house.journal
    return read_board(
        snapshot,
        house.settings.labels,
        journal.item_keys(),
        pull_requests(house, snapshot),
        assigned,
    )


def _settle_verdict(house: House, snapshot: Snapshot) -> None:
    """Forget a verdict that says met and that the bot is not seen to have told: it is judged anew.

    A verdict reaches the ledger only after its comment.
    """
    verdict = house.journal.ledger.verdict
    if verdict is not None and not is_witnessed(verdict, snapshot.root.comments, snapshot.viewer):
        house.journal.update(
            "Judge anew what nobody is seen to have judged",
            ledger=replace(house.journal.ledger, verdict=None),
        )


def _barred(house: House, root: Issue) -> str:
    """Return who wrote the spec's words without the right to; empty when they may be followed.

    A first text may be somebody's who has no right, if one who has it labelled it. A later one must
    have been shown as a difference: a label is not put on to answer that.
    """

    def may(login: str) -> bool:
        return not is_bot(login) and house.tracker.permission(login).can_write

    accepted = house.journal.state.spec
    barred = next((w for w in writers(root, accepted) if not may(w)), "")
    if barred and accepted is None:
        vouches = voucher(root, house.settings.labels.spec)
        return "" if vouches is not None and may(vouches) else barred
    return barred


def _settle_spec(house: House, snapshot: Snapshot) -> str:
    """Accept the spec as a person with write permission left it, or say why it is not."""
    state, root = house.journal.state, snapshot.root
    accepted = accept(root)
    allowed = accepted.digest == state.spec_allowed
    untrusted = "" if allowed else why_untrusted(root, state.spec, _barred(house, root))
    if untrusted:
        return untrusted
    if state.spec is None or state.spec.digest != accepted.digest:
        changed = state.spec is not None
        words = (f"{accepted.accepted_from} changed the spec; read it anew.",) if changed else ()
        house.journal.update(
            "Accept the spec",
            state=replace(
                state,
                spec=accepted,
                spec_shown="",
                spec_allowed="",
                planner_input=(*state.planner_input, *words),
                resumed=state.resumed or changed,
            ),
            # What was judged against another text is no verdict on this one.
            ledger=replace(house.journal.ledger, verdict=None),
        )
    elif state.spec_shown or state.spec_allowed:  # undone: to allow it then is to allow nothing
        state = replace(state, spec_shown="", spec_allowed="")
        house.journal.update("The spec is what it was", state=state)
    return ""
