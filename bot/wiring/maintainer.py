"""The person at the laptop, as the embedded GitHub knows them: opens specs, comments."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.github.answer import Answer, LostAnswer
from bot.github.client import Client
from bot.github.pace import UNPACED
from bot.ports.clock import Clock
from bot.wiring.spec_text import SpecText

PAGE = 100
"""Entries of a listing that are asked for at once."""


class _Always:
    """A person needs no lease."""

    def check(self) -> None:
        """Allow it."""


class Maintainer:
    """Writes to one repository of the embedded GitHub in a person's name."""

    def __init__(self, url: str, token: str, repository: str, clock: Clock) -> None:
        self._client = Client(url, token, _Always(), clock, UNPACED)
        self._repository = repository
        self._path = f"/repos/{repository}"

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def ensure_repository(self, bot: str) -> bool:
        """Create the repository unless it exists, and let the bot write; True when it is new.

        The first branch pushed to it becomes its default branch, as on GitHub.
        """
        body = {"name": self._repository.partition("/")[2], "private": True}
        created = self._write("POST", "/user/repos", body, accept=(422,))
        self._write("PUT", f"{self._path}/collaborators/{bot}", {"permission": "push"})
        return created.status == 201

    def open_spec(self, spec: SpecText, label: str) -> int:
        """Open the spec as an issue and return its number; one that a crash left is taken up."""
        self._write(
            "POST", f"{self._path}/labels", {"name": label, "color": "5319e7"}, accept=(422,)
        )
        listed = self._client.read(
            f"{self._path}/issues", {"labels": label, "state": "open", "per_page": 100}
        )
        for issue in listed.body if isinstance(listed.body, list) else []:
            if issue["title"] == spec.title and issue["body"] == spec.body:
                return int(issue["number"])
        body = {"title": spec.title, "body": spec.body, "labels": [label]}
        made = self._write("POST", f"{self._path}/issues", body)
        return int(_mapping(made.body)["number"])

    def take_numbers(self, count: int) -> None:
        """Open issues that stand for nothing, so that what comes next has a later number."""
        for number in range(1, count + 1):
            title = {"title": f"Something else, number {number}"}
            self._write("POST", f"{self._path}/issues", title)

    def comments(self) -> list[Mapping[str, Any]]:
        """Return all comments of the repository, as REST tells them, oldest first."""
        return self._listed(f"{self._path}/issues/comments")

    def reviews(self, number: int) -> list[Mapping[str, Any]]:
        """Return the reviews of a pull request."""
        return self._listed(f"{self._path}/pulls/{number}/reviews")

    def review(self, number: int, event: str, text: str) -> None:
        """Review a pull request's present head: APPROVE, REQUEST_CHANGES or COMMENT."""
        body = {"event": event, "body": text}
        self._write("POST", f"{self._path}/pulls/{number}/reviews", body)

    def _listed(self, path: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for page in itertools.count(1):
            answer = self._client.read(path, {"per_page": PAGE, "page": page})
            listed = answer.body if isinstance(answer.body, list) else []
            found += listed
            if len(listed) < PAGE:
                return found
        raise AssertionError("unreachable: pages end")

    def comment(self, number: int, text: str) -> None:
        """Comment on an issue or pull request."""
        self._write("POST", f"{self._path}/issues/{number}/comments", {"body": text})

    def edit(self, number: int, title: str, text: str) -> None:
        """Change an issue's title and text."""
        self._write("PATCH", f"{self._path}/issues/{number}", {"title": title, "body": text})

    def approve(self, number: int) -> None:
        """Approve a pull request's present head."""
        pull = self._client.read(f"{self._path}/pulls/{number}")
        if pull.status == 404:
            raise UserError(f"#{number} is no pull request; `specloop status` lists them.")
        head = _mapping(_mapping(pull.body).get("head")).get("sha")
        body = {"event": "APPROVE", "commit_id": head}
        self._write("POST", f"{self._path}/pulls/{number}/reviews", body)

    def _write(
        self, method: str, path: str, body: Mapping[str, Any], accept: tuple[int, ...] = ()
    ) -> Answer:
        try:
            answer = self._client.write(method, path, body, objects=1)
        except LostAnswer as error:
            raise ServiceError(f"The embedded GitHub did not answer: {error}") from error
        if answer.status >= 400 and answer.status not in accept:
            told = _mapping(answer.body).get("message", answer.status)
            raise UserError(f"The embedded GitHub refused {method} {path}: {told}.")
        return answer


def _mapping(body: object) -> Mapping[str, Any]:
    return body if isinstance(body, Mapping) else {}
