"""Phase 3, execute: one Executor per assignment, side by side, isolated, gated by the bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.board import Board, Item
from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CreateComment,
    CreatePullRequest,
    Effect,
    Outcome,
    SetCommitStatus,
)
from bot.domain.errors import Elsewhere
from bot.domain.outputs import AttemptOutcome, AttemptReport, ExecuteOutput
from bot.domain.plan import Assignment
from bot.domain.run import AcceptedSpec, Ledger
from bot.domain.task import Task
from bot.domain.work import CloseReason, Snapshot
from bot.loop.attempt import attempt, finished_rounds
from bot.loop.brief import repository_brief
from bot.loop.fan_out import fan_out
from bot.loop.foreseeing import merges_of
from bot.loop.house import House
from bot.loop.journal import pull_request_key
from bot.loop.notes import attempt_note
from bot.rules.text import counted, visible

STATUS_CONTEXT = "specloop/gates"


@dataclass(frozen=True, slots=True)
class ExecuteInput:
    """What the Executors are sent out with."""

    snapshot: Snapshot
    board: Board
    spec: AcceptedSpec
    iteration: int
    assignments: tuple[Assignment, ...]
    learnings: tuple[str, ...]


def execute(house: House, given: ExecuteInput) -> ExecuteOutput:
    """Carry out all assignments in parallel and return their reports in the order given."""
    if not given.assignments:
        return ExecuteOutput()
    brief = repository_brief(house, given.snapshot.base_sha)
    found = (_task(house, given, a, brief) for a in given.assignments)
    tasks = [task for task in found if task.items]
    side_by_side = len(tasks) if house.desk else house.settings.limits.executors
    width = max(1, min(side_by_side, len(tasks)))
    try:
        reports = fan_out(
            [_bound(house, replace(task, width=width)) for task in tasks],
            width=width,
            tick=house.tick,
        )
    except Elsewhere:
        _foresee(house, given, tasks)
        raise
    return ExecuteOutput(tuple(reports))


def _foresee(house: House, given: ExecuteInput, tasks: list[Task]) -> None:
    """Let the job that runs the gates on finished work also run them on what it would land."""
    done = [(t, records[-1].head) for t in tasks if (records := finished_rounds(house, t))]
    priorities = {i.number: i.priority for i in given.board.items}
    trees = merges_of(house, given.snapshot.base_branch, done, priorities)
    if house.desk is not None and trees:
        house.desk.gate(*trees)


def _bound(house: House, task: Task) -> Callable[[], AttemptReport]:
    return lambda: attempt(house, task)


def _task(
    house: House, given: ExecuteInput, assignment: Assignment, brief: dict[str, object]
) -> Task:
    items = tuple(item for n in assignment.items if (item := given.board.item(n)) is not None)
    return Task(
        assignment=assignment,
        items=items,
        iteration=given.iteration,
        spec=given.spec,
        repository=brief,
        learnings=given.learnings,
        discussion=tuple(
            visible(line) for item in items for line in _discussion(house, given, item)
        ),
    )


def _discussion(house: House, given: ExecuteInput, item: Item) -> list[str]:
    """Only people who may steer are heard; what the bot itself wrote is known already."""
    return [
        f"{c.author} on #{item.number}: {c.body}"
        for c in item.issue.comments
        if c.author != given.snapshot.viewer and house.tracker.permission(c.author).can_write
    ]


def executed_effects(house: House, given: ExecuteInput, output: ExecuteOutput) -> list[Effect]:
    """Return what GitHub is told of the attempts: pull requests, statuses, questions."""
    effects: list[Effect] = []
    for report in output.reports:
        match report.outcome:
            case AttemptOutcome.READY:
                effects += _ready(house, given, report)
            case AttemptOutcome.BLOCKED:
                effects += _blocked(house, given, report)
            case AttemptOutcome.FAILED:
                effects += _failed(house, given, report)
            case AttemptOutcome.NEEDLESS:
                effects += _needless(house, report)
            case AttemptOutcome.INTERRUPTED:
                pass
    return effects


def _ready(house: House, given: ExecuteInput, report: AttemptReport) -> list[Effect]:
    was = report.assignment
    effects: list[Effect] = []
    if was.pull_request is None:
        effects.append(
            CreatePullRequest(
                key=pull_request_key(was.lead, was.attempt),
                head=was.branch,
                base=given.snapshot.base_branch,
                title=report.title,
                body=house.words.render("pulls/body", report=report),
                head_sha=report.head,
            )
        )
    return [*effects, gates_status(report.head, len(report.gates.results) if report.gates else 0)]


def gates_status(head: str, gates: int) -> SetCommitStatus:
    """Return the effect that shows a head's gates, of that number, as green."""
    told = f"{counted(gates, 'gate')} {'is' if gates == 1 else 'are'} green"
    return SetCommitStatus(f"status/{head}", head, STATUS_CONTEXT, green=True, description=told)


def restore_branches(house: House, output: ExecuteOutput) -> None:
    """Push once more what somebody deleted of the work that gets its pull request now."""
    waiting = [
        r for r in output.reports
        if r.outcome is AttemptOutcome.READY and r.assignment.pull_request is None
        and house.journal.receipt(pull_request_key(r.assignment.lead, r.assignment.attempt)) is None
    ]  # fmt: skip
    if not waiting:
        return
    house.codebase.fetch()
    for report in waiting:
        branch, head = report.assignment.branch, report.head
        if house.codebase.head(branch) is None and house.codebase.contains(head, head):
            house.lease.check()
            house.worktrees.push(branch, head, None)


def _needless(house: House, report: AttemptReport) -> list[Effect]:
    lead = report.assignment.lead
    key = f"needless/{lead}.{report.assignment.attempt}"
    body = house.words.render("comments/needless", report=report)
    return [
        CreateComment(f"{key}/comment", lead, body),
        CloseIssue(f"{key}/close", lead, CloseReason.COMPLETED),
    ]


def refused_effects(house: House, output: ExecuteOutput) -> list[Effect]:
    """Return what a person is told when GitHub took no pull request for work that is ready.

    Trying again would pay for the same refusal: a setting or a rule of the repository forbids it.
    Not so when the branch was just deleted: the next attempt pushes the work again.
    """
    effects: list[Effect] = []
    for report in output.reports:
        was = report.assignment
        key = pull_request_key(was.lead, was.attempt)
        receipt = house.journal.receipt(key)
        if receipt is None or receipt.outcome is not Outcome.REFUSED:
            continue
        house.codebase.fetch()
        if house.codebase.head(was.branch) is None:
            continue
        body = house.words.render("comments/refused", report=report, why=receipt.note)
        effects.append(CreateComment(f"{key}/refused", was.lead, body))
        label = house.settings.labels.blocked
        effects.append(AddLabels(f"{key}/blocked", was.lead, (label,)))
    return effects


def _blocked(house: House, given: ExecuteInput, report: AttemptReport) -> list[Effect]:
    lead = report.assignment.lead
    key = f"blocked/{lead}.{report.assignment.attempt}/{given.iteration}"
    body = house.words.render("comments/blocked", report=report, item=lead)
    return [
        CreateComment(f"{key}/comment", lead, body),
        AddLabels(f"{key}/label", lead, (house.settings.labels.blocked,)),
    ]


def _failed(house: House, given: ExecuteInput, report: AttemptReport) -> list[Effect]:
    lead = report.assignment.lead
    key = f"failed/{lead}.{report.assignment.attempt}/{given.iteration}"
    failures = house.journal.ledger.failures.get(str(lead), 0) + 1
    last = failures >= house.settings.limits.attempts
    kept = house.codebase.head(report.assignment.branch) is not None
    body = house.words.render(
        "comments/failed", report=report, item=lead, failures=failures, last=last, kept=kept
    )
    if not last:
        return [attempt_note(house, lead, key, body)]
    label = AddLabels(f"{key}/label", lead, (house.settings.labels.blocked,))
    return [CreateComment(f"{key}/comment", lead, body), label]


def absorb_attempts(ledger: Ledger, output: ExecuteOutput) -> Ledger:
    """Return the ledger with the latest attempt of each item and its failures counted."""
    new = {r.assignment.lead: r for r in output.reports}
    failures = dict(ledger.failures)
    for lead, report in new.items():
        if report.outcome is AttemptOutcome.FAILED:
            failures[str(lead)] = failures.get(str(lead), 0) + 1
        elif report.outcome is AttemptOutcome.READY:
            failures.pop(str(lead), None)
    kept = tuple(r for r in ledger.attempts if r.assignment.lead not in new)
    found = (f"#{r.assignment.lead}: {d}" for r in output.reports for d in r.discovered)
    troubles = tuple(
        f"The attempt at #{r.assignment.lead} ended {r.outcome.value}: {r.question or r.summary}"
        for r in output.reports
        if r.outcome not in (AttemptOutcome.READY, AttemptOutcome.NEEDLESS)
    )
    return replace(
        ledger,
        attempts=(*kept, *output.reports),
        failures=failures,
        discovered=(*ledger.discovered, *found),
        troubles=(*ledger.troubles, *troubles),
    )
