"""The repository's issues as REST lists them: open specs, and what changed since a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.github.markers import read
from bot.github.parse import child, moment, number, text
from bot.github.place import Place

PAGE = 100
MOST_PAGES = 10
"""Pages of changes that are read at most: what lies further back was seen by earlier looks."""


@dataclass(frozen=True, slots=True)
class ListedIssue:
    """An issue or pull request as the listing shows it."""

    number: int
    updated_at: datetime
    milestone: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Reads listings of one repository."""

    place: Place

    def open_specs(self, label: str) -> tuple[int, ...]:
        """Return the numbers of the open issues with a label."""
        query = {"labels": label, "state": "open"}
        return tuple(n for e in self._pages(query) if "pull_request" not in e
                     and (n := number(e, "number")))  # fmt: skip

    def changed_since(self, moment_: datetime) -> tuple[ListedIssue, ...]:
        """Return issues and pull requests, open or closed, that changed then or later."""
        since = f"{moment_.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        query = {"state": "all", "since": since, "sort": "updated", "direction": "desc"}
        return tuple(i for e in self._pages(query) if (i := _listed(e)) is not None)

    def comment(self, number_: int) -> str | None:
        """Return the present text of a comment by its database id; None when it is gone."""
        answer = self.place.client.read(f"{self.place.path}/issues/comments/{number_}")
        if answer.status in (404, 410):
            return None
        if answer.status >= 400 or not isinstance(answer.body, dict):
            said = answer.message or answer.status
            raise ServiceError(f"GitHub does not show the comment {number_}: {said}.")
        return text(answer.body, "body")

    def _pages(self, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for page in range(1, MOST_PAGES + 1):
            asked = {**query, "per_page": PAGE, "page": page}
            answer = self.place.client.read(f"{self.place.path}/issues", asked)
            if answer.status >= 400 or not isinstance(answer.body, list):
                said = answer.message or answer.status
                raise UserError(f"The issues of {self.place.full_name} cannot be read: {said}.")
            yield from (e for e in answer.body if isinstance(e, Mapping))
            if len(answer.body) < PAGE:
                return


def root_of_body(body: str) -> int | None:
    """Return the root for which the bot made an object, by its marker's nonce; None for none.

    Whoever copies a marker wakes a milestone, and nothing more.
    """
    marker = read(body)
    number_ = marker.nonce.partition(".")[0] if marker and "." in marker.nonce else ""
    is_number = number_.isascii() and number_.isdigit() and len(number_) <= 9
    return int(number_) or None if is_number else None


def _listed(entry: Mapping[str, Any]) -> ListedIssue | None:
    at = moment(entry, "updated_at")
    if at is None or not number(entry, "number"):
        return None
    milestone = number(child(entry, "milestone"), "number") or None
    return ListedIssue(number(entry, "number"), at, milestone, text(entry, "body"))
