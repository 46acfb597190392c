"""How long an answer may become: the bounds that a request names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

_NAMES = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_USUAL = 16_000
"""Tokens set aside for an answer whose request names no bound; it is given none then."""
LEAST = 4_000
"""Tokens below which an answer is of no use to an agent."""


@dataclass(frozen=True, slots=True)
class Output:
    """Tokens of one answer."""

    least: int
    most: int
    times: int = 1
    """Answers that are asked for at once."""

    @staticmethod
    def of(body: Mapping[str, Any]) -> Output:
        """Return what a body of Anthropic's or OpenAI's asks for."""
        named = [body[name] for name in _NAMES if is_count(body.get(name))]
        several = body.get("n")
        times = several if is_count(several) else 1
        if not named:
            return Output(_USUAL, _USUAL, times)
        thinking = body.get("thinking")
        # Anthropic refuses a bound that thinking alone would use up.
        thought = thinking.get("budget_tokens") if isinstance(thinking, dict) else 0
        least = LEAST + (thought if is_count(thought) else 0)
        return Output(min(least, max(named)), max(named), times)


def lowered(body: Mapping[str, Any], bound: int) -> dict[str, Any]:
    """Return the body with no bound above this one, in tokens."""
    lower = {n: min(body[n], bound) for n in _NAMES if is_count(body.get(n))}
    return {**body, **lower}


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is a number of tokens or answers."""
    return isinstance(value, int) and value > 0
