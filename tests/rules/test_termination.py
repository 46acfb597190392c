from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Item
from bot.domain.run import Phase, RunState, Standing
from bot.domain.settings import Limits
from bot.domain.usage import Usage
from bot.domain.work import Status
from bot.rules.termination import Halt, Prospects, why_halt
from tests.rules.builders import board, decision, item, modest, state, table

DONE, STUCK, WAITING = Standing.DONE, Standing.STUCK, Standing.WAITING
LIMITS = Limits(
    iterations=10, cost_usd=10, agent_hours=2,
    ceiling_iterations=15, ceiling_usd=20, ceiling_hours=3,
)  # fmt: skip
SPENT = state(spent=Usage(cost_usd=10))


def prospects(**facts: Any) -> Prospects:
    defaults: dict[str, Any] = {
        "root_open": True,
        "spec_untrusted": "",
        "plan_waits": False,
        "executable": 0,
        "landable": 0,
        "review_due": False,
        "planner_due": False,
    }
    return Prospects(**defaults | facts)


def halt(
    of: RunState = state(),  # noqa: B008  frozen
    *items: Item,
    **facts: Any,
) -> Halt | None:
    return why_halt(of, board(*items), prospects(**facts), LIMITS)


def begins(found: Halt | None, standing: Standing, words: str) -> bool:
    return found is not None and found.standing is standing and found.reason.startswith(words)


@table(
    "facts",
    ("an Executor can be sent", {"executable": 1}),
    ("a pull request may land", {"landable": 1}),
    ("the code was not reviewed", {"review_due": True}),
    ("the Planner has something to read", {"planner_due": True}),
)
def test_it_goes_on_while_something_can_move(facts: dict) -> None:
    """Whatever waits for a person beside it: nobody waits while others can work."""
    waits = (decision(), item(4, status=Status.BLOCKED))
    assert halt(state(), *waits, **facts, awaiting_review=(9,)) is None


MOVING: dict[str, Any] = {"executable": 1, "planner_due": True}
ORDER: list[tuple[str, RunState, dict[str, Any], Standing, str]] = [
    ("it is over", state(standing=DONE, reason="Met."), {}, DONE, "Met."),
    ("the spec is closed", state(), {"root_open": False}, WAITING, "The spec issue is closed"),
    ("it is paused", state(paused=True), {}, WAITING, "Paused"),
    ("a stranger's spec", state(), {"spec_untrusted": "mallory did it"}, WAITING, "mallory did it"),
    ("a bound is reached", SPENT, {}, WAITING, "The budget of 10 USD is spent"),
    ("the plan waits", state(), {"plan_waits": True}, WAITING, "The plan waits for a person"),
]


@table("of, facts, standing, words", *ORDER)
def test_it_halts_though_something_could_move(
    of: RunState, facts: dict, standing: Standing, words: str
) -> None:
    assert begins(halt(of, **MOVING | facts), standing, words)


@table("rank", *((f"{ORDER[n][0]} comes before {ORDER[n + 1][0]}", n) for n in range(5)))
def test_the_first_reason_is_given(rank: int) -> None:
    facts: dict[str, Any] = dict(MOVING)
    all_state: dict[str, Any] = {}
    for _, of, wanted, _, _ in ORDER[rank:]:
        facts |= wanted
        changed = {n: getattr(of, n) for n in RunState.__dataclass_fields__}
        all_state |= {n: v for n, v in changed.items() if v != getattr(state(), n)}
    _, _, _, standing, words = ORDER[rank]
    assert begins(halt(state(**all_state), **facts), standing, words)


@table(
    "of, expected",
    ("STUCK stays", state(standing=STUCK, reason="No key."), Halt(STUCK, "No key.")),
    ("until a person resumes it", state(standing=STUCK, resumed=True), None),
    ("DONE too", state(standing=DONE, resumed=True), None),
    ("WAITING is looked at anew each time", state(standing=WAITING, reason="x"), None),
)
def test_what_is_over_stays_over(of: RunState, expected: Halt | None) -> None:
    assert halt(of, executable=1) == expected


def spent(**facts: float) -> RunState:
    more = {k: facts.pop(k) for k in ("extra_cost_usd", "extra_hours") if k in facts}
    return state(spent=Usage(**facts), **more)


@table(
    "of, words",
    ("the last iteration may run", state(iteration=10), None),
    ("the one after may not", state(iteration=11), "All 10 iterations are used"),
    ("unless more were granted", state(iteration=11, extra_iterations=1), None),
    ("and they are used up", state(iteration=12, extra_iterations=1), "All 11 iterations are used"),
    ("a cent is left", spent(cost_usd=9.99), None),
    ("the budget is spent", spent(cost_usd=10), "The budget of 10 USD is spent"),
    ("more was granted", spent(cost_usd=10, extra_cost_usd=2.5), None),
    ("and is spent", spent(cost_usd=12.5, extra_cost_usd=2.5), "The budget of 12.5 USD is spent"),
    ("a second is left", spent(seconds=7199), None),
    ("the hours are used", spent(seconds=7200), "The agents' 2 hours are used"),
    ("more hours were granted", spent(seconds=7200, extra_hours=0.5), None),
    ("and are used", spent(seconds=9000, extra_hours=0.5), "The agents' 2.5 hours are used"),
    ("no budget beyond its ceiling", spent(cost_usd=20, extra_cost_usd=90), "The budget of 20 USD"),
    ("no iterations either", state(iteration=16, extra_iterations=90), "All 15 iterations are"),
    ("nor hours", spent(seconds=10800, extra_hours=90), "The agents' 3 hours are used"),
)
def test_bounds(of: RunState, words: str | None) -> None:
    found = halt(of, executable=1)
    assert found is None if words is None else begins(found, WAITING, words)
    assert found is None or "/continue" in found.reason


@table(
    "items, awaiting, asks",
    ("a question", (decision(5),), (), "answer decision #5 with `/decide`"),
    ("a review", (), (9,), "review pull request #9"),
    (
        "blocked items",
        (item(4, status=Status.BLOCKED), item(6, status=Status.BLOCKED)),
        (),
        "unblock #4, #6 with `/unblock #4 what to do`",
    ),
    (
        "all of them",
        (decision(5), item(4, status=Status.BLOCKED)),
        (9,),
        "answer decision #5 with `/decide`; review pull request #9; "
        "unblock #4 with `/unblock #4 what to do`",
    ),
)
def test_a_person_is_needed(items: tuple[Item, ...], awaiting: tuple[int, ...], asks: str) -> None:
    found = halt(state(), *items, awaiting_review=awaiting)
    assert found == Halt(WAITING, f"Waiting for a person: {asks}.", asked=True)


@table(
    "items",
    ("nothing is open", ()),
    ("an answered question asks nobody", (decision(status=Status.DONE),)),
    ("items that wait for each other", (item(3, waiting_for=(4,)), item(4, waiting_for=(3,)))),
)
def test_nothing_can_move_at_all(items: tuple[Item, ...]) -> None:
    assert begins(halt(state(), *items), STUCK, "Nothing is left that could be done")


IDLE = {"unmerged": Usage(cost_usd=5), "unmerged_calls": 12}


@table(
    "of, facts, standing",
    ("nothing landed for long", state(**IDLE), {}, STUCK),
    ("and a review would help", state(**IDLE), {"awaiting_review": (9,)}, WAITING),
    ("something is about to land", state(**IDLE), {"landable": 1}, None),
    ("an iteration was begun", state(phase=Phase.EXECUTE, **IDLE), {}, None),
    ("little was spent", state(unmerged=Usage(cost_usd=4.9)), {}, None),
)
def test_spend_that_lands_nothing_is_watched(
    of: RunState, facts: dict, standing: Standing | None
) -> None:
    found = halt(of, executable=1, **facts)
    assert (found.standing if found else None) is standing
    assert found is None or "12 invocations (5.00 USD) have landed nothing" in found.reason


def test_a_limit_set_above_its_ceiling_holds() -> None:
    limits = Limits(cost_usd=50, ceiling_usd=20)
    assert why_halt(spent(cost_usd=49), board(), prospects(executable=1), limits) is None


@modest
@given(
    st.fixed_dictionaries(
        {
            "executable": st.integers(0, 1),
            "landable": st.integers(0, 1),
            "review_due": st.booleans(),
            "planner_due": st.booleans(),
            "awaiting_review": st.sampled_from([(), (9,)]),
        }
    ),
    st.lists(st.sampled_from(Status), max_size=3),
)
def test_a_run_within_its_bounds_goes_on_exactly_if_something_can_move(facts, statuses) -> None:
    items = [item(n, status=s) for n, s in enumerate(statuses, 3)]
    moving = any(facts[n] for n in ("executable", "landable", "review_due", "planner_due"))
    assert (halt(state(), *items, **facts) is None) is moving
