"""Anthropic's Messages API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.broker.apis.reach import objection
from bot.broker.apis.wire import Route, Told, WireFormat, inside, kind_of_error, number
from bot.broker.output import Output, lowered
from bot.broker.prices import Tokens

_ROUTES = {
    ("POST", "v1/messages"): True,
    ("POST", "v1/messages/count_tokens"): False,
    ("GET", "v1/models"): False,
}
"""Admitted routes, and whether they cost anything."""


class Anthropic(WireFormat):
    """As Anthropic and Claude's clients speak it."""

    def route(self, method: str, path: str) -> Route | None:
        """Return the route that a path means, or None when it is not admitted."""
        billed = _ROUTES.get((method, path))
        return None if billed is None else Route(path, billed)

    def key_header(self, key: str) -> tuple[str, str]:
        """Return name and value of the header that brings the key."""
        return "x-api-key", key

    def objection(self, body: Mapping[str, Any]) -> str:
        """Return why a body is not sent on."""
        return objection(body)

    def output(self, route: Route, body: Mapping[str, Any]) -> Output:
        """Return how long the answer may become."""
        return Output.of(body)

    def lowered(self, body: Mapping[str, Any], bound: int) -> dict[str, Any]:
        """Return the body with no bound on output above this one."""
        return lowered(body, bound)

    def usage(self, event: Mapping[str, Any], before: Tokens | None) -> Told | None:
        """Return what is told: `message_start` tells the input, each `message_delta` the output."""
        message = event.get("message")
        usage = event.get("usage")
        if isinstance(message, dict) and event.get("type") == "message_start":
            usage = message.get("usage")
        if not isinstance(usage, dict):
            return None
        before = before or Tokens()
        hour = number(inside(usage, "cache_creation"), "ephemeral_1h_input_tokens")
        written = number(usage, "cache_creation_input_tokens")
        # What a later event does not tell again stays as it was told.
        tokens = Tokens(
            input=number(usage, "input_tokens") or before.input,
            output=number(usage, "output_tokens") or before.output,
            cache_read=number(usage, "cache_read_input_tokens") or before.cache_read,
            cache_write=max(0, written - hour) or before.cache_write,
            cache_write_hour=hour or before.cache_write_hour,
        )
        return Told(tokens, event.get("type") in ("message", "message_delta"))

    def error(self, status: int, sentence: str) -> dict[str, object]:
        """Return the body of an error of the broker's own."""
        return {"type": "error", "error": {"type": kind_of_error(status), "message": sentence}}
