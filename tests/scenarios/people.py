"""People who use the hub's REST API directly, and the one server that all scenarios share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.hub import BOT
from bot.wiring.embedded import Endpoint
from bot.wiring.places import World as Places

LAG = 0.05
"""Seconds by which the hub's listings are late in scenarios."""
SETTLE = 0.12


@dataclass
class Person:
    """Someone with an account."""

    login: str
    token: str
    url: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    def call(self, method: str, path: str, **fields: Any) -> Any:
        """Ask the API and return what it answers; an error fails the test."""
        answer = self.attempt(method, path, **fields)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def attempt(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """Ask the API, come what may."""
        return self.http.request(
            method,
            f"{self.url}{path}",
            content=json.dumps(fields) if fields else None,
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def all(self, path: str) -> list[Any]:
        """Return a whole listing, up to two hundred entries."""
        found: list[Any] = []
        for page in (1, 2):
            joint = "&" if "?" in path else "?"
            got = self.call("GET", f"{path}{joint}per_page=100&page={page}")
            found += got
            if len(got) < 100:
                break
        return found


@dataclass
class Town:
    """A hub that is served, and its people."""

    places: Places
    endpoint: Endpoint
    maintainer: Person
    known: dict[str, Person] = field(default_factory=dict)

    def person(self, login: str) -> Person:
        """Return someone by login; who is new in town gets an account."""
        if login == self.maintainer.login:
            return self.maintainer
        if login == BOT:
            self.known.setdefault(BOT, Person(BOT, self.endpoint.bot_token, self.endpoint.url))
        if login not in self.known:
            made = self.maintainer.call("POST", "/_hub/accounts", login=login, type="User")
            self.known[login] = Person(login, made["token"], self.endpoint.url)
        return self.known[login]

    def close(self) -> None:
        """Give all connections back."""
        for person in (self.maintainer, *self.known.values()):
            person.http.close()
