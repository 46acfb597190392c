"""A model's provider on loopback: Anthropic's and OpenAI's wire formats, streamed or not.

What it answers, a function of the test's decides, from the request as it was read. It is as strict
as the real ones about what our side must get right: roles alternate, every tool call is answered,
tools are declared.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.models import wire
from tests.models.cache import PromptCache


@dataclass(frozen=True)
class Use:
    """The model calls a tool."""

    tool: str
    arguments: Mapping[str, Any] | str


@dataclass(frozen=True)
class Say:
    """The model says something and calls tools."""

    uses: Sequence[Use] = ()
    text: str = ""
    stop: str = ""
    """Why it stopped, in Anthropic's words; by default what fits."""
    cached: int | None = None
    """Input tokens read from the cache; None: as many as it holds, for Anthropic's format."""


@dataclass(frozen=True)
class Refuse:
    """The provider answers with an error."""

    status: int
    message: str = "no"
    kind: str = "error"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The connection ends in the middle of an answer."""

    after: int = 3
    """Events that still arrive."""


Reaction = Say | Refuse | Cut


@dataclass(frozen=True)
class Asked:
    """One request, the same for both wire formats."""

    api: str
    model: str
    system: str
    said: str
    """All that the user's side said, tools' results included."""
    turns: int
    """Answers of the model so far."""
    results: tuple[str, ...]
    """The results of the latest tool calls."""
    tools: tuple[str, ...]
    key: str
    body: Mapping[str, Any]

    @property
    def last(self) -> str:
        """The latest tool results as one text."""
        return "\n".join(self.results)


Script = Callable[[Asked], Reaction]


class ModelServer(ThreadingHTTPServer):
    """Answers by a script and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self.cache = PromptCache()
        self.wrong: list[str] = []
        """What was wrong with requests: a test fails on any."""
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def serve_cache(self, asked: Asked) -> int:
        with self._lock:
            return self.cache.serve(asked.body)

    def react(self, asked: Asked) -> Reaction:
        with self._lock:
            self.asked.append(asked)
            return self.script(asked)


@contextmanager
def serving(script: Script) -> Iterator[ModelServer]:
    """Serve a script; whatever was wrong with a request fails the test in the end."""
    server = ModelServer(script)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not server.wrong, server.wrong


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length))
        key = self.headers.get("x-api-key") or self.headers.get("authorization", "")
        api = wire.ANTHROPIC if self.path.partition("?")[0].endswith("/messages") else wire.OPENAI
        if api is wire.OPENAI and not self.path.endswith("/chat/completions"):
            self._send(404, {"error": {"message": f"no route {self.path}", "type": "not_found"}})
            return
        try:
            asked = Asked(
                api=api.name, key=key.removeprefix("Bearer "), body=body, **api.read(body)
            )
        except wire.WrongRequest as wrong:
            self.server.wrong.append(str(wrong))
            self._send(400, api.error("invalid_request_error", str(wrong)))
            return
        self._answer(api, asked, self.server.react(asked))

    def _answer(self, api: wire.Api, asked: Asked, reaction: Reaction) -> None:
        match reaction:
            case Refuse(status, message, kind, headers):
                self._send(status, api.error(kind, message), headers)
            case Cut(after):
                self._stream(api.events(asked.model, wire.Words("Well, let me", (), 5, 0)), after)
            case Say():
                cached = reaction.cached
                if cached is None:
                    cached = self.server.serve_cache(asked) if api is wire.ANTHROPIC else 0
                words = wire.Words(
                    reaction.text,
                    tuple((use.tool, use.arguments) for use in reaction.uses),
                    max(wire.tokens(asked.body), cached),
                    cached,
                    reaction.stop,
                )
                if asked.body.get("stream"):
                    self._stream(api.events(asked.model, words))
                else:
                    self._send(200, api.message(asked.model, words))

    def _send(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: Sequence[str], until: int | None = None) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events[:until]:
            data = event.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        if until is None:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True
