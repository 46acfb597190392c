"""A broker for tests: lets requests with a pass through to one server, and counts them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

import httpx

from bot.domain.usage import Usage
from bot.ports.broker import Pass


class LoopbackBroker:
    """Admits whoever shows a pass that is not settled yet."""

    def __init__(self) -> None:
        self.url = ""
        self.socket = Path()
        """Where a cell is let through to it."""
        self.counted: dict[str, int] = {}
        self.refused: list[str] = []
        self.settled: list[int] = []

    def admit(self, invocation: str, cap_usd: float) -> Pass:
        """Return a pass named after the invocation."""
        token = f"pass-for-{invocation}"
        self.counted[token] = 0
        return Pass(token, self.url)

    def settle(self, admitted: Pass) -> Usage:
        """Return how many requests were made."""
        self.settled.append(self.counted.pop(admitted.token))
        return Usage(requests=self.settled[-1])


class SocketServer(ThreadingMixIn, UnixStreamServer):
    """HTTP on a unix socket."""

    daemon_threads = True


@contextmanager
def loopback_broker(
    upstream: str, folder: Path, provider: str = "anthropic"
) -> Iterator[LoopbackBroker]:
    """Serve a broker in front of a provider's stand-in, on loopback and on a socket in a folder."""
    broker = LoopbackBroker()
    broker.socket = folder / "broker.sock"
    client = httpx.Client(base_url=upstream, trust_env=False, timeout=60)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            token = self.headers.get("x-api-key", "")
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            path = self.path.removeprefix(f"/{provider}")
            if token not in broker.counted or path == self.path:
                broker.refused.append(f"{self.path} with {token!r}")
                self.send_error(401)
                return
            broker.counted[token] += 1
            answer = client.post(
                path, content=body, headers={"content-type": "application/json", "x-api-key": "k"}
            )
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", ""))
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def address_string(self) -> str:
            return "the socket"  # which has no address to tell

        def log_message(self, *given: Any) -> None:
            return

    tcp = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    servers = (tcp, SocketServer(str(broker.socket), Handler))
    broker.url = f"http://127.0.0.1:{tcp.server_address[1]}"
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield broker
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
        client.close()
