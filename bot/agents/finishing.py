"""When an agent is told to finish: an answer from what it has is worth more than none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from bot.agents.roles import Role

NEARLY = 0.85
"""The part of any bound from which on it is told, with the result of each tool."""


class Used(Protocol):
    """What pydantic-ai counts of a conversation while it is held."""

    requests: int
    input_tokens: int
    output_tokens: int

    @property
    def cost(self) -> object:
        """US dollars, as a number or None."""
        ...


def finish_now(role: Role, used: Used, seconds: float) -> str:
    """Return what an agent is told when it comes near one of its bounds, else an empty text.

    `seconds` is the conversation's wall time so far. One request is always left to answer with.
    """
    near = [name for name, part in _parts(role, used, seconds) if part >= NEARLY]
    if role.requests - used.requests <= 1 and "requests" not in near:
        near.insert(0, "requests")
    if not near:
        return ""
    return (
        f"\n\n[specloop: {' and '.join(near)} of this conversation are nearly used up. Finish now: "
        "begin nothing new, leave the files in a state that stands on its own, and give your "
        "answer from what you have, with what is missing named in it.]"
    )


def _parts(role: Role, used: Used, seconds: float) -> Iterator[tuple[str, float]]:
    """Yield each bound's name and how much of it is used."""
    yield "requests", used.requests / role.requests
    yield "time", seconds / role.seconds
    if role.tokens:
        yield "tokens", (used.input_tokens + used.output_tokens) / role.tokens
    if role.output_tokens:
        yield "output tokens", used.output_tokens / role.output_tokens
    if role.cost_usd:
        yield "cost", float(str(used.cost or 0)) / role.cost_usd
