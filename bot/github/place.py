"""Which repository, reached by which client: what every part of the adapter starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.github.answer import Answer
from bot.github.client import Client
from bot.github.documents import load
from bot.github.parse import Node, child, text


@dataclass(frozen=True, slots=True)
class Place:
    """One repository."""

    client: Client
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        """Start of its REST addresses."""
        return f"/repos/{self.owner}/{self.name}"

    def ask(self, document: str, **variables: Any) -> Mapping[str, Any]:
        """Send a read document by name and return its data, complete but for what is NOT_FOUND.

        Raises UserError when the repository cannot be seen, ServiceError for any other error:
        a partial reading would be taken for the truth.
        """
        answer = self.client.query(load(document), variables)
        return self.complete(answer)

    def ask_here(self, document: str, **variables: Any) -> tuple[Node, Mapping[str, Any]]:
        """Like `ask` about this repository; return its node and the whole data."""
        data = self.ask(document, owner=self.owner, name=self.name, **variables)
        return child(data, "repository"), data

    def file(self, path: str) -> tuple[str, str | None]:
        """Return the default branch (empty: no commits yet) and a file's text on it, or None."""
        here, _ = self.ask_here("file", expression=f"HEAD:{path}")
        found = child(here, "object").get("text")
        content = found if isinstance(found, str) else None
        return text(child(here, "defaultBranchRef"), "name"), content

    def complete(self, answer: Answer) -> Mapping[str, Any]:
        """Return a read answer's data, or raise as `ask` does."""
        if answer.status in (403, 404):
            said = answer.message
            raise UserError(f"GitHub does not let the token read {self.full_name}: {said}.")
        for error in answer.errors:
            if error.kind != "NOT_FOUND":
                raise ServiceError(f"GitHub could not read {self.full_name}: {error.message}.")
        data = answer.data
        if data is None:
            said = answer.message or f"HTTP {answer.status}"
            raise ServiceError(f"GitHub could not read {self.full_name}: {said}.")
        if "repository" in data and data["repository"] is None:
            raise UserError(
                f"There is no repository {self.full_name}, or the token may not see it. "
                "Check the name and the token's permissions."
            )
        return data
