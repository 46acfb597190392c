"""How far what a job brings back is believed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import isfinite

from bot.domain.agents import ExecutorAnswer, Reply, RoleKind
from bot.domain.errors import DeliveryRefused
from bot.domain.findings import GateReport
from bot.domain.invocations import InvocationRecord
from bot.domain.outputs import RoundRecord
from bot.domain.plan import PlannerAnswer
from bot.domain.usage import Usage
from bot.domain.verdict import SpecialistAnswer, VerifierAnswer

_ANSWERS = {
    RoleKind.PLANNER: PlannerAnswer,
    RoleKind.VERIFIER: VerifierAnswer,
    RoleKind.SPECIALIST: SpecialistAnswer,
    RoleKind.EXECUTOR: ExecutorAnswer,
    RoleKind.WRITER: ExecutorAnswer,
}


def believed(record: RoundRecord) -> RoundRecord:
    """Return a round as far as it is believed: red gates harm only itself, green ones land.

    So a green word waits for the job that runs gates and holds no secret. Raises DeliveryRefused
    for another role's answer.
    """
    check_reply(record.reply, RoleKind.EXECUTOR)
    red = record.gates is not None and not record.gates.green
    return record if red else replace(record, gates=None)


def check_reply(reply: Reply, kind: RoleKind) -> None:
    """Refuse an answer that a role of that kind may not give."""
    if not isinstance(reply.answer, _ANSWERS[kind]):
        raise DeliveryRefused(f"it is no {kind.value}'s answer.")
    check_usage(reply.usage)


def check_conversation(held: InvocationRecord, key: str, role: str) -> None:
    """Refuse a conversation that nobody was sent to hold."""
    if (held.key, held.role) != (key, role):
        raise DeliveryRefused(f"it tells of the conversation {held.key[:80]!r}.")
    check_usage(held.usage)


def check_report(report: GateReport, gates: Collection[str]) -> None:
    """Refuse a report of other gates than the configured ones, and green without all of them."""
    ran = [r.gate for r in report.results]
    if len(set(ran)) != len(ran) or not set(ran) <= set(gates):
        raise DeliveryRefused("it tells of gates that are not configured.")
    if report.green and set(ran) != set(gates):
        raise DeliveryRefused("it calls a tree green that not all gates were run on.")
    if any(r.tree != report.tree or not isfinite(r.seconds) for r in report.results):
        raise DeliveryRefused("a gate's result is for another tree.")


def check_usage(usage: Usage) -> None:
    """Refuse a usage that would give money back."""
    counts = (usage.requests, usage.input_tokens, usage.output_tokens, usage.cached_tokens)
    amounts = (usage.cost_usd, usage.seconds)
    if min(counts) < 0 or any(not isfinite(a) or a < 0 for a in amounts):
        raise DeliveryRefused("it tells of a usage that cannot be.")
