"""A proxy on loopback between the client and the hub; it forwards what no fault was told for.

Faults are told to it one by one; each hits the next request whose body or path holds a given text.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Fault:
    """What happens to one request: is it forwarded, and what does the client get to see?"""

    forward: bool = True
    status: int = 0
    """0: the connection closes without an answer."""
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


def lost_answer() -> Fault:
    """It happens, and nobody hears of it."""
    return Fault()


def lost_request() -> Fault:
    """It does not happen, and nobody hears of it."""
    return Fault(forward=False)


def bad_gateway(*, after: bool) -> Fault:
    return Fault(forward=after, status=502, body=b"<html>bad gateway</html>")


def refusal(status: int, message: str, **headers: str) -> Fault:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(False, status, b'{"message": "%s"}' % message.encode(), names)


def graphql_answer(body: bytes, *, after: bool = False) -> Fault:
    return Fault(after, 200, body)


@dataclass
class Request:
    method: str
    path: str
    body: str

    @property
    def is_mutation(self) -> bool:
        return '"query": "mutation' in self.body or '"query":"mutation' in self.body


class Proxy:
    """Forwards everything to `target` but for the faults it was told."""

    def __init__(self, target: str, port: int = 0) -> None:
        self.seen: list[Request] = []
        self._target = urlsplit(target).netloc
        self._faults: list[tuple[str, Fault]] = []
        self._open: list[socket.socket] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                proxy._open.append(self.connection)

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def answer(self) -> None:
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - http.server's

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def fail(self, text: str, *faults: Fault) -> None:
        """Let the next requests that hold `text` meet the faults, in order."""
        self._faults += [(text, fault) for fault in faults]

    def mutations(self) -> list[Request]:
        return [r for r in self.seen if r.is_mutation]

    def writes(self) -> list[Request]:
        return [r for r in self.seen if r.is_mutation or r.method not in ("GET", "POST")]

    def close(self) -> None:
        """Close the door and hang up on everybody."""
        self._server.shutdown()
        self._server.server_close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        request = Request(handler.command, handler.path, body.decode())
        self.seen.append(request)
        fault = self._take(request)
        if fault is None:
            self._answer(handler, *self._forward(handler, body))
            return
        if fault.forward:
            self._forward(handler, body)
        if fault.status:
            self._answer(handler, fault.status, fault.headers, fault.body)
        else:
            handler.close_connection = True

    def _take(self, request: Request) -> Fault | None:
        for at, (text, _) in enumerate(self._faults):
            if text in request.body or text in request.path:
                return self._faults.pop(at)[1]
        return None

    def _forward(
        self, handler: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._target, timeout=30)
        headers = {
            n: v for n, v in handler.headers.items() if n.lower() not in ("host", "connection")
        }
        connection.request(handler.command, handler.path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, dict(response.getheaders()), content

    def _answer(
        self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        handler.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
