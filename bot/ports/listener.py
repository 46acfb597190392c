"""Whoever watches an iteration."""

from __future__ import annotations

from typing import Protocol

from bot.domain.events import Event


class Listener(Protocol):
    """Told of every event, from any thread; must not raise."""

    def tell(self, event: Event) -> None:
        """Take notice of one event."""
        ...
