"""Google's Gemini API: the model stands in the path, and usage in `usageMetadata`.

Outside rules: https://ai.google.dev/api/generate-content. Google reads JSON leniently (a name in
two spellings, a number as text, one value for a list), so a body is held against a table of all
that may stand in it, in the one spelling that Google's own clients write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.broker.apis.google_body import strange
from bot.broker.apis.wire import Route, Told, WireFormat, inside, number
from bot.broker.output import LEAST, Output, is_count
from bot.broker.prices import Tokens

_MODELS = "v1beta/models"
_ACTION = re.compile(
    rf"{_MODELS}/(?P<model>[A-Za-z0-9][A-Za-z0-9._-]{{0,99}})"
    r":(?P<action>generateContent|streamGenerateContent|countTokens)"
)
_FREE = "countTokens"
_STREAM = ":streamGenerateContent"
_SSE = "alt=sse"
_LONGEST = 65_536
"""Tokens of an answer whose request names no bound: as many as any Gemini model writes."""
_STATUS = {
    401: "UNAUTHENTICATED",
    402: "RESOURCE_EXHAUSTED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    502: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Google(WireFormat):
    """As Google and Gemini's clients speak it."""

    def route(self, method: str, path: str) -> Route | None:
        """Return the route that a path means, or None when it is not admitted."""
        if (method, path) == ("GET", _MODELS):
            return Route(path, is_billed=False)
        found = _ACTION.fullmatch(path)
        if method != "POST" or found is None:
            return None
        return Route(path, is_billed=found["action"] != _FREE, model=found["model"])

    def query_objection(self, route: Route, query: str) -> str:
        """Return why a query is not sent on: no key belongs there, and no choice of fields.

        A stream in another form than events would not be counted.
        """
        if query == (_SSE if route.path.endswith(_STREAM) else ""):
            return ""
        return "Of queries `alt=sse` alone is admitted, for streams, and they need it."

    def token(self, headers: Mapping[str, str]) -> str:
        """Return the pass: where Google's clients put a key."""
        return headers.get("x-goog-api-key", "")

    def key_header(self, key: str) -> tuple[str, str]:
        """Return name and value of the header that brings the key."""
        return "x-goog-api-key", key

    def objection(self, body: Mapping[str, Any]) -> str:
        """Return why a body is not sent on."""
        return strange(body)

    def model(self, route: Route, body: Mapping[str, Any]) -> str:
        """Return the name of the model, which the path tells."""
        return route.model

    def output(self, route: Route, body: Mapping[str, Any]) -> Output:
        """Return how long the answer may become, thoughts included."""
        config = inside(body, "generationConfig")
        named, several = config.get("maxOutputTokens"), config.get("candidateCount")
        most = named if is_count(named) else _LONGEST
        thought = number(inside(config, "thinkingConfig"), "thinkingBudget")
        return Output(min(LEAST + thought, most), most, several if is_count(several) else 1)

    def lowered(self, body: Mapping[str, Any], bound: int) -> dict[str, Any]:
        """Return the body with this bound on output, or with a lower one that it names."""
        config = inside(body, "generationConfig")
        named = config.get("maxOutputTokens")
        lower = min(named, bound) if is_count(named) else bound
        return {**body, "generationConfig": {**config, "maxOutputTokens": lower}}

    def usage(self, event: Mapping[str, Any], before: Tokens | None) -> Told | None:
        """Return what is told: each event the sum so far, the one that says why it ends the last.

        What is cached is part of the prompt; what was thought is no part of the candidates.
        """
        usage = event.get("usageMetadata")
        if not isinstance(usage, dict):
            return None
        prompt = number(usage, "promptTokenCount") + number(usage, "toolUsePromptTokenCount")
        cached = min(prompt, number(usage, "cachedContentTokenCount"))
        written = number(usage, "candidatesTokenCount") + number(usage, "thoughtsTokenCount")
        before = before or Tokens()
        tokens = Tokens(
            input=prompt - cached if prompt else before.input,
            output=max(written, before.output),
            cache_read=cached if prompt else before.cache_read,
        )
        return Told(tokens, _ends(event))

    def error(self, status: int, sentence: str) -> dict[str, object]:
        """Return the body of an error of the broker's own."""
        kind = _STATUS.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
        return {"error": {"code": status, "message": sentence, "status": kind}}


def _ends(event: Mapping[str, Any]) -> bool:
    """Whether every candidate says why it ended, or the prompt was blocked."""
    candidates = event.get("candidates")
    if isinstance(candidates, list) and candidates:
        return all(isinstance(c, dict) and c.get("finishReason") for c in candidates)
    return "blockReason" in inside(event, "promptFeedback")
