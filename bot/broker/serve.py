"""One broker process: takes keys from its standard input, listens, and ends with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from bot.broker.app import make_app
from bot.broker.closing import close_to_others
from bot.broker.forward import Forwarder
from bot.broker.passes import Passes, as_json
from bot.broker.prices import read_prices
from bot.broker.process import LEDGER, SOCKET
from bot.broker.upstream import Upstream

_GRACE = 1
_ANSWER_SECONDS = 600.0
"""How long a provider may be silent."""
_CONNECT_SECONDS = 15.0


def serve(folder: Path) -> None:
    """Serve until standard input ends. What it holds is lost then; what was spent is in a file.

    The first line of standard input is the setting, every other one an order; each gets one line.
    """
    close_to_others()
    os.umask(0o077)
    os.chdir(folder)  # a socket's path may be 107 bytes long; its name alone always fits
    setting = json.loads(sys.stdin.readline())
    os.environ.update(setting["environment"])  # proxies and certificates, for the client
    upstreams = {raw["name"]: Upstream.from_json(raw) for raw in setting["upstreams"]}
    passes = Passes(Path(LEDGER))
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(_loopback()), stack.enter_context(_unix())]
        stack.callback(Path(SOCKET).unlink, missing_ok=True)
        url = f"http://127.0.0.1:{listeners[0].getsockname()[1]}"
        asyncio.run(_run(upstreams, passes, setting["prices"], listeners, url))


async def _run(
    upstreams: dict[str, Upstream],
    passes: Passes,
    prices: list[dict[str, Any]],
    listeners: list[socket.socket],
    url: str,
) -> None:
    timeout = httpx2.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    async with httpx2.AsyncClient(timeout=timeout, follow_redirects=False) as client:
        forwarder = Forwarder(passes, read_prices(prices), client)
        app = make_app(upstreams, passes, forwarder)
        server = _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        _tell({"url": url, "pid": os.getpid()})
        orders = threading.Thread(target=_obey, args=(passes, server), daemon=True)
        orders.start()
        await server.serve(sockets=listeners)


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _obey(passes: Passes, server: uvicorn.Server) -> None:
    """Do what the parent orders, line by line, and end with it."""
    for line in sys.stdin:
        order = json.loads(line)
        if "admit" in order:
            _tell({"token": passes.admit(order["admit"], float(order["cap_usd"]))})
        else:
            usage = passes.settle(order["settle"])
            _tell({"usage": as_json(usage) if usage else None})
    server.should_exit = True
    threading.Timer(_GRACE + 2, os._exit, (0,)).start()


def _tell(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


def _loopback() -> socket.socket:
    # asyncio switches Nagle's delay off only for sockets that name their protocol
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # before anybody is told of it
    return listener


def _unix() -> socket.socket:
    Path(SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(SOCKET)
    Path(SOCKET).chmod(0o600)
    listener.listen()
    return listener
