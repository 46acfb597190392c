"""What a client sees when something goes wrong, in GitHub's words."""

import json
from dataclasses import replace
from typing import Any

from bot.hub.errors import Refusal
from bot.hub.faults.matching import Facts
from bot.hub.server.messages import DOCUMENTATION, Outgoing, json_answer

DROPPED = 0
"""The status of an answer that is never sent: the connection is closed instead."""
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
TOO_QUICKLY = "was submitted too quickly"
_ABOUT_LIMITS = (
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
    "#about-secondary-rate-limits"
)
_PAGES = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


class FieldFailed(Refusal):
    """One field of a mutation failed, or its answer was lost; the others are not touched."""

    kind = "SERVICE_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("Something went wrong while executing your query. This may be the result "
                         "of a timeout, or it could be a GitHub bug.")  # fmt: skip


class FieldLimited(Refusal):
    """One field of a mutation came too fast after others."""

    kind = "UNPROCESSABLE"

    def __init__(self) -> None:
        super().__init__(TOO_QUICKLY)


def failure(status: int) -> Outgoing:
    """Return GitHub's bare page for a broken gateway or server, or a dropped connection."""
    if status == DROPPED:
        return Outgoing(DROPPED)
    words = f"<html><head><title>{status} {_PAGES[status]}</title></head><body>Unicorn!</body>"
    return Outgoing(status, words.encode(), {"Content-Type": "text/html; charset=utf-8"})


def secondary(facts: Facts, status: int, graphql_status: int, retry_after: int | None) -> Outgoing:
    """Return a secondary limit in the form of the API that was asked."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if facts.api == "graphql" and graphql_status == 200:
        error = {"type": "RATE_LIMITED", "message": SECONDARY}
        return _limited(200, {"errors": [error]}, headers)
    content = {"message": SECONDARY, "documentation_url": _ABOUT_LIMITS, "status": str(status)}
    is_graphql = facts.api == "graphql"
    return _limited(graphql_status if is_graphql else status, content, headers)


def primary(facts: Facts, status: int, account_id: int, headers: dict[str, str]) -> Outgoing:
    """Return a spent pool in the form of the API that was asked; ``headers`` are the pool's."""
    words = f"API rate limit exceeded for user ID {account_id}."
    if facts.api == "graphql":
        return _limited(200, {"errors": [{"type": "RATE_LIMITED", "message": words}]}, headers)
    content = {"message": words, "documentation_url": DOCUMENTATION, "status": str(status)}
    return _limited(status, content, headers)


def _limited(status: int, content: Any, headers: dict[str, str]) -> Outgoing:
    return replace(json_answer(status, content, headers), limited=True)


def decoded(body: bytes) -> Any:
    """Return JSON, or None for what is none: the API itself will say so."""
    try:
        return json.loads(body)
    except ValueError:
        return None
