from __future__ import annotations

from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    ClosePullRequest,
    CreateComment,
    CreateIssue,
    CreatePullRequest,
    Effect,
    LinkBlockedBy,
    Outcome,
    Receipt,
    RemoveLabels,
)
from bot.domain.work import CloseReason, Issue, IssueState, PullRequestState, Snapshot
from bot.rules.foresight import foresee, landed
from tests.rules.builders import BOT, NOW, issue, pull_request, snapshot, table

BEFORE = snapshot(
    [issue(3, labels=("a", "b"), blocked_by=(5,)), issue(4)], [pull_request(9), pull_request(10)]
)
NEW = CreateIssue("item/x", "Greet", "Politely.", ("specloop:work",), parent=1, milestone=2)


def after(effect: Effect, outcome: Outcome = Outcome.DONE, number: int | None = None) -> Snapshot:
    receipts = {effect.key: Receipt(effect.key, outcome, number=number, node_id="I_x")}
    return foresee(BEFORE, [effect], receipts)


@table(
    "effect, expected",
    ("labels are added once", AddLabels("k", 3, ("b", "c")), {"labels": ("a", "b", "c")}),
    ("labels are removed", RemoveLabels("k", 3, ("a", "z")), {"labels": ("b",)}),
    ("a link is added", LinkBlockedBy("k", 3, 4), {"blocked_by": (5, 4)}),
    ("a link that is there stays one", LinkBlockedBy("k", 3, 5), {"blocked_by": (5,)}),
    (
        "closed with its reason",
        CloseIssue("k", 3, CloseReason.NOT_PLANNED),
        {"state": IssueState.CLOSED, "state_reason": CloseReason.NOT_PLANNED},
    ),
)
def test_a_change_of_one_item(effect: Effect, expected: dict) -> None:
    found = after(effect)
    changed = found.item(3)
    assert changed is not None
    assert {name: getattr(changed, name) for name in expected} == expected
    assert found.item(4) == BEFORE.item(4)


@table(
    "outcome",
    ("refused", Outcome.REFUSED),
    ("unknown", Outcome.UNKNOWN),
)
def test_only_what_was_done_shows(outcome: Outcome) -> None:
    assert after(CloseIssue("k", 3, CloseReason.COMPLETED), outcome) == BEFORE


def test_without_a_receipt_nothing_shows() -> None:
    assert foresee(BEFORE, [ClosePullRequest("k", 9)], {}) == BEFORE


def test_a_pull_request_is_closed_and_no_other() -> None:
    states = [p.state for p in after(ClosePullRequest("k", 9)).pull_requests]
    assert states == [PullRequestState.CLOSED, PullRequestState.OPEN]


def test_a_new_issue_joins() -> None:
    assert after(NEW, number=12).items[-1] == Issue(
        12, "I_x", "Greet", "Politely.", BOT, None, IssueState.OPEN, None,
        ("specloop:work",), NOW, 1, (), (), 0,
    )  # fmt: skip


@table("number", ("listed already", 3), ("without a number", None))
def test_an_issue_joins_once(number: int | None) -> None:
    assert after(NEW, number=number) == BEFORE


OPENED = CreatePullRequest("pr/4.1", "specloop/1/4/1", "main", "Greet", "So.", head_sha="abc")


def test_a_new_pull_request_joins_as_it_was_opened() -> None:
    assert after(OPENED, number=12).pull_requests[-1] == pull_request(
        12, (), node_id="I_x", title="Greet", body="So.", head_branch="specloop/1/4/1",
        head_sha="abc",
    )  # fmt: skip


@table("number", ("listed already", 9), ("without a number", None))
def test_a_pull_request_joins_once(number: int | None) -> None:
    assert after(OPENED, number=number) == BEFORE


def test_what_no_listing_shows_changes_nothing() -> None:
    assert after(CreateComment("k", 3, "Hello")) == BEFORE


def test_effects_build_on_each_other() -> None:
    effects = [NEW, AddLabels("label", 12, ("high",)), LinkBlockedBy("link", 12, 3)]
    receipts = {e.key: Receipt(e.key, Outcome.DONE, number=12) for e in effects}
    joined = foresee(BEFORE, effects, receipts).item(12)
    assert joined is not None
    assert (joined.labels, joined.blocked_by) == (("specloop:work", "high"), (3,))


def test_what_landed_is_merged_and_its_items_are_completed() -> None:
    found = landed(BEFORE, [3], 9)
    done, other = found.items
    assert (done.state, done.state_reason) == (IssueState.CLOSED, CloseReason.COMPLETED)
    assert other == BEFORE.items[1]
    states = [p.state for p in found.pull_requests]
    assert states == [PullRequestState.MERGED, PullRequestState.OPEN]
