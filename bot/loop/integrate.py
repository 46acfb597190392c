"""Phase 4, integrate: a train. What would land is computed, gated, merged, and compared."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events import TrainMoved
from bot.domain.orders import TreeToGate
from bot.domain.outputs import IntegrateOutput, TrainOutcome, TrainReport
from bot.domain.work import Priority, PullRequest, PullRequestState
from bot.loop.foreseeing import stacked
from bot.loop.gating import judged
from bot.loop.house import House
from bot.loop.landing import Landing, first_finding, judged_aside, land, landed
from bot.loop.passenger import Passenger, head_of, hindrance
from bot.rules.order import train_order


@dataclass(frozen=True, slots=True)
class IntegrateInput:
    """What the train is made of."""

    base_branch: str
    passengers: tuple[Passenger, ...]
    priorities: dict[int, Priority]


def integrate(house: House, given: IntegrateInput) -> IntegrateOutput:
    """Take each ready pull request in order; main is green at every commit.

    A merge that an earlier process sent is found as merged and checked like any other. Raises
    ServiceError when GitHub cannot be reached, LeaseLost when this process may not write.
    """
    order = train_order(((p.pull_request, p.items) for p in given.passengers), given.priorities)
    passengers = {p.pull_request: p for p in given.passengers}
    read = house.tracker.pull_requests(order) if order else ()
    present = {p.number: p for p in read}
    house.codebase.fetch()
    reports: list[TrainReport] = []
    for number in order:
        pull_request = present.get(number)
        if pull_request is None or pull_request.state is PullRequestState.CLOSED:
            continue
        house.tick()
        later = order[order.index(number) + 1 :]
        behind = [(passengers[n], present[n]) for n in later if n in present]
        train = _Train(given.base_branch, passengers[number], pull_request, tuple(behind))
        report = _board(house, train)
        reports.append(report)
        house.listener.tell(TrainMoved(number, report.outcome, report.note))
    head = head_of(house, given.base_branch)
    return IntegrateOutput(
        reports=tuple(reports),
        base_sha=head.sha,
        base_tree=head.tree,
        base_gates=judged_aside(house, TreeToGate(head.tree, (head.sha,), given.base_branch)),
    )


@dataclass(frozen=True, slots=True)
class _Train:
    """A pull request whose turn it is, and those behind it."""

    base_branch: str
    passenger: Passenger
    pull_request: PullRequest
    behind: tuple[tuple[Passenger, PullRequest], ...]


def _board(house: House, train: _Train) -> TrainReport:
    """Carry one pull request as far as it may go."""
    base_branch, passenger, pull_request = train.base_branch, train.passenger, train.pull_request
    number, items, head = pull_request.number, passenger.items, pull_request.head_sha
    if pull_request.state is PullRequestState.MERGED:
        return landed(house, base_branch, passenger, pull_request.merge_commit or "", "")
    waits = hindrance(house, passenger, pull_request, base_branch)
    if waits:
        return TrainReport(number, items, TrainOutcome.WAITING, head, note=waits)
    base = head_of(house, base_branch)
    merged = house.codebase.merge_tree(base.sha, head)
    if merged.tree is None:
        note = f"Merging {base_branch} conflicts in {', '.join(merged.conflicts)}."
        return TrainReport(number, items, TrainOutcome.CONFLICT, head, note=note)
    wanted = TreeToGate(merged.tree, (base.sha, head), f"merge of #{number}")
    if house.desk is not None and judged(house, merged.tree) is None:
        house.desk.gate(wanted, *_foreseen(house, train, wanted))
    gates = judged_aside(house, wanted)
    if not gates.green:
        note = f"Merged with {base_branch} it is red: {first_finding(gates)}"
        return TrainReport(number, items, TrainOutcome.RED, head, merged.tree, note=note)
    return land(house, Landing(passenger, pull_request, base_branch, base.sha, gates))


def _foreseen(house: House, train: _Train, first: TreeToGate) -> list[TreeToGate]:
    """Return what the train would land after the first if all is green: one job gates it all."""
    behind = [
        (p.head_sha, f"merge of #{p.number}")
        for passenger, p in train.behind
        if p.is_open and not hindrance(house, passenger, p, train.base_branch)
    ]
    return stacked(house, first, behind)
