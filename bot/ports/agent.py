"""Agents: one conversation from an invocation to a validated answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain.agents import Invocation, Reply
from bot.ports.search import Place

UNFINISHED = ".specloop-unfinished-"
"""How a file's name begins while a tool still writes it; what a kill leaves of one is refuse."""


Find = Callable[[str, str], Sequence[Place]]
"""Searches a workplace's code: a query, and the path below which (empty: everywhere)."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where an agent may look, and whether it may change files and run commands there."""

    path: Path
    writable: bool = False
    find: Find | None = None
    """None: there is no ranked search there."""


class Agent(Protocol):
    """Whoever answers for a role."""

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Hold the conversation and return the answer of the role's kind, validated.

        `told(tool, detail)` is called for every tool the agent uses. Raises AgentUnavailable
        (could not be asked; counts as no try) or AgentFailed (no usable answer after repair).
        """
        ...
