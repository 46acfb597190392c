"""Primary rate limits: REST requests and GraphQL points, per account and hour.

The two pools are separate.
"""

import threading
from dataclasses import dataclass

from bot.hub.clock import NANOSECONDS, Clock
from bot.hub.errors import TooManyRequests
from bot.hub.rules.grants import WORKFLOW_REQUESTS
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


_Key = tuple[int, str, frozenset[int] | None]


def _key(account: Account, resource: str) -> _Key:
    """Tokens of one account share a pool, a workflow's have one for their repositories."""
    chosen = account.grant.repositories if account.grant and account.is_workflow else None
    return account.id, resource, chosen


class RateLimits:
    """Counts in memory: a restart fills the pools."""

    def __init__(self, clock: Clock, limits: dict[str, int]) -> None:
        self._clock = clock
        self._limits = limits
        self._pools: dict[_Key, Pool] = {}
        self._lock = threading.Lock()

    def look(self, account: Account, resource: str) -> Pool:
        """Return a pool as it is now."""
        now = self._clock.read() // NANOSECONDS
        pool = self._pools.get(_key(account, resource))
        if pool is None or pool.reset <= now:
            limit = self._limits[resource]
            limit = min(limit, WORKFLOW_REQUESTS) if account.is_workflow else limit
            return Pool(resource, limit, 0, now + WINDOW)
        return pool

    def spend(self, account: Account, resource: str, points: int) -> Pool:
        """Take points from a pool and return what it is then."""
        with self._lock:
            before = self.look(account, resource)
            after = Pool(resource, before.limit, before.used + points, before.reset)
            self._pools[_key(account, resource)] = after
            return after

    def empty(self, account: Account, resource: str, reset_after: int) -> Pool:
        """Take all that is left of a pool, which fills again in so many seconds."""
        with self._lock:
            limit = self.look(account, resource).limit
            reset = self._clock.read() // NANOSECONDS + reset_after
            after = Pool(resource, limit, limit, reset)
            self._pools[_key(account, resource)] = after
            return after

    def require(self, account: Account, resource: str) -> None:
        """Refuse when the pool is empty. Raises TooManyRequests in GitHub's words."""
        if self.look(account, resource).remaining == 0:
            raise TooManyRequests(f"API rate limit exceeded for user ID {account.id}.")
