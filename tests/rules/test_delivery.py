"""What of a delivery is believed."""

from datetime import UTC, datetime
from math import inf, nan

import pytest

from bot.domain.agents import ExecutorAnswer, ExecutorOutcome, Reply, RoleKind
from bot.domain.errors import DeliveryRefused
from bot.domain.findings import GateReport, GateResult
from bot.domain.invocations import Ended, InvocationRecord
from bot.domain.outputs import RoundRecord
from bot.domain.usage import Usage
from bot.domain.verdict import VerifierAnswer
from bot.rules.delivery import (
    believed,
    check_conversation,
    check_reply,
    check_report,
    check_usage,
)

DONE = Reply(ExecutorAnswer(ExecutorOutcome.DONE, "It is done."))


def report(*results: tuple[str, bool], tree: str = "t") -> GateReport:
    return GateReport("t", tuple(GateResult(g, tree, passed=p, seconds=1) for g, p in results))


def test_a_green_word_is_not_believed_and_a_red_one_is():
    green, red = report(("tests", True)), report(("tests", False))
    assert believed(RoundRecord(DONE, "h", green)).gates is None
    assert believed(RoundRecord(DONE, "h", red)).gates == red
    assert believed(RoundRecord(DONE, "h")).gates is None


def test_a_round_with_another_roles_answer_is_refused():
    with pytest.raises(DeliveryRefused, match="no executor's answer"):
        believed(RoundRecord(Reply(VerifierAnswer(met=True, rationale="r", criteria=())), "h"))


@pytest.mark.parametrize("kind", [k for k in RoleKind if k is not RoleKind.VERIFIER])
def test_only_a_verifier_may_give_a_verdict(kind: RoleKind):
    verdict = Reply(VerifierAnswer(met=True, rationale="r", criteria=()))
    check_reply(verdict, RoleKind.VERIFIER)
    with pytest.raises(DeliveryRefused):
        check_reply(verdict, kind)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (report(("tests", True), ("lint", True)), ""),
        (report(("tests", False)), ""),
        (report(("tests", True)), "not all gates"),
        (report(), "not all gates"),
        (report(("tests", True), ("lint", True), ("mine", True)), "not configured"),
        (report(("tests", True), ("tests", True)), "not configured"),
        (report(("tests", True), ("lint", True), tree="u"), "another tree"),
    ],
)
def test_green_needs_every_configured_gate_on_that_very_tree(told: GateReport, why: str):
    if not why:
        check_report(told, ["tests", "lint"])
        return
    with pytest.raises(DeliveryRefused, match=why):
        check_report(told, ["tests", "lint"])


@pytest.mark.parametrize(
    "usage",
    [Usage(requests=-1), Usage(input_tokens=-5), Usage(output_tokens=-1), Usage(cached_tokens=-1),
     Usage(cost_usd=-0.01), Usage(cost_usd=nan), Usage(seconds=inf), Usage(seconds=-1)],
)  # fmt: skip
def test_nobody_gives_money_back(usage: Usage):
    check_usage(Usage(1, 2, 3, 0.5, 4.0, 1))
    with pytest.raises(DeliveryRefused, match="cannot be"):
        check_usage(usage)


def test_a_conversation_is_the_one_that_was_ordered():
    held = InvocationRecord("1/plan", "planner", "", 1, 1, datetime.now(UTC), Ended.ANSWERED)
    check_conversation(held, "1/plan", "planner")
    with pytest.raises(DeliveryRefused):
        check_conversation(held, "2/plan", "planner")
    with pytest.raises(DeliveryRefused):
        check_conversation(held, "1/plan", "verifier")
