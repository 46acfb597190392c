"""Requests and answers as values, without any transport."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from bot.hub.errors import BadRequest, FieldError, Refusal, TooManyRequests

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Incoming:
    """A request that was read whole; header names are in lower case, ``path`` is not decoded."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last counts."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    def json(self) -> Any:
        """Return the decoded body, None for an empty one. Raises BadRequest."""
        if not self.body.strip():
            return None
        try:
            found = json.loads(self.body)
            if b"\\u" in self.body:
                json.dumps(found, ensure_ascii=False).encode()  # half a character has no bytes
        except (ValueError, RecursionError):
            raise BadRequest("Problems parsing JSON") from None
        return found


@dataclass(frozen=True)
class Outgoing:
    """An answer ready to be sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    limited: bool = False
    """Whether a limit refused the request or a part of it, in whatever form the client sees."""


def json_answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Outgoing:
    """Return an answer with a JSON body, or none for None."""
    if content is None:
        return Outgoing(status, b"", dict(headers or {}))
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Outgoing(
        status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    )


def refusal_answer(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Outgoing:
    """Return a refusal as GitHub's REST API prints errors."""
    content: dict[str, Any] = {"message": refusal.message}
    if refusal.errors:
        content["errors"] = [
            e.as_json() if isinstance(e, FieldError) else e for e in refusal.errors
        ]
    content |= {"documentation_url": DOCUMENTATION, "status": str(refusal.status)}
    answer = json_answer(refusal.status, content, headers)
    return replace(answer, limited=isinstance(refusal, TooManyRequests))
