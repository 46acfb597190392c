"""Reads from answers what they used: whole ones and streams, of every wire format."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.broker.apis import WIRE_FORMATS
from bot.broker.prices import Tokens
from bot.domain.providers import Api

_LINE = 16 << 20
"""Bytes of one event; longer ones are not looked into."""
_BYTES_PER_TOKEN = 4


class Counter:
    """Takes an answer as it comes; never raises for what is in it."""

    def __init__(self, api: Api, estimate: int) -> None:
        """`estimate` stands for the input tokens when an answer does not tell."""
        self._format = WIRE_FORMATS[api]
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
        told = self._format.usage(event, self._told)
        if told is not None:
            self._told, self._final = told.tokens, told.is_final
