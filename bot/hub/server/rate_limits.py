"""Primary rate limits: REST requests and GraphQL points, per account and hour.

The two pools are separate.
"""

import threading
from dataclasses import dataclass

from bot.hub.clock import NANOSECONDS, Clock
from bot.hub.errors import TooManyRequests
from bot.hub.store.identity import Account

WINDOW = 3600
"""Seconds until a pool is full again, counted from its first use."""


@dataclass(frozen=True)
class Pool:
    """What is left of one pool; ``reset`` is in seconds since 1970."""

    resource: str
    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """How much may still be spent in this window."""
        return max(0, self.limit - self.used)

    def headers(self) -> dict[str, str]:
        """Return the five headers GitHub sends."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Used": str(min(self.used, self.limit)),
            "X-RateLimit-Resource": self.resource,
        }

    def as_json(self) -> dict[str, int | str]:
        """Return the pool as ``GET /rate_limit`` prints it."""
        return {
            "limit": self.limit,
            "used": min(self.used, self.limit),
            "remaining": self.remaining,
            "reset": self.reset,
            "resource": self.resource,
        }


class RateLimits:
    """Counts in memory: a restart fills the pools."""

    def __init__(self, clock: Clock, limits: dict[str, int]) -> None:
        self._clock = clock
        self._limits = limits
        self._pools: dict[tuple[int, str], Pool] = {}
        self._lock = threading.Lock()

    def look(self, account: Account, resource: str) -> Pool:
        """Return a pool as it is now."""
        now = self._clock.read() // NANOSECONDS
        pool = self._pools.get((account.id, resource))
        if pool is None or pool.reset <= now:
            return Pool(resource, self._limits[resource], 0, now + WINDOW)
        return pool

    def spend(self, account: Account, resource: str, points: int) -> Pool:
        """Take points from a pool and return what it is then."""
        with self._lock:
            before = self.look(account, resource)
            after = Pool(resource, before.limit, before.used + points, before.reset)
            self._pools[account.id, resource] = after
            return after

    def require(self, account: Account, resource: str) -> None:
        """Refuse when the pool is empty. Raises TooManyRequests in GitHub's words."""
        if self.look(account, resource).remaining == 0:
            raise TooManyRequests(f"API rate limit exceeded for user ID {account.id}.")
