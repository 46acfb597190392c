"""The broker: the only one that holds a model's key; it admits, counts and ends at a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Pass:
    """The right to ask models in one invocation."""

    token: str
    """Stands where the key would stand; worth nothing elsewhere, and nothing after `settle`."""
    url: str
    """The broker on this machine's loopback, for conversations held in this process."""


class Broker(Protocol):
    """Stands between whoever asks a model and the model's provider.

    Requests go to `URL/PROVIDER/...` and on from there to the provider's own address, with the
    provider's key in place of the pass. Only the routes that hold a conversation are admitted.
    """

    def admit(self, invocation: str, cap_usd: float) -> Pass:
        """Return a pass for an invocation; at `cap_usd` the broker answers no more requests.

        Raises AgentUnavailable when the broker is not there.
        """
        ...

    def settle(self, admitted: Pass) -> Usage:
        """Return what was used under a pass, `seconds` aside, and end it."""
        ...
