"""Taking in what other jobs bring back: each thing is checked against the order it answers.

What is taken in stands in the record as if this process had heard it and been killed right after;
the iteration then finds it there. What is refused counts as not delivered, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from bot.domain.agents import ExecutorAnswer
from bot.domain.errors import AgentFailed, AgentUnavailable, DeliveryRefused
from bot.domain.invocations import Ended, answer_path
from bot.domain.orders import (
    Attempt,
    Delivery,
    Failed,
    Inspection,
    Noted,
    OrdersOut,
    Parcel,
    Question,
    task_key,
)
from bot.domain.outputs import RoundRecord
from bot.domain.task import Task
from bot.loop.attempt import round_message
from bot.loop.briefing import role_of
from bot.loop.gating import keep
from bot.loop.house import House
from bot.loop.keeping import push, unfinished_message
from bot.ports.workspace import Commit
from bot.rules.delivery import believed, check_conversation, check_reply, check_report

ORDERS = "orders.json"
MOST_TRIES = 20
"""Conversations that one order may have cost."""
LOST = "its job ended without a result"


def take_in(house: House, parcels: Mapping[str, Parcel], run: str) -> tuple[Failed, ...]:
    """Record what came of the orders that are out; return those without a result.

    `parcels` are by order name, `run` is this workflow run. An order of this run that has none has
    failed. One of a former run, which died, is given out anew, unless its agent had failed.
    """
    out = orders_out(house)
    failed = list(out.failed) if out.run == run else []
    for noted in out.orders:
        parcel = parcels.get(noted.name)
        failure = _failure(house, noted, parcel)
        if failure is not None and (out.run == run or failure.ended is Ended.FAILED):
            failed.append(failure)
    if out.orders or len(failed) != len(out.failed):
        left = OrdersOut(run, (), tuple(failed))
        house.journal.update("Take in what was delivered", files={ORDERS: left})
        house.journal.publish()
    return tuple(failed)


def orders_out(house: House) -> OrdersOut:
    """Return the orders that are out, and the run whose jobs carry them out."""
    return house.journal.file(ORDERS, OrdersOut) or OrdersOut()


def note(house: House, orders: tuple[Noted, ...], run: str, failed: tuple[Failed, ...]) -> None:
    """Record the orders that are out, before anybody carries them out."""
    out = OrdersOut(run, orders, failed)
    house.journal.update(f"Order {', '.join(o.name for o in orders)}", files={ORDERS: out})
    house.journal.publish()


def _failure(house: House, noted: Noted, parcel: Parcel | None) -> Failed | None:
    """Accept a parcel, or return why there is no result."""
    if parcel is None:
        return Failed(noted.name, Ended.UNAVAILABLE, f"{noted.name}: {LOST}.")
    try:
        made = _accept(house, noted, parcel)
    except DeliveryRefused as error:
        why = f"What the job {noted.name} delivered was refused: {error}"
        return Failed(noted.name, Ended.UNAVAILABLE, why)
    if made.ended is Ended.ANSWERED:
        return None
    return Failed(noted.name, made.ended, made.why, made.again_at)


def _accept(house: House, noted: Noted, parcel: Parcel) -> Delivery:
    made = parcel.delivery
    if made is None:
        raise DeliveryRefused(parcel.refused)
    if made.name != noted.name:
        raise DeliveryRefused(f"it is for {made.name!r}.")
    if (made.nonce, made.digest) != (noted.nonce, noted.digest):
        raise DeliveryRefused("it answers another order, perhaps an earlier one.")
    if len(made.conversations) > MOST_TRIES:
        raise DeliveryRefused(f"it tells of {len(made.conversations)} conversations.")
    match noted.work:
        case Question() as question:
            _answered(house, question, made)
        case Attempt() as attempt:
            _attempted(house, attempt, made, parcel.objects)
        case Inspection() as inspection:
            _gated(house, inspection, made)
    return made


def _answered(house: House, question: Question, made: Delivery) -> None:
    """Record one conversation; the reply, if any, is one that its role may give."""
    asked = question.invocation
    if made.rounds or made.reports:
        raise DeliveryRefused("it holds what nobody asked for.")
    reply = made.reply
    if reply is not None:
        check_reply(reply, asked.kind)
    if reply is not None and not made.conversations:
        raise DeliveryRefused("it holds an answer and no conversation.")
    for held in made.conversations:
        check_conversation(held, asked.key, asked.role)
    for number, held in enumerate(made.conversations, 1):
        last = number == len(made.conversations)
        files = {answer_path(asked.key): reply} if last and reply is not None else {}
        house.purse.book(held, f"Take in {asked.key}", files)


def _attempted(house: House, attempt: Attempt, made: Delivery, objects: bytes) -> None:
    """Record an attempt's new rounds, whose commits are what their answers say they are."""
    task = attempt.task
    if made.reply is not None or made.reports:
        raise DeliveryRefused("it holds what nobody asked for.")
    if len(attempt.rounds) + len(made.rounds) > house.settings.limits.rounds:
        raise DeliveryRefused(f"it holds {len(made.rounds)} rounds.")
    first = len(attempt.rounds) + 1
    keys = {f"{task_key(task)}/{n}": n for n in range(first, first + len(made.rounds) + 1)}
    for held in made.conversations:
        if held.key not in keys:
            raise DeliveryRefused(f"it tells of the conversation {held.key[:80]!r}.")
        check_conversation(held, held.key, role_of(task)[0])
    rounds = [believed(record) for record in made.rounds]
    head = made.kept or (rounds[-1].head if rounds else attempt.head)
    left = list(house.worktrees.receive(objects, attempt.head, head))
    last = _check_commits(house, attempt, rounds, left)
    _check_kept(task, first + len(rounds), left, last)
    for held in made.conversations:
        number = keys[held.key]
        answered = held.ended is Ended.ANSWERED and number - first < len(rounds)
        path = house.journal.iteration_path(f"rounds/{task.name}/{number}")
        files = {path: rounds[number - first]} if answered else {}
        house.purse.book(held, f"Take in {held.key}", files)
    if made.kept:
        with suppress(AgentFailed, AgentUnavailable):  # somebody else's branch, or GitHub's no
            push(house, task, made.kept)


def _check_commits(
    house: House, attempt: Attempt, rounds: list[RoundRecord], left: list[Commit]
) -> str:
    """Take from the list what the bot would have made of these answers; return the last head.

    Refuses commits that it would not.
    """
    head = attempt.head
    first, base = len(attempt.rounds) + 1, attempt.task.assignment.base
    for number, record in enumerate(rounds, first):
        if record.head == head:
            continue
        commit = left.pop(0) if left else None
        if commit is None or commit.sha != record.head:
            raise DeliveryRefused(f"round {number} names a commit that is not its own.")
        merges = commit.parents[1:]
        if commit.parents[0] != head or (merges and merges != (base,)):
            raise DeliveryRefused(f"the commit of round {number} has other parents.")
        answer = record.reply.answer
        told = isinstance(answer, ExecutorAnswer) and round_message(
            house, attempt.task, number, answer
        )
        if not commit.ours or commit.message != told:
            raise DeliveryRefused(f"the commit of round {number} is not signed as it should be.")
        head = record.head
    return head


def _check_kept(task: Task, number: int, left: list[Commit], head: str) -> None:
    """Refuse anything behind the last round but one commit with what the next one left."""
    for commit in left[:1]:
        kept = unfinished_message(task, number)
        merges = commit.parents[1:] in ((), (task.assignment.base,))
        made = commit.ours and commit.parents[0] == head and commit.message == kept
        if not (made and merges):
            raise DeliveryRefused("it holds a commit that belongs to no round.")
    if left[1:]:
        raise DeliveryRefused("it holds commits that belong to no round.")


def _gated(house: House, inspection: Inspection, made: Delivery) -> None:
    """Record what the gates said of the trees that were asked for, and of no other."""
    if made.reply is not None or made.rounds or made.conversations:
        raise DeliveryRefused("it holds what nobody asked for.")
    wanted = {t.tree: t.subject for t in inspection.trees}
    names = [g.name for g in house.settings.gates]
    for report in made.reports:
        if report.tree not in wanted:
            raise DeliveryRefused(f"it judges the tree {report.tree[:40]!r}, which nobody named.")
        check_report(report, names)
    for report in made.reports:
        keep(house, report, wanted[report.tree])
