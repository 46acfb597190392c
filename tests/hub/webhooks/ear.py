"""A receiver of webhooks on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.hub.stage import Stage, eventually

SECRET = "it is a secret"


@dataclass(frozen=True)
class Heard:
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["x-github-event"]

    @property
    def guid(self) -> str:
        return self.headers["x-github-delivery"]

    @property
    def payload(self) -> Any:
        if self.headers["content-type"] == "application/json":
            return json.loads(self.body)
        return json.loads(parse_qs(self.body.decode())["payload"][0])

    @property
    def name(self) -> str:
        """``event.action``."""
        action = self.payload.get("action")
        return f"{self.event}.{action}" if action else self.event

    @property
    def is_signed(self) -> bool:
        wanted = hmac.new(SECRET.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers.get("x-hub-signature-256") == f"sha256={wanted}"


class Ear:
    """Answers every delivery with ``status``; a pause holds its answers back."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.status = 200
        self.open = threading.Event()
        self.open.set()
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.open.wait(20)
                ear.heard.append(Heard({n.lower(): v for n, v in self.headers.items()}, body))
                self.send_response(ear.status)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook?x=1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()

    def names(self) -> list[str]:
        return [one.name for one in list(self.heard)]

    def wait(self, count: int) -> list[Heard]:
        """Wait until so many deliveries came, the ping not counted."""
        for _ in range(1500):
            if len(self._told()) >= count:
                return self._told()
            time.sleep(0.02)
        raise AssertionError(f"{count} never came, only {self.names()}")

    def _told(self) -> list[Heard]:
        return [one for one in list(self.heard) if one.event != "ping"]


def hook(stage: Stage, ear: Ear, *events: str, **config: Any) -> Any:
    """Make a hook and wait for its ping."""
    wish = {
        "config": {"url": ear.url, "content_type": "json", "secret": SECRET, **config},
        "events": list(events) or ["*"],
    }
    made = stage.owner.post(f"{stage.path}/hooks", wish, status=201)
    eventually(lambda: list(ear.heard), bool)
    return made
