"""One host and one token: sends requests in turn, with our own policy on repeating and pacing."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, assert_never
from urllib.parse import urlsplit

from bot.domain.errors import ServiceError, UserError
from bot.github.answer import Answer, LostAnswer, Safety
from bot.github.pace import HOUR, Limits, Sent, wait_before
from bot.github.pacing import CEILING, Accept, Ambiguous, GiveUp, Retry, decide
from bot.github.transport import exchange, open_github
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
        timeout: float = TIMEOUT,
    ) -> None:
        self.requests = Requests()
        self._permit = permit
        self._clock = clock
        self._limits = limits
        self._sent: list[Sent] = []
        self._lock = threading.RLock()
        # githubkit keeps its open connection in a context variable, which other threads do not
        # see; every call therefore runs inside this one context, guarded by the lock.
        self._context = contextvars.copy_context()
        self._github = open_github(
            base_url, token, timeout=timeout, trust_env=not _is_loopback(base_url)
        )
        self._context.run(self._github.__enter__)

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            self._context.run(self._github.__exit__)

    def read(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """GET over REST. Raises ServiceError when GitHub cannot answer now."""
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
        attempt = 0
        with self._lock:
            while True:
                if safety is Safety.WRITE:
                    self._take_turn(objects)
                answer = self._exchange(method, path, params, json)
                decision = decide(attempt, safety, answer, self._clock.now())
                if safety is Safety.WRITE:
                    happened = isinstance(decision, Accept | Ambiguous)
                    self._sent.append(Sent(self._clock.boot(), objects if happened else 0))
                match decision:
                    case Accept():
                        return _admitted(answer)
                    case Retry(after):
                        self._clock.sleep(after)
                    case GiveUp(reason, again_at):
                        raise ServiceError(_sentence(reason, again_at))
                    case Ambiguous(reason):
                        raise LostAnswer(_sentence(reason))
                    case _:
                        assert_never(decision)
                attempt += 1

    def _take_turn(self, objects: int) -> None:
        """Wait until GitHub would take another write, then ask for leave to send it."""
        now = self._clock.boot()
        self._sent = [s for s in self._sent if s.at > now - HOUR]
        wait = wait_before(self._sent, objects, now, self._limits)
        if wait > CEILING:
            again_at = self._clock.now() + timedelta(seconds=wait)
            raise ServiceError(
                f"{self._limits.per_hour} objects were created in the last hour, as many as GitHub "
                f"takes. It can be tried again at {again_at:%H:%M} UTC."
            )
        if wait > 0:
            self._clock.sleep(wait)
        self._permit.check()

    def _exchange(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        json: Mapping[str, Any] | None,
    ) -> Answer:
        answer = self._context.run(exchange, self._github, method, path, params, json)
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


def _sentence(reason: str, again_at: datetime | None = None) -> str:
    later = f" It can be tried again at {again_at:%H:%M} UTC." if again_at else ""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}.{later}"


def _is_loopback(base_url: str) -> bool:
    """Whether the address is this machine, which no configured proxy can reach for us."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
