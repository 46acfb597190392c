"""Item 3 is open, 4 is blocked and carried by pull request 9, 5 asks a question, 6 is done."""

from __future__ import annotations

from typing import Any

from bot.domain.board import Item
from bot.domain.commands import (
    Cancel,
    Command,
    Continue,
    Decide,
    Forget,
    Learn,
    Misread,
    Pause,
    Replan,
    Retry,
    SetPriority,
    ShowHelp,
    ShowStatus,
    Stop,
    Unblock,
)
from bot.domain.effects import AddLabels, CloseIssue, ClosePullRequest, RemoveLabels
from bot.domain.run import ItemInput, Learnings, Phase, RunState, Standing
from bot.domain.work import CloseReason, Status
from bot.rules.inbox import Heard, Response, respond
from bot.rules.learning import tag
from tests.rules.builders import (
    HIGH,
    LABELS,
    LOW,
    MEDIUM,
    ROOT,
    board,
    decision,
    item,
    pull_request,
    state,
    table,
)

BOARD = board(
    item(3, labels=("priority:medium", "bug")),
    item(4, status=Status.BLOCKED, labels=("specloop:blocked",), pull_request=pull_request(9)),
    decision(5, title="Which colour?"),
    item(6, status=Status.DONE),
)
STUCK, WAITING = state(standing=Standing.STUCK), state(standing=Standing.WAITING)


def heard(command: Command, on: int | None = None) -> Heard:
    return Heard(70, 1, "alice", on or ROOT, command, on)


def said(command: Command, on: int | None = None, of: RunState = state()) -> Response:  # noqa: B008
    return respond(heard(command, on), of, BOARD, LABELS, Learnings())


def changed(command: Command, of: RunState, on: int | None = None) -> dict[str, Any]:
    after = said(command, on, of).state
    names = RunState.__dataclass_fields__
    return {n: getattr(after, n) for n in names if getattr(after, n) != getattr(of, n)}


def test_effects_are_named_after_the_comment_and_the_commands_place() -> None:
    assert heard(Pause()).key == "command/70/1"


@table(
    "command, of, expected",
    ("pause", Pause(), state(), {"paused": True}),
    ("continue while it runs changes nothing", Continue(), state(), {}),
    ("continue ends a pause", Continue(), state(paused=True), {"paused": False}),
    ("a plan that was shown is accepted", Continue(), state(phase=Phase.EXECUTE),
     {"plan_accepted": True}),
    ("a plan that nobody saw is not", Continue(), state(paused=True, phase=Phase.PLAN),
     {"paused": False}),
    ("nor by ending STUCK", Continue(), STUCK, {"resumed": True}),
    ("continue after DONE", Continue(), state(standing=Standing.DONE), {"resumed": True}),
    ("continue while a plan waits asks no new one", Continue(),
     state(standing=Standing.WAITING, phase=Phase.EXECUTE), {"plan_accepted": True}),
    ("continue while it waits for something else looks again", Continue(),
     state(standing=Standing.WAITING, plan_accepted=True), {"resumed": True}),
    ("continue while it runs asks no new plan", Continue(), state(plan_accepted=True), {}),
    ("nor does ending a pause", Continue(),
     state(standing=Standing.WAITING, plan_accepted=True, paused=True), {"paused": False}),
    ("a resumption lasts until it is used", Continue(), state(resumed=True), {}),
    ("words reach the Planner", Continue("dashes"), state(planner_input=("x",)),
     {"planner_input": ("x", "alice wrote: dashes")}),
    ("limits add up", Continue("", 5, 2, 1.5), state(extra_cost_usd=1.5, extra_iterations=1),
     {"extra_cost_usd": 6.5, "extra_iterations": 3, "extra_hours": 1.5}),
    ("replan", Replan(), state(paused=True),
     {"paused": False, "resumed": True, "replan": True,
      "planner_input": ("alice asks for a new plan.",)}),
    ("replan with words", Replan("smaller"), state(),
     {"resumed": True, "replan": True, "planner_input": ("alice asks for a new plan. smaller",)}),
)  # fmt: skip
def test_steering_the_run(command: Command, of: RunState, expected: dict) -> None:
    assert changed(command, of) == expected
    assert said(command, None, of).effects == ()


@table(
    "command, reply",
    ("status", ShowStatus(), "comments/status"),
    ("help", ShowHelp(), "comments/help"),
)
def test_asking(command: Command, reply: str) -> None:
    assert said(command) == Response(state(), reply=reply)


@table(
    "command, on, why",
    ("misread", Misread("/cnt", "did you mean x?"), None, "`/cnt` was not understood: did you"),
    ("no item", Unblock(), None, "say which item: for example `/unblock #4 what to do`."),
    ("not an item", Retry(99), None, "#99 is not an item of this milestone."),
    ("the root is no item", Cancel(1), 3, "#1 is not an item of this milestone."),
    ("a closed item", Cancel(6), None, "#6 is closed."),
    ("deciding what is no question", Decide("2"), 3, "#3 asks for no decision; use `/unblock`."),
    (
        "unblocking a question",
        Unblock(5, "blue"),
        None,
        "#5 asks a question: answer with `/decide`",
    ),
    ("retrying a question", Retry(), 5, "#5 asks a question: answer with `/decide`."),
)
def test_a_refusal_explains_itself_and_changes_nothing(
    command: Command, on: int | None, why: str
) -> None:
    found = said(command, on, STUCK)
    assert found.refusal.startswith(why)
    assert (found.state, found.effects, found.forgotten) == (STUCK, (), ())


def test_without_a_blocked_item_the_example_is_made_up() -> None:
    found = respond(heard(Retry()), state(), board(3), LABELS, Learnings())
    assert found.refusal == "say which item: for example `/unblock #12 what to do`."


FREED = (RemoveLabels("command/70/1/unblock", 4, ("specloop:blocked",)),)


@table(
    "command, on, effects, number, text",
    ("unblock the thread's item", Unblock(None, "so"), 4, FREED, 4, "so"),
    ("unblock a named item", Unblock(4, "so"), None, FREED, 4, "so"),
    ("a name wins over the thread", Unblock(4), 3, FREED, 4, ""),
    ("words for one that is not blocked", Unblock(None, "so"), 3, (), 3, "so"),
    ("retry", Retry(), 3, (), 3, "Please try again."),
    (
        "retry what has a pull request: it is closed and the next attempt is new",
        Retry(4),
        None,
        (*FREED, ClosePullRequest("command/70/1/close-pr", 9)),
        4,
        "Please try again.",
    ),
)
def test_unblocking(
    command: Command, on: int | None, effects: tuple, number: int, text: str
) -> None:
    found = said(command, on)
    assert found == Response(
        state(item_input=(ItemInput(number, text, "alice"),)), effects, forgotten=(number,)
    )


@table(
    "command, on",
    ("unblock", Unblock(4, "so"), None),
    ("retry", Retry(), 4),
    ("decide", Decide("2"), 5),
)
def test_giving_what_was_missing_resumes_a_run_that_is_stuck(
    command: Command, on: int | None
) -> None:
    assert changed(command, STUCK, on)["resumed"] is True
    assert "resumed" not in changed(command, WAITING, on)
    assert "resumed" not in changed(command, state(resumed=True), on)


def closed_by(command: Command, *items: Item) -> list[int]:
    found = respond(heard(command), state(), board(*items), LABELS, Learnings())
    assert found.state == state(paused=True)
    assert len({e.key for e in found.effects}) == len(found.effects)
    return [e.number for e in found.effects]


@table(
    "items, expected",
    ("nothing is open", (item(6, status=Status.DONE),), []),
    ("its items and questions", (item(3), decision(5)), [3, 5]),
    ("their pull requests", (item(4, pull_request=pull_request(9)),), [4, 9]),
    ("not what a person opened", (item(7, key="#7"),), []),
    ("though what carries that", (item(7, key="#7", pull_request=pull_request(9)),), [9]),
)
def test_stopping(items: tuple[Item, ...], expected: list[int]) -> None:
    assert closed_by(Stop(), *items) == []
    assert closed_by(Stop(clean=True), *items) == expected


@table(
    "number, effects",
    ("an item", 3, (CloseIssue("command/70/1/close", 3, CloseReason.NOT_PLANNED),)),
    (
        "with its pull request",
        4,
        (
            CloseIssue("command/70/1/close", 4, CloseReason.NOT_PLANNED),
            ClosePullRequest("command/70/1/close-pr", 9),
        ),
    ),
    ("a question", 5, (CloseIssue("command/70/1/close", 5, CloseReason.NOT_PLANNED),)),
)
def test_cancelling(number: int, effects: tuple) -> None:
    assert said(Cancel(number)) == Response(state(), effects)


@table(
    "on, priority, effects",
    (
        "another one",
        3,
        HIGH,
        (
            AddLabels("command/70/1/add", 3, ("priority:high",)),
            RemoveLabels("command/70/1/remove", 3, ("priority:medium",)),
        ),
    ),
    ("the same one", 3, MEDIUM, (AddLabels("command/70/1/add", 3, ("priority:medium",)),)),
    ("the first one", 4, LOW, (AddLabels("command/70/1/add", 4, ("priority:low",)),)),
)
def test_priority(on: int, priority: Any, effects: tuple) -> None:
    assert said(SetPriority(priority), on) == Response(state(), effects)


LIST = "Mind the ### Options\n1. trap\n\n### Options\n\n1. red\n2. blue\n\nOnly a person can."


@table(
    "body, text, decided",
    ("by number", LIST, "2", "blue"),
    ("the first of the list", LIST, "1", "red"),
    ("in words", LIST, "2 of them", "2 of them"),
    ("a sign that is no number", LIST, "\N{SUPERSCRIPT TWO}", "\N{SUPERSCRIPT TWO}"),
    ("a number where nothing is listed", "Which? 1. red", "1", "1"),
)
def test_deciding(body: str, text: str, decided: str) -> None:
    asked = board(decision(5, title="Which colour?", body=body))
    words = f"Decision #5 (Which colour?): alice decided: {decided}"
    assert respond(heard(Decide(text), 5), state(), asked, LABELS, Learnings()) == Response(
        state(planner_input=(words,)),
        (CloseIssue("command/70/1/decided", 5, CloseReason.COMPLETED),),
    )


@table(
    "text",
    ("nought", "0"),
    ("one too many", "3"),
    ("more digits than can be counted", "9" * 5000),
)
def test_a_number_that_is_not_on_the_list_decides_nothing(text: str) -> None:
    found = respond(
        heard(Decide(text), 5), STUCK, board(decision(5, body=LIST)), LABELS, Learnings()
    )
    why = f"there is no option {text}: choose from 1. red; 2. blue."
    assert found == Response(STUCK, refusal=why)


def test_what_a_person_teaches_is_learned_and_resumes_nothing() -> None:
    known = Learnings(curated=("a",))
    found = respond(heard(Learn("Use  tabs.")), STUCK, BOARD, LABELS, known)
    assert found == Response(STUCK, learnings=Learnings(curated=("a",), taught=("Use tabs.",)))


def test_what_a_person_takes_back_is_gone_and_a_wrong_code_is_refused() -> None:
    known = Learnings(curated=("a", "b"))
    found = respond(heard(Forget(tag("a"))), state(), BOARD, LABELS, known)
    assert found.learnings == Learnings(curated=("b",), forgotten=("a",))
    again = respond(heard(Forget("abcdef")), state(), BOARD, LABELS, known)
    assert again == Response(state(), refusal="there is no learning `abcdef` (any more).")
