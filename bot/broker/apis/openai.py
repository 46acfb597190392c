"""OpenAI's chat completions and responses, as most other services speak them, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.broker.apis.reach import objection
from bot.broker.apis.wire import Route, Told, WireFormat, inside, kind_of_error, number
from bot.broker.output import Output, lowered
from bot.broker.prices import Tokens

_CHAT = "chat/completions"
_EMBEDDINGS = "embeddings"
_ROUTES = {
    ("POST", _CHAT): True,
    ("POST", "responses"): True,
    ("POST", _EMBEDDINGS): True,
    ("GET", "models"): False,
}
"""Admitted routes, and whether they cost anything."""


class OpenAi(WireFormat):
    """As OpenAI, Ollama and most others speak it."""

    def route(self, method: str, path: str) -> Route | None:
        """Return the route that a path means, or None when it is not admitted.

        Clients are given addresses with `/v1` and without; the provider's own has it.
        """
        rest = path.removeprefix("v1/")
        billed = _ROUTES.get((method, rest))
        return None if billed is None else Route(rest, billed)

    def key_header(self, key: str) -> tuple[str, str]:
        """Return name and value of the header that brings the key."""
        return "authorization", f"Bearer {key}"

    def objection(self, body: Mapping[str, Any]) -> str:
        """Return why a body is not sent on."""
        return objection(body)

    def sent(self, route: Route, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body; a stream of a chat is asked for its usage, which it tells only then."""
        if route.path != _CHAT or not body.get("stream"):
            return body
        options = inside(body, "stream_options")
        return {**body, "stream_options": {**options, "include_usage": True}}

    def output(self, route: Route, body: Mapping[str, Any]) -> Output:
        """Return how long the answer may become."""
        return Output(0, 0) if route.path == _EMBEDDINGS else Output.of(body)

    def lowered(self, body: Mapping[str, Any], bound: int) -> dict[str, Any]:
        """Return the body with no bound on output above this one."""
        return lowered(body, bound)

    def usage(self, event: Mapping[str, Any], before: Tokens | None) -> Told | None:
        """Return what is told: a stream's last event tells everything."""
        usage = event.get("usage") or inside(event, "response").get("usage")
        if not isinstance(usage, dict):
            return None
        whole = number(usage, "prompt_tokens") or number(usage, "input_tokens")
        details = inside(usage, "prompt_tokens_details") or inside(usage, "input_tokens_details")
        cached = min(whole, number(details, "cached_tokens"))
        tokens = Tokens(
            input=whole - cached,
            output=number(usage, "completion_tokens") or number(usage, "output_tokens"),
            cache_read=cached,
        )
        return Told(tokens, is_final=True)

    def error(self, status: int, sentence: str) -> dict[str, object]:
        """Return the body of an error of the broker's own."""
        code = "insufficient_quota" if status == 402 else kind_of_error(status)
        return {"error": {"message": sentence, "type": code, "param": None, "code": code}}
