"""One host and one token: sends requests in turn, with our own policy on repeating and pacing."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, assert_never
from urllib.parse import urlsplit

from bot.domain.errors import LimitReached, ServiceError, UserError
from bot.github.answer import Answer, LostAnswer, Safety
from bot.github.budget import Budget
from bot.github.pace import Limits
from bot.github.pacing import Accept, Ambiguous, GiveUp, Retry, decide
from bot.github.transport import exchange, open_github
from bot.github.turns import Created, Turns
from bot.ports.clock import Clock
from bot.ports.tracker import SendPermit

TIMEOUT = 20.0
"""Seconds for connecting and for each read; GitHub itself gives up on a query after 10."""


@dataclass(slots=True)
class Requests:
    """What was sent so far, repetitions included."""

    rest: int = 0
    graphql: int = 0
    points: int = 0
    """GraphQL points as far as told; a request that does not tell counts one."""


class Client:
    """One repository host, one token. Requests are sent one at a time, as GitHub asks."""

    def __init__(
        self,
        base_url: str,
        token: str,
        permit: SendPermit,
        clock: Clock,
        limits: Limits,
        created: Created = tuple,
        timeout: float = TIMEOUT,
    ) -> None:
        """`created` tells, at the first write, what earlier processes have created."""
        self.requests = Requests()
        self._permit = permit
        self._clock = clock
        self._turns = Turns(clock, limits, created)
        self._budget = Budget(clock)
        self._lock = threading.RLock()
        # githubkit keeps its open connection in a context variable, which other threads do not
        # see; every call therefore runs inside this one context, guarded by the lock.
        self._context = contextvars.copy_context()
        self._github = open_github(
            base_url, token, timeout=timeout, trust_env=not is_loopback(base_url)
        )
        self._context.run(self._github.__enter__)

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            self._context.run(self._github.__exit__)

    def read(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """GET over REST. Raises ServiceError when GitHub cannot answer now, LimitReached as one."""
        return self._send(Safety.READ, "GET", path, params=params)

    def write(self, method: str, path: str, body: Mapping[str, Any], objects: int = 0) -> Answer:
        """Write over REST; `objects` is how many pieces of content it creates.

        Raises ServiceError when it certainly did not happen, LostAnswer when nobody knows.
        """
        return self._send(Safety.WRITE, method, path, json=body, objects=objects)

    def query(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """Read over GraphQL. Raises ServiceError when GitHub cannot answer now."""
        return self._send(Safety.READ, "POST", "/graphql", json=_call(document, variables))

    def mutate(self, document: str, variables: Mapping[str, Any], objects: int = 0) -> Answer:
        """Write over GraphQL; raises as `write` does."""
        json = _call(document, variables)
        return self._send(Safety.WRITE, "POST", "/graphql", json=json, objects=objects)

    def _send(
        self,
        safety: Safety,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        objects: int = 0,
    ) -> Answer:
        attempt, waited = 0, 0.0
        with self._lock:
            while True:
                self._budget.await_room(path)
                if safety is Safety.WRITE:
                    self._turns.take(objects)
                    self._permit.check()
                answer = self._exchange(method, path, params, json)
                decision = decide(attempt, safety, answer, self._clock.now(), waited)
                if safety is Safety.WRITE:
                    happened = isinstance(decision, Accept | Ambiguous)
                    self._turns.taken(objects if happened else 0)
                match decision:
                    case Accept():
                        return _admitted(answer)
                    case Retry(after):
                        self._clock.sleep(after)
                        waited += after
                    case GiveUp(reason, again_at):
                        raise _given_up(reason, again_at)
                    case Ambiguous(reason):
                        raise LostAnswer(_sentence(reason))
                    case _:
                        assert_never(decision)
                attempt += 1

    def _exchange(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        json: Mapping[str, Any] | None,
    ) -> Answer:
        answer = self._context.run(exchange, self._github, method, path, params, json)
        self._budget.learn(path, answer.headers)
        if path == "/graphql":
            self.requests.graphql += 1
            rate = (answer.data or {}).get("rateLimit")
            self.requests.points += rate.get("cost", 1) if isinstance(rate, dict) else 1
        else:
            self.requests.rest += 1
        return answer


def _admitted(answer: Answer) -> Answer:
    if answer.status == 401:
        raise UserError("GitHub does not accept the token: it is wrong, expired or revoked.")
    return answer


def _call(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": document, "variables": dict(variables)}


def _given_up(reason: str, again_at: datetime | None) -> ServiceError:
    if again_at is None:
        return ServiceError(f"{_sentence(reason)} The next run tries again.")
    return LimitReached(_sentence(reason), again_at)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def is_loopback(base_url: str) -> bool:
    """Whether the address is this machine, which no configured proxy can reach for us."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
