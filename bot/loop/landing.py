"""Landing a pull request whose merge is green: merged, and compared with what was tested."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.effects import MergePullRequest, Outcome, Receipt
from bot.domain.errors import BranchRefused, ServiceError
from bot.domain.findings import GateReport
from bot.domain.orders import TreeToGate
from bot.domain.outputs import TrainOutcome, TrainReport
from bot.domain.work import PullRequest, PullRequestState
from bot.loop.execute import gates_status
from bot.loop.fan_out import aside
from bot.loop.gating import first_line, judge_tree
from bot.loop.house import House
from bot.loop.passenger import Passenger, head_of, hindrance
from bot.rules.approval import facts

BEHIND = "BEHIND"
"""GitHub's word for a head that must hold the base first."""
TRY_AGAIN = ""
"""What GitHub never shows: so the next look tries again."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A pull request that may land, with what merging it would give."""

    passenger: Passenger
    pull_request: PullRequest
    base_branch: str
    base: str
    """The commit of the base that it was gated with."""
    gates: GateReport
    """Of the merge's tree: green."""

    def report(self, outcome: TrainOutcome, head: str, note: str) -> TrainReport:
        """Return what came of it."""
        number, items = self.pull_request.number, self.passenger.items
        return TrainReport(number, items, outcome, head, self.gates.tree, note=note)


def land(house: House, landing: Landing) -> TrainReport:
    """Merge a pull request, after an update with its base where the repository demands one."""
    head = landing.pull_request.head_sha
    receipt = _merge(house, landing, head)
    if receipt.outcome is Outcome.DONE:
        return _landed(house, landing, receipt.sha)
    now = _read(house, landing)
    if now.state is PullRequestState.MERGED:  # say by GitHub itself, once its checks were green
        return _landed(house, landing, now.merge_commit)
    if now.merge_state == BEHIND and now.head_sha == head:
        return _land_updated(house, landing, now)
    return _refused(landing, head, _why(receipt), facts(landing.pull_request))


def _land_updated(house: House, landing: Landing, now: PullRequest) -> TrainReport:
    """Merge the base into the branch, and then the branch.

    The tree is the one that was gated, so that nothing comes in that nobody judged.
    """
    branch, base, head = now.head_branch, landing.base_branch, now.head_sha
    if waits := hindrance(house, landing.passenger, now, base):
        return landing.report(TrainOutcome.WAITING, head, waits)
    house.codebase.fetch()
    if head_of(house, base).sha != landing.base:
        return _refused(landing, head, f"{base} moved while its gates ran.", TRY_AGAIN)
    asked = f"GitHub demands that it is brought up to date with {base} first"
    message = f"Merge {base} into {branch}"
    made = house.codebase.committed(landing.gates.tree, (head, landing.base), message)
    house.lease.check()
    try:
        moved = house.worktrees.push(branch, made, head)
    except BranchRefused as error:
        note = f"{asked}, and a person must do that: {error}"
        return _refused(landing, head, note, facts(now))
    if not moved:
        return _refused(landing, head, f"{asked}, and somebody else moved it.", TRY_AGAIN)
    seen = facts(_read(house, landing))
    receipt = _merge(house, landing, made)
    if receipt.outcome is Outcome.DONE:
        return _landed(house, landing, receipt.sha)
    return _refused(landing, made, _why(receipt), seen)


def _read(house: House, landing: Landing) -> PullRequest:
    found = house.tracker.pull_requests([landing.pull_request.number])
    return found[0] if found else landing.pull_request


def _why(receipt: Receipt) -> str:
    return f"GitHub did not merge it: {receipt.note}"


def _refused(landing: Landing, head: str, note: str, seen: str) -> TrainReport:
    """Return a report of what is tried again once GitHub shows something else than `seen`.

    That was read before the try: what changed during it may be what it lacked.
    """
    return replace(landing.report(TrainOutcome.REFUSED, head, note), seen=seen)


def _merge(house: House, landing: Landing, head: str) -> Receipt:
    """Merge a head; it bears the gates' colour, also where a person pushed it."""
    number = landing.pull_request.number
    effect = MergePullRequest(
        key=f"merge/{house.journal.state.iteration}/{number}/{head}",
        number=number,
        head_sha=head,
        method=house.settings.merge_method,
        title=f"{landing.pull_request.title} (#{number})",
        message=house.words.render("pulls/merge", report=landing.passenger.attempt),
    )
    status = gates_status(head, len(landing.gates.results))
    known = house.journal.receipt(status.key)
    if known is not None and known.outcome is Outcome.REFUSED:  # the token may do more by now
        status = replace(status, key=f"{status.key}/{house.journal.state.iteration}")
    receipt = house.performer.perform([status, effect]).get(effect.key)
    if receipt is None or receipt.outcome is Outcome.UNKNOWN:
        raise ServiceError(
            f"GitHub did not say whether pull request #{number} was merged; "
            "the next run looks and goes on from there."
        )
    return receipt


def _landed(house: House, landing: Landing, commit: str | None) -> TrainReport:
    return landed(house, landing.base_branch, landing.passenger, commit or "", landing.gates.tree)


def landed(
    house: House, base_branch: str, passenger: Passenger, commit: str, tested: str
) -> TrainReport:
    """Compare what landed with what was tested; if they differ it is gated again at once."""
    house.codebase.fetch()
    at = commit or head_of(house, base_branch).sha
    tree = house.codebase.tree(at)
    note = ""
    if tree != tested:
        gates = judged_aside(house, TreeToGate(tree, (at,), base_branch))
        if not gates.green:
            note = f"{base_branch} is red since it landed: {first_finding(gates)}"
    return TrainReport(
        passenger.pull_request,
        passenger.items,
        TrainOutcome.MERGED,
        passenger.attempt.head,
        tested_tree=tree,
        landed_commit=commit,
        note=note,
    )


def judged_aside(house: House, wanted: TreeToGate) -> GateReport:
    """Return the gates' results of a tree; the lease is kept while they run."""
    return aside(lambda: judge_tree(house, wanted), house.tick)


def first_finding(gates: GateReport) -> str:
    """Return in one line why gates are red."""
    return next((why for r in gates.results if (why := first_line(r))), "a gate failed")
