"""Looks for what an unanswered Create may have made: in listings, never by search (it lags)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

from bot.domain.effects import (
    CreateComment,
    CreateIssue,
    CreatePullRequest,
    Intent,
    Outcome,
    Receipt,
)
from bot.github import parse
from bot.github.markers import Marker, read
from bot.github.parse import LONG_AGO, Node, child, login, nodes, number, text
from bot.github.place import Place

MARGIN = timedelta(minutes=10)
"""How far the clocks of this machine and of GitHub may be apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object with what decides whether it fulfils a wish."""

    number: int
    node_id: str
    is_ours: bool
    marker: Marker | None


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks through listings of one repository."""

    place: Place

    def find(self, intent: Intent) -> Receipt | None:
        """Return the receipt of the object that carries the intent's nonce, or None."""
        matches = [
            f
            for f in self._candidates(intent)
            if f.is_ours and f.marker is not None and f.marker.nonce == intent.nonce
        ]
        if not matches:
            return None
        first = min(matches, key=lambda f: f.number)
        return Receipt(intent.key, Outcome.DONE, first.number, first.node_id)

    def open_pull_request(self, head: str) -> Found | None:
        """Return the open pull request from a branch of this repository, or None."""
        here, data = self.place.ask_here("find_pull_requests", head=head)
        for node in nodes(here, "pullRequests"):
            source = text(child(node, "headRepository"), "nameWithOwner")
            if text(node, "state") == "OPEN" and source.lower() == self.place.full_name.lower():
                return _found(node, data)
        return None

    def _candidates(self, intent: Intent) -> Iterator[Found]:
        effect = intent.effect
        match effect:
            case CreateIssue():
                yield from self._issues(intent)
            case CreateComment():
                yield from self._comments(effect.subject, intent)
            case CreatePullRequest():
                here, data = self.place.ask_here("find_pull_requests", head=effect.head)
                for node in nodes(here, "pullRequests"):
                    yield _found(node, data)
            case _:
                assert_never(effect)

    def _issues(self, intent: Intent) -> Iterator[Found]:
        since = (intent.at - MARGIN).strftime("%Y-%m-%dT%H:%M:%SZ")
        after: str | None = None
        while True:
            here, data = self.place.ask_here("find_issues", since=since, after=after)
            for node in nodes(here, "issues"):
                yield _found(node, data)
            after = _next(child(here, "issues"))
            if after is None:
                return

    def _comments(self, subject: int, intent: Intent) -> Iterator[Found]:
        before: str | None = None
        while True:
            here, data = self.place.ask_here("find_comments", number=subject, before=before)
            connection = child(here, "issueOrPullRequest", "comments")
            page = list(nodes({"comments": connection}, "comments"))
            for node in page:
                yield _found(node, data)
            oldest = min((parse.moment(n, "createdAt") or LONG_AGO for n in page), default=LONG_AGO)
            info = child(connection, "pageInfo")
            if oldest < intent.at - MARGIN or info.get("hasPreviousPage") is not True:
                return
            before = text(info, "startCursor")


def _found(node: Node, data: Any) -> Found:
    viewer = text(child(data, "viewer"), "login")
    return Found(
        number=number(node, "number") or number(node, "fullDatabaseId"),
        node_id=text(node, "id"),
        is_ours=bool(viewer) and login(node, "author") == viewer,
        marker=read(text(node, "body")),
    )


def _next(connection: Node) -> str | None:
    info = child(connection, "pageInfo")
    cursor = text(info, "endCursor")
    return cursor if info.get("hasNextPage") is True and cursor else None
