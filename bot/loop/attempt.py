"""One Executor at one assignment: rounds of agent and gates in a worktree of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.agents import (
    ExecutorAnswer,
    ExecutorOutcome,
    Invocation,
    RoleKind,
)
from bot.domain.errors import AgentFailed, AgentUnavailable, Cancelled
from bot.domain.events import AttemptEnded, AttemptStarted, RoundStarted
from bot.domain.orders import Attempt, TreeToGate, task_key
from bot.domain.outputs import AttemptOutcome, AttemptReport, RoundRecord
from bot.domain.plan import Errand
from bot.domain.task import Task
from bot.domain.usage import NOTHING_USED, Usage
from bot.loop.asking import Held, converse, finder, settle
from bot.loop.briefing import briefing, role_of, uncommitted
from bot.loop.gating import judge_tree, judged
from bot.loop.house import House
from bot.loop.keeping import keep_unfinished, left_off, push
from bot.ports.agent import Workplace
from bot.ports.workspace import Worktree
from bot.rules.text import one_line


@dataclass(frozen=True, slots=True)
class Bench:
    """An attempt's files, and the paths in them that conflict."""

    worktree: Worktree
    conflicts: tuple[str, ...] = ()


def attempt(house: House, task: Task) -> AttemptReport:
    """Carry one assignment through its rounds and return what came of it.

    Each round's answer and work are committed, pushed and recorded before the next begins: a
    crash repeats at most the unfinished round, which finds its files as they were.
    """
    house.listener.tell(
        AttemptStarted(
            task.assignment.items,
            task.items[0].issue.title,
            task.assignment.attempt,
            task.assignment.errand.value,
        )
    )
    try:
        report = _rounds(house, task)
    except AgentUnavailable as error:
        report = _ended(house, task, AttemptOutcome.INTERRUPTED, str(error), error.usage)
    except AgentFailed as error:
        report = _ended(house, task, AttemptOutcome.FAILED, str(error), error.usage)
    note = report.question or one_line(report.summary)
    house.listener.tell(AttemptEnded(task.assignment.items, report.outcome, report.rounds, note))
    return report


def _rounds(house: House, task: Task) -> AttemptReport:
    records = recorded_rounds(house, task)
    if records:  # a process that was killed may have recorded the last one and not pushed it
        push(house, task, records[-1].head)
    head = records[-1].head if records else task.assignment.start
    if not house.codebase.contains(
        head, head
    ):  # its branch was deleted, and the machine is another
        head = task.assignment.base
    bench: Bench | None = None
    limit = house.settings.limits.rounds
    for number in range(1, limit + 1):
        if number > len(records):
            if house.cancelled():
                raise Cancelled("Stopped between two rounds; the work so far is kept.")
            if house.desk is not None:
                house.desk.attempt(Attempt(task, left_off(house, task, head), tuple(records)))
            bench = bench or _bench(house, task, left_off(house, task, head))
            records.append(_round(house, task, bench, number, records))
        record = _judged(house, task, records[number - 1])
        records[number - 1] = record
        report = _report(house, task, records)
        if report.outcome is not AttemptOutcome.FAILED or number == limit or _gave_up(record):
            house.worktrees.close(f"{house.root}-{task.name}")
            return report
    raise AssertionError("unreachable: the last round always reports")


def _bench(house: House, task: Task, head: str) -> Bench:
    """Open the worktree at a head, with the base merged in where it lacks."""
    worktree = house.worktrees.open(f"{house.root}-{task.name}", head)
    base = task.assignment.base
    if head == base or house.codebase.contains(base, head):
        return Bench(worktree)
    return Bench(worktree, worktree.merge(base))


def recorded_rounds(house: House, task: Task) -> list[RoundRecord]:
    """Return the rounds of this iteration's attempt that reached the journal, in order.

    A record may have been published by another thread before its branch was, and the machine lost
    with the commit: such a round counts for nothing and is repeated.
    """
    records: list[RoundRecord] = []
    while True:
        name = f"rounds/{task.name}/{len(records) + 1}"
        record = house.journal.output(name, RoundRecord)
        if record is None or not house.codebase.contains(record.head, record.head):
            return records
        if record.gates is None and _says_done(record):
            record = replace(record, gates=judged(house, house.codebase.tree(record.head)))
        records.append(record)


def finished_rounds(house: House, task: Task) -> list[RoundRecord]:
    """Return the rounds of an attempt whose agent says done, and whose gates are not known red."""
    records = recorded_rounds(house, task)
    if not records or not _says_done(records[-1]):
        return []
    gates = records[-1].gates
    return records if gates is None or gates.green else []


def _round(
    house: House,
    task: Task,
    bench: Bench,
    number: int,
    records: list[RoundRecord],
) -> RoundRecord:
    house.listener.tell(RoundStarted(task.assignment.items, number))
    role, kind = role_of(task)
    invocation = Invocation(
        key=f"{task_key(task)}/{number}",
        role=role,
        kind=kind,
        iteration=task.iteration,
        subject=task.subject,
        attempt=task.assignment.attempt,
        round=number,
        prompt=briefing(house, task, number, records, bench.conflicts),
    )
    find = finder(house, task.assignment.start, bench.worktree.path)
    place = Workplace(bench.worktree.path, writable=True, find=find)
    try:
        held = converse(house, invocation, place, task.width)
    except AgentFailed:
        if not bench.conflicts:  # half resolved, they would be no conflicts to the next one
            keep_unfinished(house, task, bench.worktree, number)
        raise
    answer = held.reply.answer
    if not isinstance(answer, ExecutorAnswer):
        settle(house, held, f"Not an Executor's answer: {invocation.key}", {})
        raise AgentFailed(f"The {role} returned another role's answer.")
    try:
        commit = bench.worktree.commit(round_message(house, task, number, answer))
        record = RoundRecord(held.reply, commit)
    except AgentFailed as error:
        # The files cannot be committed as they are: told like a red gate, they can be mended.
        head = records[-1].head if records else task.assignment.start
        record = RoundRecord(held.reply, head, uncommitted(str(error)))
    _keep(house, task, record, number, held)
    return record


def round_message(house: House, task: Task, number: int, answer: ExecutorAnswer) -> str:
    """Return the message of a round's commit: nothing in it acts on GitHub."""
    title = one_line(house.title(answer.title or task.items[0].issue.title), 72)
    references = " ".join(f"Refs #{n}." for n in task.assignment.items)
    return f"{title}\n\nRound {number} of attempt {task.assignment.attempt}. {references}"


def _keep(house: House, task: Task, record: RoundRecord, number: int, held: Held) -> None:
    """Put a round beyond the reach of a crash: branch and record are pushed."""
    path = house.journal.iteration_path(f"rounds/{task.name}/{number}")
    settle(house, held, f"Round {number} of {task.name}", {path: record})
    push(house, task, record.head)
    house.journal.publish()


def _judged(house: House, task: Task, record: RoundRecord) -> RoundRecord:
    """Return the record with its gates' report; they run only when the agent says done."""
    if record.gates is not None or not _says_done(record):
        return record
    tree = house.codebase.tree(record.head)
    wanted = TreeToGate(tree, (record.head,), f"#{task.assignment.lead}")
    return replace(record, gates=judge_tree(house, wanted))


def _says_done(record: RoundRecord) -> bool:
    answer = record.reply.answer
    return isinstance(answer, ExecutorAnswer) and answer.outcome is ExecutorOutcome.DONE


def _gave_up(record: RoundRecord) -> bool:
    answer = record.reply.answer
    return isinstance(answer, ExecutorAnswer) and answer.outcome is ExecutorOutcome.FAILED


def _report(house: House, task: Task, records: list[RoundRecord]) -> AttemptReport:
    """Return the report as it would be if this round were the last."""
    last = records[-1]
    answers = _answers(records)
    answer = answers[-1]
    changed = house.codebase.changed_paths(task.assignment.base, last.head)
    outcome, question = AttemptOutcome.FAILED, ""
    if answer.outcome is ExecutorOutcome.BLOCKED:
        outcome, question = AttemptOutcome.BLOCKED, answer.question or answer.summary
    elif last.gates is not None and last.gates.green and changed and last.head != _asked_of(task):
        outcome = AttemptOutcome.READY
    usage = NOTHING_USED
    for record in records:
        usage = usage.plus(record.reply.usage)
    summary = answer.summary
    unchanged = not changed or last.head == _asked_of(task)
    if last.gates is not None and last.gates.green and unchanged:
        if role_of(task)[1] is RoleKind.WRITER and not changed:
            outcome = AttemptOutcome.NEEDLESS
        else:
            summary = f"Nothing was changed. {summary}"
    return AttemptReport(
        assignment=task.assignment,
        outcome=outcome,
        head=last.head,
        rounds=len(records),
        title=one_line(house.title(answer.title or task.items[0].issue.title), 120),
        summary=summary,
        question=question,
        gates=last.gates,
        wish_known=tuple(dict.fromkeys(w for a in answers for w in a.wish_known)),
        discovered=tuple(dict.fromkeys(d for a in answers for d in a.discovered)),
        touched=changed,
        usage=usage,
    )


def _asked_of(task: Task) -> str:
    """Return the head that is not good enough; empty when there is none."""
    again = task.assignment.errand in (Errand.REVISE, Errand.RECONCILE)
    return task.assignment.start if again else ""


def _ended(
    house: House, task: Task, outcome: AttemptOutcome, why: str, usage: Usage = NOTHING_USED
) -> AttemptReport:
    """Return the report of an attempt whose agent could not go on; its rounds so far count."""
    records = recorded_rounds(house, task)
    answers = _answers(records)
    for record in records:
        usage = usage.plus(record.reply.usage)
    head = records[-1].head if records else task.assignment.start
    if outcome is AttemptOutcome.FAILED and (left := house.codebase.head(task.assignment.branch)):
        head = left.sha  # what the last one left is there, too
    return AttemptReport(
        assignment=task.assignment,
        outcome=outcome,
        head=head,
        rounds=len(records),
        title=task.items[0].issue.title,
        summary=why,
        gates=records[-1].gates if records else None,
        wish_known=tuple(dict.fromkeys(w for a in answers for w in a.wish_known)),
        discovered=tuple(dict.fromkeys(d for a in answers for d in a.discovered)),
        usage=usage,
    )


def _answers(records: list[RoundRecord]) -> list[ExecutorAnswer]:
    return [r.reply.answer for r in records if isinstance(r.reply.answer, ExecutorAnswer)]
