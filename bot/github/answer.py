"""What came back for one request, before anything is decided about it: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.errors import ServiceError


class LostAnswer(ServiceError):
    """A write was sent and its answer is lost or says nothing: it may or may not have happened."""


class Safety(StrEnum):
    """Whether sending a request twice can do harm."""

    READ = "read"
    WRITE = "write"


class Failure(StrEnum):
    """Why there is no answer at all."""

    NOT_SENT = "not sent"
    """No connection was made, so the other side cannot have acted."""
    LOST = "lost"
    """The request left and no readable answer came."""


@dataclass(frozen=True, slots=True)
class GraphQLError:
    """One entry of `errors` in a GraphQL answer."""

    message: str
    kind: str = ""
    """GitHub's `type`, say NOT_FOUND or RATE_LIMITED; empty when it gave none."""
    path: tuple[str, ...] = ()

    @property
    def alias(self) -> str:
        """The top-level field it belongs to; empty for an error of the whole request."""
        return self.path[0] if self.path else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, or the reason why there is none."""

    status: int = 0
    """HTTP status; 0 when no response came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: Any = None
    """Parsed JSON."""
    failure: Failure | None = None
    detail: str = ""
    """What the transport said about a failure."""

    @property
    def message(self) -> str:
        """GitHub's own sentence, details included; empty when it gave none."""
        if not isinstance(self.body, dict):
            return ""
        details = [_sentence(e) for e in self.body.get("errors") or [] if not _is_graphql(e)]
        said = str(self.body.get("message") or "")
        return ": ".join(part for part in (said, ", ".join(d for d in details if d)) if part)

    @property
    def data(self) -> dict[str, Any] | None:
        """`data` of a GraphQL answer."""
        found = self.body.get("data") if isinstance(self.body, dict) else None
        return found if isinstance(found, dict) else None

    @property
    def executed(self) -> bool:
        """Whether a GraphQL request got past validation (only then the answer has `data`)."""
        return isinstance(self.body, dict) and "data" in self.body

    @property
    def errors(self) -> tuple[GraphQLError, ...]:
        """`errors` of a GraphQL answer."""
        if self.status != 200 or not isinstance(self.body, dict):
            return ()
        found = self.body.get("errors")
        entries = found if isinstance(found, list) else []
        return tuple(_error(e) for e in entries if isinstance(e, dict))


def _error(raw: dict[str, Any]) -> GraphQLError:
    extensions = raw.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    path = raw.get("path")
    return GraphQLError(
        message=str(raw.get("message") or "GitHub gave no reason"),
        kind=str(raw.get("type") or code or "").upper(),
        path=tuple(str(p) for p in path) if isinstance(path, list) else (),
    )


def _is_graphql(raw: Any) -> bool:
    return isinstance(raw, dict) and ("locations" in raw or "path" in raw)


def _sentence(raw: Any) -> str:
    """Return one entry of a REST `errors` list in words."""
    if not isinstance(raw, dict):
        return str(raw)
    if raw.get("message"):
        return str(raw["message"])
    return " ".join(str(raw[k]) for k in ("resource", "field", "code") if raw.get(k))
