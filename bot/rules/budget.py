"""What an invocation may use at most: the least of every bound that it falls under.

Pure arithmetic: bounds, what was spent and what others hold reserved are given; who reserves is the
loop's purse. A bound that is not set is infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from bot.domain.commands import Continue
from bot.domain.run import RunState, Spend
from bot.domain.settings import Bound, Limits
from bot.domain.usage import NOTHING_USED, Usage

USEFUL = 0.25
"""The part of what an invocation could use alone below which it waits for others to end."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, tokens and agents' time."""

    usd: float = 0.0
    tokens: float = 0.0
    seconds: float = 0.0

    def plus(self, other: Amount) -> Amount:
        """Return the sum."""
        return Amount(
            self.usd + other.usd, self.tokens + other.tokens, self.seconds + other.seconds
        )


NONE = Amount()
LEAST = Amount(usd=0.005, tokens=500, seconds=1.0)
"""Less than this is nothing: no conversation fits into it."""
DIMENSIONS = ("usd", "tokens", "seconds")


@dataclass(frozen=True, slots=True)
class Scope:
    """One bound, what was spent under it, and what running invocations hold of the rest."""

    name: str
    """`The milestone`, `Iteration 2` or `#7`."""
    bound: Amount
    spent: Amount
    held: Amount = NONE
    shared: bool = True
    """Whether invocations side by side fall under it together."""

    def left(self, dimension: str) -> float:
        """Return what is left when nobody holds anything; never below 0."""
        return max(0.0, _of(self.bound, dimension) - _of(self.spent, dimension))

    def free(self, dimension: str) -> float:
        """Return what is left and held by nobody."""
        return self.left(dimension) - _of(self.held, dimension)


def used(usage: Usage) -> Amount:
    """Return what a usage takes from a budget; tokens read from a cache are tokens, too."""
    return Amount(usage.cost_usd, usage.input_tokens + usage.output_tokens, usage.seconds)


def amount(bound: Bound) -> Amount:
    """Return a configured bound; what is not set is infinite."""
    return Amount(
        inf if bound.usd is None else bound.usd,
        inf if bound.tokens is None else bound.tokens,
        inf if bound.minutes is None else bound.minutes * 60,
    )


def scopes(state: RunState, spend: Spend, limits: Limits, item: str) -> tuple[Scope, ...]:
    """Return the bounds that an invocation falls under, as people raised them.

    `item` is the number of the item it works on, as text; empty for the other roles.
    """
    extra = Amount(state.extra_cost_usd, state.extra_tokens, state.extra_hours * 3600)
    ceiling = Amount(limits.ceiling_usd, limits.ceiling_tokens, limits.ceiling_hours * 3600)
    tokens = inf if limits.tokens is None else limits.tokens
    milestone = Amount(limits.cost_usd, tokens, limits.agent_hours * 3600)
    present = spend.of_iteration if spend.iteration == state.iteration else NOTHING_USED
    found = [
        Scope("The milestone", _raised(milestone, extra, ceiling), used(state.spent)),
        Scope(
            f"Iteration {state.iteration}",
            _raised(amount(limits.iteration), extra, ceiling),
            used(present),
        ),
    ]
    if item:
        bound = _raised(amount(limits.item), extra, ceiling)
        spent = used(spend.items.get(item, NOTHING_USED))
        found.append(Scope(f"#{item}", bound, spent, shared=False))
    return tuple(found)


def part_of(limits: Limits, state: RunState, spend: Spend, width: int) -> Limits:
    """Return bounds that leave one of `width` invocations side by side an equal part.

    For one that is carried out elsewhere, where nobody sees what the others use.
    """
    milestone, iteration = scopes(state, spend, limits, "")
    return replace(
        limits,
        cost_usd=_parted(milestone, "usd", width, state.extra_cost_usd),
        tokens=_whole(_parted(milestone, "tokens", width, state.extra_tokens)),
        agent_hours=_parted(milestone, "seconds", width, state.extra_hours * 3600) / 3600,
        iteration=Bound(
            _bound(_parted(iteration, "usd", width, state.extra_cost_usd)),
            _whole(_parted(iteration, "tokens", width, state.extra_tokens)),
            _bound(_parted(iteration, "seconds", width, state.extra_hours * 3600) / 60),
        ),
    )


def _parted(scope: Scope, dimension: str, width: int, extra: float) -> float:
    """Return the bound, before people's raises, under which an equal part of the rest is left."""
    return _of(scope.spent, dimension) + scope.left(dimension) / width - extra


def _bound(value: float) -> float | None:
    return None if value == inf else value


def _whole(value: float) -> int | None:
    return None if value == inf else int(value)


def why_spent(under: Sequence[Scope]) -> str:
    """Return which bound leaves nothing and how a person raises it; empty when none does."""
    for scope in under:
        for dimension in DIMENSIONS:
            if scope.left(dimension) < _of(LEAST, dimension):
                return _sentence(scope, dimension)
    return ""


def share(call: Amount, under: Sequence[Scope], width: int) -> Amount | None:
    """Return what one of `width` invocations side by side may use; None: wait for others.

    Alone it may use all that is left under every bound, and never more than `call`. Side by side
    each gets an equal part of what is left, and at least the useful part of what it could use
    alone. It waits only while others hold something.
    """
    parts = {}
    for dimension in DIMENSIONS:
        part = _part(_of(call, dimension), under, dimension, width)
        if part is None:
            return None
        parts[dimension] = part
    return Amount(**parts)


def _part(call: float, under: Sequence[Scope], dimension: str, width: int) -> float | None:
    left = min(scope.left(dimension) for scope in under)
    free = min(scope.free(dimension) for scope in under)
    alone = min(call, left)
    if alone == inf:
        return inf
    equal = min(scope.left(dimension) / (width if scope.shared else 1) for scope in under)
    wanted = min(alone, max(equal, USEFUL * alone))
    if free < min(wanted, USEFUL * alone):
        return None
    return min(wanted, free)


def _raised(limit: Amount, extra: Amount, ceiling: Amount) -> Amount:
    return Amount(*(
        raised(_of(limit, d), _of(extra, d), _of(ceiling, d)) for d in DIMENSIONS
    ))  # fmt: skip


def raised(limit: float, extra: float, ceiling: float) -> float:
    """Return a limit as people raised it, never above its ceiling (nor below itself)."""
    return min(limit + extra, max(limit, ceiling))


def ceilings_met(asked: Continue, state: RunState, limits: Limits) -> tuple[str, ...]:
    """Return what a person asked to raise and the configuration's ceilings keep lower, each with
    the limit that holds now.
    """
    tokens = inf if limits.tokens is None else float(limits.tokens)
    rows = (
        (asked.budget_usd, limits.cost_usd, state.extra_cost_usd, limits.ceiling_usd,
         "USD", "ceiling_usd"),
        (asked.iterations, limits.iterations, state.extra_iterations, limits.ceiling_iterations,
         "iterations", "ceiling_iterations"),
        (asked.hours, limits.agent_hours, state.extra_hours, limits.ceiling_hours,
         "hours of agents' time", "ceiling_hours"),
        (asked.tokens, tokens, state.extra_tokens, limits.ceiling_tokens,
         "tokens", "ceiling_tokens"),
    )  # fmt: skip
    return tuple(
        f"the limit is {raised(limit, extra, ceiling):,.12g} {unit} now, and no more: `{name}` "
        "in the configuration says so"
        for wish, limit, extra, ceiling, unit, name in rows
        if wish and raised(limit, extra, ceiling) < limit + extra
    )


def _sentence(scope: Scope, dimension: str) -> str:
    bound = _of(scope.bound, dimension)
    asks = {
        "usd": (f"{bound:g} USD", "budget=+5usd"),
        "tokens": (f"{bound:,.0f} tokens", "tokens=+1000000"),
        "seconds": (f"{bound / 3600:g} hours", "hours=+2"),
    }
    what, more = asks[dimension]
    if scope.name == "The milestone":
        told = {
            "usd": f"The budget of {what} is spent",
            "tokens": f"The agents' {what} are used",
            "seconds": f"The agents' {what} are used",
        }[dimension]
    else:
        told = f"{scope.name} has used its {what}"
    return f"{told}: comment `/continue {more}` for more."


def _of(one: Amount, dimension: str) -> float:
    return float(getattr(one, dimension))


def why_idle(state: RunState, limits: Limits) -> str:
    """Return that too much was spent since something landed; empty when it was not."""
    cost, calls = state.unmerged.cost_usd, state.unmerged_calls
    if cost < limits.idle_usd and calls < limits.idle_invocations:
        return ""
    return (
        f"{calls} invocations ({cost:.2f} USD) have landed nothing since the last merge or the "
        "last word of a person: look at what the agents do (`specloop show`), then comment "
        "`/continue` with what should be different."
    )
