"""The hourly budgets of requests and points, as GitHub's answers tell them: never spent whole.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.errors import LimitReached
from bot.github.pacing import CEILING, number
from bot.ports.clock import Clock

RESERVE = 10
"""What is left unspent: a query costs several points, and others spend from the same pool."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What an answer told of one pool."""

    remaining: int
    reset: float
    """Seconds since 1970 at which it is full again."""


def read_pool(headers: Mapping[str, str]) -> Pool | None:
    """Return the pool that an answer's headers (in lower case) tell of, or None."""
    remaining = number(headers.get("x-ratelimit-remaining"))
    reset = number(headers.get("x-ratelimit-reset"))
    return None if remaining is None or reset is None else Pool(int(remaining), reset)


def wait_for(pool: Pool, now: datetime) -> float:
    """Return the seconds until a request may be sent; `now` is wall time in UTC. Pure."""
    if pool.remaining > RESERVE:
        return 0.0
    # One second more: GitHub rounds the moment of the reset down.
    return max(0.0, pool.reset + 1.0 - now.astimezone(UTC).timestamp())


class Budget:
    """REST requests and GraphQL points are two pools."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pools: dict[bool, Pool] = {}

    def await_room(self, path: str) -> None:
        """Wait until the pool of an address has room.

        Raises LimitReached instead of waiting for more than two minutes.
        """
        is_graphql = path == "/graphql"
        pool = self._pools.get(is_graphql)
        wait = wait_for(pool, self._clock.now()) if pool else 0.0
        if wait > CEILING:
            what = "GraphQL points" if is_graphql else "requests"
            again_at = self._clock.now() + timedelta(seconds=math.ceil(wait))
            raise LimitReached(f"GitHub's {what} of this hour are used up.", again_at)
        if wait > 0:
            self._clock.sleep(wait)
            self._pools.pop(is_graphql, None)

    def learn(self, path: str, headers: Mapping[str, str]) -> None:
        """Take in what an answer tells."""
        pool = read_pool(headers)
        if pool is not None:
            self._pools[path == "/graphql"] = pool
