"""Landing a pull request whose merge is green: merged, and compared with what was tested."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects import MergePullRequest, Outcome, Receipt
from bot.domain.errors import BranchRefused, ServiceError
from bot.domain.findings import GateReport
from bot.domain.orders import TreeToGate
from bot.domain.outputs import AttemptReport, TrainOutcome, TrainReport
from bot.domain.work import PullRequest
from bot.loop.execute import gates_status
from bot.loop.fan_out import aside
from bot.loop.gating import first_line, judge_tree
from bot.loop.house import House
from bot.ports.workspace import Head
from bot.rules.approval import facts

BEHIND = "BEHIND"
"""GitHub's word for a head that must hold the base first."""


@dataclass(frozen=True, slots=True)
class Passenger:
    """One pull request that may land: the attempt behind it."""

    pull_request: int
    attempt: AttemptReport
    labels: tuple[str, ...] = ()
    """Of its items and the spec."""

    @property
    def items(self) -> tuple[int, ...]:
        """The items it closes."""
        return self.attempt.assignment.items


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


def land(house: House, landing: Landing) -> TrainReport:
    """Merge a pull request, after an update with its base where the repository demands one."""
    number, head = landing.pull_request.number, landing.pull_request.head_sha
    receipt = _merge(house, landing, head)
    if receipt.outcome is Outcome.DONE:
        return _landed(house, landing, receipt)
    (now,) = house.tracker.pull_requests([number]) or (landing.pull_request,)
    note = f"GitHub did not merge it: {receipt.note}"
    if now.merge_state == BEHIND and now.head_sha == head:
        head, note = _bring_up_to_date(house, landing)
        if not note:
            receipt = _merge(house, landing, head)
            if receipt.outcome is Outcome.DONE:
                return _landed(house, landing, receipt)
            note = f"GitHub did not merge it: {receipt.note}"
            (now,) = house.tracker.pull_requests([number]) or (now,)
    return TrainReport(
        number, landing.passenger.items, TrainOutcome.REFUSED, head, landing.gates.tree,
        note=note, seen=facts(now),
    )  # fmt: skip


def _bring_up_to_date(house: House, landing: Landing) -> tuple[str, str]:
    """Merge the base into the branch; return its head, and why it could not be done, if so.

    The tree is the one that was gated, so nothing comes in that nobody judged, and an approval of
    what the branch added is worth what it was.
    """
    pull_request, base = landing.pull_request, landing.base_branch
    branch, head = pull_request.head_branch, pull_request.head_sha
    asked = f"GitHub demands that it is brought up to date with {base} first"
    message = f"Merge {base} into {branch}"
    made = house.codebase.committed(landing.gates.tree, (head, landing.base), message)
    house.lease.check()
    try:
        moved = house.worktrees.push(branch, made, head)
    except BranchRefused as error:
        return head, f"{asked}, and a person must do that: {error}"
    return (made, "") if moved else (head, f"{asked}, and somebody else moved its branch.")


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
    receipt = house.performer.perform([status, effect]).get(effect.key)
    if receipt is None or receipt.outcome is Outcome.UNKNOWN:
        raise ServiceError(
            f"GitHub did not say whether pull request #{number} was merged; "
            "the next run looks and goes on from there."
        )
    return receipt


def _landed(house: House, landing: Landing, receipt: Receipt) -> TrainReport:
    return landed(
        house, landing.base_branch, landing.passenger, receipt.sha or "", landing.gates.tree
    )


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


def head_of(house: House, branch: str) -> Head:
    """Return the head of a branch that must be there. Raises ServiceError."""
    head = house.codebase.head(branch)
    if head is None:
        raise ServiceError(f"The branch {branch} is gone; restore it and run again.")
    return head


def first_finding(gates: GateReport) -> str:
    """Return in one line why gates are red."""
    return next((why for r in gates.results if (why := first_line(r))), "a gate failed")
