"""Reads from answers what they used: whole ones and streams, of both wire formats.

Outside rules: Anthropic's Messages API (a stream's `message_start` tells the input, each
`message_delta` the output so far); OpenAI's chat completions and responses (the last event tells).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.broker.prices import Tokens
from bot.domain.providers import Api

_LINE = 16 << 20
"""Bytes of one event; longer ones are not looked into."""
_BYTES_PER_TOKEN = 4


class Counter:
    """Takes an answer as it comes; never raises for what is in it."""

    def __init__(self, api: Api, estimate: int) -> None:
        """`estimate` stands for the input tokens when an answer does not tell."""
        self._api = api
        self._told: Tokens | None = None
        self._final = False
        self._estimate = estimate
        self._bytes = 0
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Take a part of a stream of server-sent events."""
        self._bytes += len(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self._take(line[5:])
        if len(self._rest) > _LINE:
            self._rest = b""

    def whole(self, body: bytes) -> None:
        """Take a whole answer that is no stream."""
        self._bytes += len(body)
        self._take(body)

    @property
    def is_exact(self) -> bool:
        """Whether the provider told what was used, to the end."""
        return self._final

    def tokens(self) -> Tokens:
        """Return what was used; where the answer broke off, rather too much than too little."""
        told = self._told or Tokens(input=self._estimate)
        if self._final:
            return told
        return replace(told, output=max(told.output, self._bytes // _BYTES_PER_TOKEN))

    def _take(self, data: bytes) -> None:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(event, dict):
            return
        if self._api is Api.ANTHROPIC:
            self._take_anthropic(event)
        else:
            self._take_openai(event)

    def _take_anthropic(self, event: dict[str, Any]) -> None:
        message = event.get("message")
        usage = event.get("usage")
        if isinstance(message, dict) and event.get("type") == "message_start":
            usage = message.get("usage")
        if not isinstance(usage, dict):
            return
        self._final = event.get("type") in ("message", "message_delta")
        before = self._told or Tokens()
        hour = _number(_inside(usage, "cache_creation"), "ephemeral_1h_input_tokens")
        written = _number(usage, "cache_creation_input_tokens")
        # What a later event does not tell again stays as it was told.
        self._told = Tokens(
            input=_number(usage, "input_tokens") or before.input,
            output=_number(usage, "output_tokens") or before.output,
            cache_read=_number(usage, "cache_read_input_tokens") or before.cache_read,
            cache_write=max(0, written - hour) or before.cache_write,
            cache_write_hour=hour or before.cache_write_hour,
        )

    def _take_openai(self, event: dict[str, Any]) -> None:
        usage = event.get("usage") or _inside(event, "response").get("usage")
        if not isinstance(usage, dict):
            return
        self._final = True
        whole = _number(usage, "prompt_tokens") or _number(usage, "input_tokens")
        details = _inside(usage, "prompt_tokens_details") or _inside(usage, "input_tokens_details")
        cached = min(whole, _number(details, "cached_tokens"))
        self._told = Tokens(
            input=whole - cached,
            output=_number(usage, "completion_tokens") or _number(usage, "output_tokens"),
            cache_read=cached,
        )


def _inside(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    return max(0, found) if isinstance(found, int) else 0
