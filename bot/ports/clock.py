"""Time: the only way the loop knows or waits."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A clock."""

    def now(self) -> datetime:
        """Return the present wall time, in UTC."""
        ...

    def boot(self) -> float:
        """Return seconds since boot, sleep of the machine included."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
