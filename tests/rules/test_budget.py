from __future__ import annotations

from math import inf
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import Continue
from bot.domain.run import RunState, Spend
from bot.domain.settings import Bound, Limits
from bot.domain.usage import Usage
from bot.rules.budget import (
    DIMENSIONS,
    NONE,
    Amount,
    Scope,
    amount,
    ceilings_met,
    scopes,
    share,
    used,
    why_idle,
    why_spent,
)
from tests.rules.builders import modest, state, table

LIMITS = Limits(
    cost_usd=10, tokens=1_000_000, agent_hours=2,
    call=Bound(usd=3), item=Bound(usd=4, minutes=30), iteration=Bound(usd=8, tokens=500_000),
    ceiling_usd=20, ceiling_hours=3, ceiling_tokens=2_000_000,
)  # fmt: skip
CALL = amount(LIMITS.call)


def under(of: RunState, spend: Spend | None = None, item: str = "") -> tuple[Scope, ...]:
    return scopes(of, spend or Spend(), LIMITS, item)


def spent(**facts: Any) -> RunState:
    return state(spent=Usage(**facts))


@table(
    "of, spend, item, words",
    ("nothing is spent", state(), Spend(), "7", ""),
    ("the money", spent(cost_usd=10), Spend(), "", "The budget of 10 USD is spent: comment "
     "`/continue budget=+5usd` for more."),
    ("less than a conversation needs", spent(cost_usd=9.996), Spend(), "", "The budget of 10 USD"),
    ("a cent is enough to try", spent(cost_usd=9.99), Spend(), "", ""),
    ("tokens, read and written", spent(input_tokens=900_000, output_tokens=100_000), Spend(), "",
     "The agents' 1,000,000 tokens are used: comment `/continue tokens=+1000000` for more."),
    ("time", spent(seconds=7200), Spend(), "", "The agents' 2 hours are used: comment "
     "`/continue hours=+2` for more."),
    ("this iteration's", state(), Spend(1, Usage(cost_usd=8)), "", "Iteration 1 has used its 8 USD"
     ": comment `/continue budget=+5usd` for more."),
    ("an earlier iteration's", state(iteration=2), Spend(1, Usage(cost_usd=8)), "", ""),
    ("the item's", state(), Spend(items={"7": Usage(cost_usd=4)}), "7", "#7 has used its 4 USD"),
    ("another item's", state(), Spend(items={"8": Usage(cost_usd=4)}), "7", ""),
    ("the item's, raised by a person", state(extra_cost_usd=1),
     Spend(items={"7": Usage(cost_usd=4)}), "7", ""),
    ("raised to the ceiling at most", state(spent=Usage(cost_usd=20), extra_cost_usd=90), Spend(),
     "", "The budget of 20 USD"),
    ("more tokens", state(spent=Usage(input_tokens=1_000_000), extra_tokens=1), Spend(), "",
     "The agents' 1,000,001 tokens"),
)  # fmt: skip
def test_the_bound_that_leaves_nothing_is_named(
    of: RunState, spend: Spend, item: str, words: str
) -> None:
    found = why_spent(under(of, spend, item))
    assert found.startswith(words) if words else found == ""


@table(
    "of, width, expected",
    ("alone it gets a call's worth", state(), 1, Amount(3, 500_000, 1800)),
    ("two share what is left", state(), 2, Amount(3, 250_000, 1800)),
    ("four do, each at an item of its own", state(), 4, Amount(2, 125_000, 1800)),
    ("eight get the useful part at least", state(), 8, Amount(1, 125_000, 900)),
    ("the last dollar", spent(cost_usd=9), 1, Amount(1, 500_000, 1800)),
)
def test_a_share_is_the_least_of_all_bounds(of: RunState, width: int, expected: Amount) -> None:
    assert share(CALL, under(of, item="7"), width) == expected


def scope(bound: float, spent_: float = 0.0, held: float = 0.0) -> tuple[Scope, ...]:
    def three(value: float) -> Amount:
        return Amount(value, value, value)

    return (Scope("The milestone", three(bound), three(spent_), three(held)),)


@table(
    "width, held, expected",
    ("what others leave is taken", 4, 7.0, 2.5),
    ("a smaller rest is taken, too", 4, 8.5, 1.5),
    ("one that is of no use is not", 4, 9.5, None),
    ("nor is nothing", 1, 10.0, None),
)
def test_who_could_get_little_only_waits_for_others(
    width: int, held: float, expected: float | None
) -> None:
    found = share(Amount(4, 4, 4), scope(10, held=held), width)
    assert found == (None if expected is None else Amount(expected, expected, expected))


def test_what_is_not_bounded_is_not_shared_out() -> None:
    assert share(Amount(inf, inf, inf), scope(inf), 8) == Amount(inf, inf, inf)
    assert share(Amount(2, 2, 2), scope(inf), 8) == Amount(2, 2, 2)


MONEY = st.floats(0, 50, allow_nan=False)


@modest
@given(
    bound=MONEY,
    call=st.one_of(st.just(inf), st.floats(0.01, 20)),
    deeds=st.lists(st.tuples(st.integers(1, 6), st.floats(0, 1)), max_size=30),
    wide=st.integers(1, 5),
)
def test_nobody_spends_what_is_not_there_and_nobody_waits_for_nobody(bound, call, deeds, wide):
    """However many take and end in whatever order, all together never use more than the bound."""
    spent_, held = 0.0, []
    for width, part in deeds:
        while len(held) >= wide:
            taken, share_used = held.pop(0)
            spent_ += taken * share_used
        now = scope(bound, spent_, sum(t for t, _ in held))
        if why_spent(now):
            assert bound - spent_ < 500  # the least that is worth a call, of any kind
            continue
        found = share(Amount(call, call, call), now, width)
        if found is None:
            assert held
            continue
        assert 0 <= found.usd <= min(call, bound)
        held.append((found.usd, part))
        assert spent_ + sum(t for t, _ in held) <= bound + 1e-6
    assert spent_ + sum(t for t, _ in held) <= bound + 1e-6


@modest
@given(left=st.floats(0.01, 100), call=st.floats(0.01, 100))
def test_alone_it_may_use_all_that_is_left(left, call) -> None:
    found = share(Amount(call, call, call), scope(left), 1)
    assert found is not None
    assert all(getattr(found, d) == min(left, call) for d in DIMENSIONS)


@modest
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["", "7", "8"]), MONEY), max_size=20))
def test_parts_add_up_to_what_was_spent(deeds) -> None:
    spend, total = Spend(), 0.0
    for iteration, item, cost in sorted(deeds, key=lambda deed: deed[0]):
        spend, total = spend.plus(iteration, item, Usage(cost_usd=cost)), total + cost
    last = max((i for i, _, _ in deeds), default=0)
    here = sum(c for i, _, c in deeds if i == last)
    assert abs(spend.of_iteration.cost_usd - here) < 1e-3
    on_items = sum(u.cost_usd for u in spend.items.values())
    assert abs(on_items - sum(c for _, item, c in deeds if item)) < 1e-3
    assert used(spend.of_iteration).plus(NONE).usd == spend.of_iteration.cost_usd


@table(
    "cost, calls, idle",
    ("little was spent", 4.99, 39, False),
    ("much money", 5.0, 1, True),
    ("many calls", 0.0, 40, True),
)
def test_what_lands_nothing_is_noticed(cost: float, calls: int, idle: bool) -> None:
    of = state(unmerged=Usage(cost_usd=cost), unmerged_calls=calls)
    assert bool(why_idle(of, Limits())) is idle


@table(
    "asked, of, names",
    ("nothing", Continue(), state(extra_cost_usd=90), ()),
    ("what is allowed", Continue(budget_usd=10), state(extra_cost_usd=10), ()),
    ("a cent more", Continue(budget_usd=10.01), state(extra_cost_usd=10.01), ("20 USD",)),
    ("hours", Continue(hours=2), state(extra_hours=2), ("3 hours",)),
    ("iterations", Continue(iterations=99), state(extra_iterations=99), ("100 iterations",)),
    ("tokens", Continue(tokens=2), state(extra_tokens=1_000_001), ("2,000,000 tokens",)),
    ("two of them", Continue(budget_usd=50, hours=9), state(extra_cost_usd=50, extra_hours=9),
     ("20 USD", "3 hours")),
)  # fmt: skip
def test_a_ceiling_is_told(asked: Continue, of: RunState, names: tuple[str, ...]) -> None:
    found = ceilings_met(asked, of, LIMITS)
    assert len(found) == len(names)
    assert all(
        told.startswith(f"the limit is {name}") for name, told in zip(names, found, strict=True)
    )
