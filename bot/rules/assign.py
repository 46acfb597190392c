"""Which Executors are sent out in this iteration, and on what errand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.domain.board import Board, Item
from bot.domain.outputs import AttemptOutcome, AttemptReport, TrainOutcome
from bot.domain.plan import Assignment, Errand
from bot.domain.run import ItemInput, Ledger
from bot.domain.work import PullRequest, PullRequestState, Snapshot, Status
from bot.rules.approval import objections, unanswered, wanted_changes
from bot.rules.order import by_value, worth_doing_now


@dataclass(frozen=True, slots=True)
class Situation:
    """What the choice is made from."""

    snapshot: Snapshot
    board: Board
    ledger: Ledger
    pull_requests: Mapping[int, int]
    """Item number to the pull request of its latest attempt, open or not."""
    item_input: tuple[ItemInput, ...] = ()
    reviewers: Collection[str] = ()
    """Logins with write permission: their reviews steer."""


def choose_assignments(
    situation: Situation, groups: tuple[tuple[int, ...], ...], limit: int
) -> tuple[Assignment, ...]:
    """Return at most `limit` assignments, the most valuable first.

    `groups` are the Planner's wishes (items that belong to one Executor); a group is kept as far
    as its items can be started together, everything else that is ready goes alone.
    """
    wanted = _wanted(situation, groups)
    ready = {i.number: i for i in situation.board.items if _is_free(i, named=i.number in wanted)}
    chosen: list[Assignment] = []
    taken: set[int] = set()
    for group in (*groups, *((n,) for n in ready)):
        members = tuple(dict.fromkeys(n for n in group if n in ready and n not in taken))
        for part in _together(members, situation.ledger):
            assignment = _assignment(situation, part, ready)
            taken.update(part)
            if assignment is not None:
                taken.update(assignment.items)
                chosen.append(assignment)
    blocking = {
        n: sum(n in i.waiting_for for i in situation.board.items)
        for n in (i.number for i in situation.board.items)
    }
    priorities = {i.number: i.priority for i in situation.board.items}
    return by_value(chosen, priorities, blocking)[:limit]


def _wanted(situation: Situation, groups: tuple[tuple[int, ...], ...]) -> frozenset[int]:
    """Return the items somebody asks for: the Planner, a person, or an item that waits for them."""
    planned = (n for group in groups for n in group)
    asked = (i.item for i in situation.item_input)
    awaited = (n for i in situation.board.open_items for n in i.waiting_for)
    return frozenset((*planned, *asked, *awaited))


def _is_free(item: Item, *, named: bool) -> bool:
    return (
        item.is_open
        and item.status is not Status.BLOCKED
        and not item.waiting_for
        and worth_doing_now(item, named=named)
    )


def _together(members: tuple[int, ...], ledger: Ledger) -> list[tuple[int, ...]]:
    """Split a group: items with a history keep to it, the fresh ones go together."""
    fresh = tuple(n for n in members if _history(n, ledger) is None)
    old: dict[int, list[int]] = {}
    for n in members:
        report = _history(n, ledger)
        if report is not None:
            old.setdefault(report.assignment.lead, []).append(n)
    return [*([fresh] if fresh else []), *(tuple(group) for group in old.values())]


def _history(item: int, ledger: Ledger) -> AttemptReport | None:
    """Return the latest attempt an item was part of: after a split, the one of its own."""
    return next((a for a in reversed(ledger.attempts) if item in a.assignment.items), None)


def _assignment(
    situation: Situation, items: tuple[int, ...], ready: Collection[int]
) -> Assignment | None:
    """Return the errand for items with one common history, or None when they just wait.

    Who shared an attempt goes on with it, unless it is closed, waits, or has a later attempt of
    its own. A pull request cannot be split: it waits until all of its open items are ready.
    """
    snapshot, report = situation.snapshot, _history(items[0], situation.ledger)
    shared = items if report is None else report.assignment.items
    words = tuple(
        f"{i.author} wrote: {i.text}" for i in situation.item_input if i.item in shared and i.text
    )
    if report is None:
        return Assignment(
            items, 1, _branch(snapshot, items[0], 1), snapshot.base_sha, snapshot.base_sha,
            errand=Errand.START, notes=words,
        )  # fmt: skip
    number = situation.pull_requests.get(report.assignment.lead)
    pull_request = snapshot.pull_request(number) if number is not None else None
    if pull_request is not None and pull_request.is_open:
        waits = {i.number for i in situation.board.open_items} - set(ready)
        if waits & set(shared):
            return None
        return _carry_on(situation, report, pull_request, words)
    rest = tuple(n for n in shared if n in ready and _history(n, situation.ledger) is report)
    return _try_again(situation, report, rest, pull_request, words)


def _carry_on(
    situation: Situation,
    report: AttemptReport,
    pull_request: PullRequest,
    words: tuple[str, ...],
) -> Assignment | None:
    """Return the errand for an attempt whose pull request is open."""
    train = situation.ledger.train(pull_request.number)
    was, answers = report.assignment, report.assignment.answers
    failed = report.outcome in (AttemptOutcome.FAILED, AttemptOutcome.BLOCKED)
    wishes = wanted_changes(pull_request, situation.reviewers)
    if wishes and not failed and not unanswered(pull_request, situation.reviewers, answers):
        wishes = ()  # they wait for their reviewers to look again
    if report.outcome is AttemptOutcome.INTERRUPTED:
        errand, notes = was.errand, was.notes
    elif wishes:
        errand, notes = Errand.REVISE, wishes
        given = {r.id for r in objections(pull_request, situation.reviewers)}
        answers = tuple(sorted(given.union(answers)))
    elif (
        train is not None
        and train.head == pull_request.head_sha
        and train.outcome in (TrainOutcome.CONFLICT, TrainOutcome.RED)
    ):
        errand, notes = Errand.RECONCILE, (train.note,)
    elif failed:
        errand, notes = Errand.RETRY, _left_over(report)
    elif words:
        errand, notes = Errand.REVISE, ()
    else:
        return None
    return Assignment(
        was.items, was.attempt, was.branch, pull_request.head_sha, situation.snapshot.base_sha,
        errand=errand, notes=(*notes, *words), pull_request=pull_request.number, answers=answers,
    )  # fmt: skip


def _try_again(
    situation: Situation,
    report: AttemptReport,
    items: tuple[int, ...],
    pull_request: PullRequest | None,
    words: tuple[str, ...],
) -> Assignment:
    """Return a further attempt, or the rest of one that was interrupted."""
    was, snapshot = report.assignment, situation.snapshot
    if report.outcome is AttemptOutcome.INTERRUPTED:
        return Assignment(
            items, was.attempt, was.branch, report.head, snapshot.base_sha,
            errand=was.errand, notes=(*was.notes, *words),
        )  # fmt: skip
    attempt = was.attempt + 1
    closed = pull_request is not None
    notes = _left_over(report) if pull_request is None else (_ended(pull_request),)
    return Assignment(
        items, attempt, _branch(snapshot, items[0], attempt),
        snapshot.base_sha if closed else report.head, snapshot.base_sha,
        errand=Errand.RETRY, notes=(*notes, *words),
    )  # fmt: skip


def _ended(pull_request: PullRequest) -> str:
    name = f"Pull request #{pull_request.number} of the last attempt"
    if pull_request.state is PullRequestState.MERGED:
        return f"{name} was merged, and the item is still open: find what is missing."
    return f"{name} was closed unmerged."


def _left_over(report: AttemptReport) -> tuple[str, ...]:
    if report.outcome is AttemptOutcome.BLOCKED:
        return (f"The last attempt asked: {report.question}",)
    findings = report.gates.findings if report.gates else ()
    return tuple(f"The last attempt ended red: {f.message}" for f in findings[:3])


def _branch(snapshot: Snapshot, lead: int, attempt: int) -> str:
    return f"specloop/{snapshot.root.number}/{lead}/{attempt}"
