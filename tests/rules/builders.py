"""Values with rich defaults, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings

from bot.domain.board import Board, Item
from bot.domain.findings import Finding, GateCategory, GateReport, GateResult, Severity
from bot.domain.outputs import (
    AttemptOutcome,
    AttemptReport,
    ExecuteOutput,
    IntegrateOutput,
    PlanOutput,
    TrainOutcome,
    TrainReport,
)
from bot.domain.plan import Assignment, Errand, Plan, PlannedItem
from bot.domain.run import Ledger, RunState
from bot.domain.settings import Labels
from bot.domain.verdict import CriterionVerdict, Evidence, Feedback, Verdict
from bot.domain.work import (
    CloseReason,
    Issue,
    IssueState,
    ItemKind,
    Priority,
    PullRequest,
    PullRequestState,
    Review,
    ReviewState,
    Snapshot,
    Status,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ROOT = 1
BOT = "specloop-bot"
BASE, BASE_TREE, HEAD = "base-sha", "base-tree", "head-sha"
LABELS = Labels()
HIGH, MEDIUM, LOW = Priority.HIGH, Priority.MEDIUM, Priority.LOW

modest = settings(max_examples=150, deadline=None, derandomize=True)
"""How properties are checked: the same examples each time, however slow the machine."""


def table(names: str, *rows: tuple[Any, ...]) -> pytest.MarkDecorator:
    """Parametrise with one row per case: a sentence that says what is so, then the values."""
    return pytest.mark.parametrize(names, [pytest.param(*row[1:], id=row[0]) for row in rows])


def issue(number: int = 3, closed: CloseReason | None = None, **facts: Any) -> Issue:
    defaults: dict[str, Any] = {
        "node_id": f"I_{number}",
        "title": f"Item {number}",
        "body": "",
        "author": BOT,
        "editor": None,
        "state": IssueState.CLOSED if closed else IssueState.OPEN,
        "state_reason": closed,
        "labels": (),
        "created_at": NOW,
        "parent": ROOT,
        "blocked_by": (),
        "comments": (),
        "comment_count": 0,
    }
    return Issue(number, **defaults | facts)


def root(**facts: Any) -> Issue:
    defaults = {"title": "A greeter", "body": "It greets.", "author": "alice", "parent": None}
    return issue(ROOT, **defaults | facts)


def review(
    state: ReviewState, author: str = "alice", on: str | None = HEAD, body: str = ""
) -> Review:
    return Review(author, state, body, on, NOW)


def pull_request(number: int = 9, closes: tuple[int, ...] = (3,), **facts: Any) -> PullRequest:
    defaults: dict[str, Any] = {
        "node_id": f"PR_{number}",
        "title": f"Pull request {number}",
        "body": "",
        "author": BOT,
        "state": PullRequestState.OPEN,
        "head_branch": f"specloop/{ROOT}/{closes[0] if closes else 0}/1",
        "head_sha": HEAD,
        "head_repository": "o/r",
        "base_branch": "main",
        "is_draft": False,
        "closes": closes,
        "merge_commit": None,
        "reviews": (),
        "comments": (),
    }
    return PullRequest(number, **defaults | facts)


def snapshot(
    items: Iterable[Issue] = (), pull_requests: Iterable[PullRequest] = (), **facts: Any
) -> Snapshot:
    defaults: dict[str, Any] = {
        "taken_at": NOW,
        "repository": "o/r",
        "viewer": BOT,
        "root": root(),
        "milestone": None,
        "items": tuple(items),
        "pull_requests": tuple(pull_requests),
        "base_branch": "main",
        "base_sha": BASE,
        "base_tree": BASE_TREE,
    }
    return Snapshot(**defaults | facts)


def item(number: int = 3, title: str = "", body: str = "", **facts: Any) -> Item:
    labels = facts.pop("labels", ())
    defaults: dict[str, Any] = {
        "issue": issue(number, title=title or f"Item {number}", body=body, labels=labels),
        "key": f"item-{number}",
        "kind": ItemKind.WORK,
        "priority": MEDIUM,
        "category": "",
        "status": Status.OPEN,
    }
    return Item(**defaults | facts)


def decision(number: int = 5, **facts: Any) -> Item:
    return item(number, kind=ItemKind.DECISION, **facts)


def backlog(number: int = 6, **facts: Any) -> Item:
    return item(number, kind=ItemKind.FEEDBACK, priority=LOW, **facts)


def board(*items: Item | int) -> Board:
    return Board(tuple(item(i) if isinstance(i, int) else i for i in items))


def assignment(*items: int, attempt: int = 1, **facts: Any) -> Assignment:
    items = items or (3,)
    defaults: dict[str, Any] = {
        "branch": f"specloop/{ROOT}/{items[0]}/{attempt}",
        "start": BASE,
        "base": BASE,
        "errand": Errand.START,
    }
    return Assignment(items, attempt, **defaults | facts)


def attempt(
    *items: int, outcome: AttemptOutcome = AttemptOutcome.READY, nth: int = 1, **facts: Any
) -> AttemptReport:
    given = facts.pop("assignment", None) or assignment(*items, attempt=nth)
    return AttemptReport(given, outcome, facts.pop("head", HEAD), facts.pop("rounds", 1), **facts)


def train(
    number: int = 9, outcome: TrainOutcome = TrainOutcome.MERGED, head: str = HEAD, note: str = ""
) -> TrainReport:
    return TrainReport(number, (3,), outcome, head, note=note)


def ledger(*attempts: AttemptReport, **facts: Any) -> Ledger:
    return Ledger(attempts=attempts, **facts)


def gates(green: bool = True, *messages: str, tree: str = BASE_TREE) -> GateReport:
    found = tuple(Finding(Severity.MAJOR, GateCategory.TEST, m) for m in messages)
    return GateReport(tree, (GateResult("test", tree, green, 0.5, found),))


def criterion(text: str = "it greets", met: bool = True, **facts: Any) -> CriterionVerdict:
    facts.setdefault("evidence", (Evidence("greet.py", 1),))
    return CriterionVerdict(text, met, **facts)


def verdict(met: bool = True, tree: str = BASE_TREE, **facts: Any) -> Verdict:
    defaults: dict[str, Any] = {
        "rationale": "All of it holds.",
        "criteria": (criterion(met=met),),
        "commit": "0123456789abcdef",
    }
    return Verdict(met, tree=tree, **defaults | facts)


def feedback(title: str = "Names are cut", **facts: Any) -> Feedback:
    defaults: dict[str, Any] = {
        "description": "Long names lose their end.",
        "priority": MEDIUM,
        "category": "edge-case",
    }
    return Feedback(title, **defaults | facts)


def planned(key: str = "greet", *depends_on: str, **facts: Any) -> PlannedItem:
    facts.setdefault("title", key.title())
    return PlannedItem(key, description="", depends_on=depends_on, **facts)


def state(**facts: Any) -> RunState:
    return RunState(**{"root": ROOT, **facts})


def plan_output(plan: Plan, **facts: Any) -> PlanOutput:
    return PlanOutput(plan, **facts)


def executed(*reports: AttemptReport) -> ExecuteOutput:
    return ExecuteOutput(reports)


def integrated(*reports: TrainReport) -> IntegrateOutput:
    return IntegrateOutput(reports, BASE, BASE_TREE)
