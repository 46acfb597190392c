"""One conversation's way to a model, whoever provides it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.agents import Invocation
from bot.domain.errors import AgentUnavailable
from bot.domain.usage import Usage

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from bot.agents.roles import Role


class ProviderBusy(AgentUnavailable):
    """The provider has no room or no quota now: a matter of waiting, and nobody's failure."""

    def __init__(self, sentence: str, seconds: float) -> None:
        """`seconds` is how long to wait."""
        super().__init__(sentence)
        self.seconds = seconds


async def _nothing_to_close() -> None:
    return None


def _nobody_counted() -> Usage | None:
    return None


@dataclass(frozen=True, slots=True)
class Access:
    """A model, for one conversation."""

    model: Model
    name: str
    """As records tell it."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """pydantic-ai's model settings."""
    streams: bool = False
    """Whether answers arrive piece by piece."""
    close: Callable[[], Awaitable[None]] = _nothing_to_close
    """Called in the conversation's own event loop."""
    settle: Callable[[], Usage | None] = _nobody_counted
    """Ends it; returns what was used as whoever stands between counted it, or None."""


class ModelSource(Protocol):
    """Where models come from: providers, or a playbook."""

    def open(self, invocation: Invocation, role: Role) -> Access:
        """Return the way to the model that answers this invocation. Raises AgentUnavailable."""
        ...
