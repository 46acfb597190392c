from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.domain.board import Item
from bot.domain.outputs import AttemptOutcome, TrainOutcome, TrainReport
from bot.domain.plan import Decision
from bot.domain.run import IterationRecord, RunState, Standing
from bot.domain.settings import Limits
from bot.domain.usage import Usage
from bot.domain.work import Status
from bot.rules.dashboard import begun, view_of
from tests.rules.builders import (
    HIGH,
    LOW,
    NOW,
    attempt,
    backlog,
    board,
    decision,
    gates,
    item,
    ledger,
    pull_request,
    state,
    table,
    train,
    verdict,
)

LINE = IterationRecord(
    1, NOW, NOW, Decision.CONTINUE, "More.", "planner", 2, (9,), False,
    Usage(cost_usd=0.25), {"plan": 1.234}, Standing.RUNNING, ("No.",),
)  # fmt: skip


LIMITS = Limits(ceiling_usd=20, ceiling_iterations=12)


def view(*items: Item, of: RunState = state(), **facts: Any) -> dict[str, Any]:  # noqa: B008
    history = facts.pop("history", ())
    known = ledger(*facts.pop("attempts", ()), **facts)
    return view_of("A greeter", of, board(*items), known, history, LIMITS)


@table(
    "items, expected",
    ("nothing", (), (0, 0, 0)),
    ("all done", (item(status=Status.DONE),), (1, 1, 100)),
    ("never 100 too early", (*[item(status=Status.DONE)] * 199, item()), (199, 200, 99)),
    ("dropped does not count", (item(status=Status.DROPPED), item(4)), (0, 1, 0)),
    ("backlog does not count", (backlog(), item(status=Status.DONE)), (1, 1, 100)),
)
def test_progress(items: tuple[Item, ...], expected: tuple[int, int, int]) -> None:
    assert tuple(view(*items)["progress"].values()) == expected


def test_items_come_by_status_then_priority_then_age() -> None:
    shown = view(
        item(2, status=Status.DROPPED),
        item(3, status=Status.DONE),
        item(4, priority=LOW),
        item(5),
        item(6, priority=HIGH),
        item(7, status=Status.BLOCKED),
        item(8, status=Status.IN_REVIEW),
        item(9, status=Status.IN_PROGRESS),
    )
    assert [i["number"] for i in shown["items"]] == [9, 8, 7, 6, 5, 4, 3, 2]


def test_a_row_says_all_of_an_item() -> None:
    past = attempt(3, nth=2, outcome=AttemptOutcome.BLOCKED, question="Which?")
    of = item(3, "Greet", status=Status.BLOCKED, waiting_for=(4,), pull_request=pull_request(9))
    (row,) = view(of, attempts=(past,))["items"]
    assert row == {
        "number": 3,
        "title": "Greet",
        "key": "item-3",
        "kind": "work",
        "priority": "medium",
        "category": "",
        "status": "blocked",
        "waiting_for": [4],
        "pull_request": 9,
        "attempts": 2,
        "question": "Which?",
    }


def test_an_answered_question_is_shown_no_more_and_backlog_is_named() -> None:
    past = attempt(6, outcome=AttemptOutcome.BLOCKED, question="Which?")
    (row,) = view(backlog(6), attempts=(past,))["items"]
    assert (row["question"], row["status"], row["attempts"]) == ("", "backlog", 1)
    (fresh,) = view(item(7))["items"]
    assert (fresh["pull_request"], fresh["attempts"]) == (None, 0)


def test_the_whole_is_plain_json() -> None:
    of = state(
        standing=Standing.WAITING, reason="Paused.", started_at=NOW, iteration=2,
        spent=Usage(3, 20, 10, 0.5, 1.26), extra_iterations=1, extra_cost_usd=2.5,
    )  # fmt: skip
    shown = view(item(), of=of, verdict=verdict(met=False), history=(LINE,))
    assert json.loads(json.dumps(shown)) == shown
    assert {k: shown[k] for k in ("root", "title", "standing", "reason", "iteration", "phase")} == {
        "root": 1,
        "title": "A greeter",
        "standing": "waiting",
        "reason": "Paused.",
        "iteration": 2,
        "phase": "observe",
    }
    assert shown["spent"]["seconds"] == 1.3
    assert shown["limits"] == {"iterations": 11, "cost_usd": 12.5}
    assert shown["verdict"]["met"] is False
    assert shown["verdict"]["gaps"] == ["it greets"]
    (line,) = shown["history"]
    assert (line["merged"], line["seconds"], line["cost_usd"]) == ([9], {"plan": 1.23}, 0.25)
    assert line["ended_at"] == "2026-05-04T12:00:00+00:00"


def test_gates_are_shown_with_what_a_red_one_found() -> None:
    assert view()["gates"] == []
    assert view(base_gates=gates())["gates"] == [{"name": "test", "green": True, "why": ""}]
    assert view(base_gates=gates(False, "boom\nat 3", "more"))["gates"] == [
        {"name": "test", "green": False, "why": "boom at 3"}
    ]


IN_REVIEW = item(7, status=Status.IN_REVIEW, pull_request=pull_request(9))
STANDS = state(standing=Standing.WAITING, reason="Paused: comment `/continue` to go on.")
WAITS = state(standing=Standing.WAITING, reason="Waiting for a person: review pull request #9.")
HELD = train(9, TrainOutcome.WAITING, note="a person must approve")


@table(
    "of, items, trains, expected",
    ("nothing", state(), (item(),), (), []),
    ("why it stands still", STANDS, (), (), [("read", 0, STANDS.reason)]),
    ("a question", state(), (decision(5, status=Status.BLOCKED),), (), [("decide", 5, "")]),
    ("a blocked item, with what it asked", WAITS, (item(3, status=Status.BLOCKED),), (),
     [("unblock", 3, "Which?")]),
    ("a review, with what it waits for", WAITS, (IN_REVIEW,), (HELD,),
     [("review", 9, "a person must approve")]),
    ("one that the train has not seen", state(), (IN_REVIEW,), (), []),
    ("nor at this head", state(), (IN_REVIEW,), (replace(HELD, head="old"),), []),
    ("one that goes to an Executor", state(), (IN_REVIEW,), (train(9, TrainOutcome.RED),), []),
    ("nothing once it is done", state(standing=Standing.DONE, reason="Met."), (IN_REVIEW,),
     (HELD,), []),
)  # fmt: skip
def test_what_a_person_can_do_now(
    of: RunState, items: tuple[Item, ...], trains: tuple[TrainReport, ...], expected: list
) -> None:
    past = attempt(3, outcome=AttemptOutcome.BLOCKED, question="Which?")
    shown = view(*items, of=of, attempts=(past,), trains=trains)["asks"]
    assert [tuple(a.values()) for a in shown] == expected


def test_limits_are_shown_as_they_bind() -> None:
    raised = state(extra_iterations=90, extra_cost_usd=90)
    assert view(of=raised)["limits"] == {"iterations": 12, "cost_usd": 20}


def test_before_the_first_verdict_there_is_none() -> None:
    assert view()["verdict"] is None


@table(
    "of, expected",
    ("before the first", state(), 1),
    ("while it runs", state(iteration=3, started_at=NOW), 3),
    ("between two", state(iteration=3), 2),
)
def test_the_iteration_shown_is_the_last_begun(of: RunState, expected: int) -> None:
    assert begun(of) == expected
