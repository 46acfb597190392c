"""Before a model is asked: may the loop go on, and if not, who must do what?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.board import Board
from bot.domain.run import Phase, RunState, Spend, Standing
from bot.domain.settings import Limits
from bot.domain.work import ItemKind, Status
from bot.rules.asks import PERSON
from bot.rules.budget import raised, scopes, why_idle, why_spent


@dataclass(frozen=True, slots=True)
class Prospects:
    """What could still be done now, counted by the loop."""

    root_open: bool
    spec_untrusted: str
    """Why the spec's present text may not be followed; empty when it may."""
    plan_waits: bool
    """The plan was shown and nobody accepted it yet."""
    executable: int
    """Assignments that could be handed out."""
    landable: int
    """Pull requests that the train may take."""
    review_due: bool
    """The integrated code is not what the last verdict judged."""
    planner_due: bool
    """There is something the Planner has not seen."""
    awaiting_review: tuple[int, ...] = ()
    """Pull requests that wait for a person."""
    awaited: Mapping[int, str] = field(default_factory=dict)
    """What each of them waits for, where it is more than a first approval."""
    label_gone: str = ""
    """The label that makes an issue a spec, when the root does not bear it."""
    spec_change: str = ""
    """What is different in a spec that may not be followed."""
    spec_digest: str = ""
    """Fingerprint of its present text."""


@dataclass(frozen=True, slots=True)
class Halt:
    """The loop stops here, until a person acts or the run is over."""

    standing: Standing
    reason: str
    asked: bool = False
    """Whether the person was asked already, in a comment or by a review request."""
    shows: str = ""
    """A difference that is shown with the reason."""
    accepts: str = ""
    """Digest of the spec's text that `/continue` accepts; empty when the spec is not in doubt."""


PLAN_WAITS = Halt(
    Standing.WAITING, "The plan waits for a person: accept it with `/continue`.", asked=True
)


def why_halt(state: RunState, board: Board, prospects: Prospects, limits: Limits) -> Halt | None:
    """Return why the loop must not go on now, or None when it may.

    In this order: 1. the record was lost; 2. the run is over and nobody resumed it; 3. a person
    stopped it (closed the root or took its label, paused it, changed the spec without the right
    to); 4. a bound is reached; 5. the plan waits for acceptance; 6. too much was spent since
    something landed; 7. nothing can move without a person; 8. nothing can move at all.
    """
    if state.lost:
        return Halt(Standing.WAITING, state.lost)
    if state.standing in (Standing.DONE, Standing.STUCK) and not state.resumed:
        return Halt(state.standing, state.reason)
    if not prospects.root_open:
        return Halt(Standing.WAITING, "The spec issue is closed: reopen it to go on.")
    if prospects.label_gone:
        reason = f"The spec issue has no label `{prospects.label_gone}`: put it back to go on."
        return Halt(Standing.WAITING, reason)
    if state.paused:
        return Halt(Standing.WAITING, "Paused: comment `/continue` to go on.")
    if prospects.spec_untrusted:
        change, digest = prospects.spec_change, prospects.spec_digest
        return Halt(Standing.WAITING, prospects.spec_untrusted, shows=change, accepts=digest)
    if bound := _bound(state, limits):
        return bound
    if prospects.plan_waits:
        return PLAN_WAITS
    if idle := _idle(state, prospects, limits):
        return idle
    return _person_needed(board, prospects)


def _bound(state: RunState, limits: Limits) -> Halt | None:
    allowed = raised(limits.iterations, state.extra_iterations, limits.ceiling_iterations)
    if state.iteration > allowed:
        return Halt(
            Standing.WAITING,
            f"All {allowed:g} iterations are used: comment `/continue iterations=+5` for more.",
        )
    milestone = scopes(state, Spend(), limits, "")[0]
    if spent := why_spent((milestone,)):
        return Halt(Standing.WAITING, spent)
    return None


def _idle(state: RunState, prospects: Prospects, limits: Limits) -> Halt | None:
    """Too much was spent since something landed; what was begun is finished first."""
    why = why_idle(state, limits)
    if not why or prospects.landable or state.phase is not Phase.OBSERVE:
        return None
    if prospects.awaiting_review:
        names = ", ".join(f"#{n}" for n in prospects.awaiting_review)
        return Halt(Standing.WAITING, f"{why} Reviewing pull request {names} goes on, too.")
    return Halt(Standing.STUCK, why)


def _person_needed(board: Board, prospects: Prospects) -> Halt | None:
    moving = (
        prospects.executable or prospects.landable or prospects.review_due or prospects.planner_due
    )
    if moving:
        return None
    asks = [f"answer decision #{i.number} with `/decide`" for i in board.open_items
            if i.kind is ItemKind.DECISION]  # fmt: skip
    asks += [_review(n, prospects.awaited.get(n, "")) for n in prospects.awaiting_review]
    blocked = [i.number for i in board.open_items if i.status is Status.BLOCKED]
    if blocked:
        names = ", ".join(f"#{n}" for n in blocked)
        asks.append(f"unblock {names} with `/unblock #{blocked[0]} what to do`")
    if asks:
        return Halt(Standing.WAITING, f"{PERSON}{'; '.join(asks)}.", asked=True)
    return Halt(
        Standing.STUCK,
        "Nothing is left that could be done, and the last plan was not DONE: "
        "comment `/continue` with what should happen.",
    )


def _review(number: int, why: str) -> str:
    return f"review pull request #{number}" + (f" ({why})" if why else "")
