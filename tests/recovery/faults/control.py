"""The hub's control address as a run uses it: rules for its next request, and one clock for both.

Nothing waits: whoever sleeps moves the hub's clock ahead and his own with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.hub import MAINTAINER, read_tokens, running_hub
from bot.wiring.machine import SystemClock
from bot.wiring.places import World

Rule = dict[str, Any]


class Control:
    """Asks the control address of a world that is being served."""

    def __init__(self, world: World) -> None:
        self._world = world

    def ahead(self) -> float:
        """Return the seconds by which the hub's clock is ahead of the wall's."""
        return float(self._ask("GET", "/_hub/clock")["ahead"])

    def advance(self, seconds: float) -> float:
        """Move the hub's clock and return by how much it is ahead then."""
        return float(self._ask("POST", "/_hub/clock", {"advance": seconds})["ahead"])

    def put(self, rules: Sequence[Rule]) -> None:
        """Set rules in place of all others."""
        self._ask("PUT", "/_hub/faults", {"rules": list(rules)})

    def add(self, rules: Sequence[Rule]) -> None:
        """Set rules beside those that hold without end; spent ones are dropped."""
        held = [entry["rule"] for entry in self._ask("GET", "/_hub/faults")["rules"]]
        self.put([*(r for r in held if "times" not in r), *rules])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        token = read_tokens(self._world.hub)[MAINTAINER]
        url = f"{running_hub(self._world.hub)}{path}"
        headers = {"Authorization": f"Bearer {token}"}
        asked = httpx.request(method, url, json=body, headers=headers, trust_env=False)
        return asked.raise_for_status().json()


def share_clock(control: Control) -> None:
    """Let this process live in the hub's time: sleeping moves the time of both."""
    ahead = control.ahead()

    def now(_: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead)

    def boot(_: SystemClock) -> float:
        return time.monotonic() + ahead

    def sleep(_: SystemClock, seconds: float) -> None:
        nonlocal ahead
        ahead = control.advance(max(0.0, seconds))

    SystemClock.now = now  # type: ignore[method-assign]
    SystemClock.boot = boot  # type: ignore[method-assign]
    SystemClock.sleep = sleep  # type: ignore[method-assign]
