"""One server process: binds loopback, says where it is, serves until told to stop."""

import contextlib
import ipaddress
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from bot.hub.clock import NANOSECONDS
from bot.hub.errors import BrokenWorld
from bot.hub.folder import World, found_world, open_database, require_git, serving
from bot.hub.server.api import Api
from bot.hub.server.app import PATIENCE, make_app
from bot.hub.server.patience import patient_protocol
from bot.hub.server.rate_limits import RateLimits
from bot.hub.server.recording import open_recorder
from bot.hub.server.request_log import RequestLog
from bot.hub.server.tokens import write_private
from bot.hub.world.hub import Hub
from bot.hub.world.recovery import recover

_GRACE = 2
"""Seconds that requests under way get when the server stops."""


@dataclass(frozen=True)
class ServeOptions:
    """How to serve a world; ``lag`` in seconds, limits per account and hour."""

    world: Path
    host: str = "127.0.0.1"
    port: int = 0
    lag: float = 0.25
    exit_with_stdin: bool = False
    also_hosts: frozenset[str] = frozenset()
    rest_limit: int = 5000
    graphql_limit: int = 5000
    record: Path | None = None
    patience: float = PATIENCE


def serve(options: ServeOptions) -> None:
    """Serve until SIGTERM, SIGINT or, if asked, the end of stdin.

    Raises BrokenWorld before it listens.
    """
    require_git()
    with contextlib.ExitStack() as stack:
        world = found_world(options.world)
        stack.enter_context(serving(world))
        listener = stack.enter_context(_listen(options.host, options.port))
        hub = Hub(open_database(world, int(options.lag * NANOSECONDS)), world.repositories)
        stack.callback(hub.database.close)
        recover(hub)
        log = RequestLog(world.request_log)
        stack.callback(log.close)
        limits = {"core": options.rest_limit, "graphql": options.graphql_limit, "search": 30}
        recorder = open_recorder(options.record)
        if recorder is not None:
            stack.callback(recorder.close)
        api = Api(hub, RateLimits(hub.database.clock, limits), log, recorder)
        server = _Server(_config(api, options))
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, server.handle_exit)
        _announce(world, listener, options.host)
        stack.callback(world.address.unlink, missing_ok=True)
        if options.exit_with_stdin:
            threading.Thread(target=_stop_at_end_of_stdin, args=(server,), daemon=True).start()
        threading.Thread(target=_warm_up, daemon=True).start()
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to us: ours work before it listens, and it ends with 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(api: Api, options: ServeOptions) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(api, options.also_hosts, options.patience),
        http=patient_protocol(options.patience),
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


def _listen(host: str, port: int) -> socket.socket:
    if host != "localhost" and not _is_loopback(host):
        raise BrokenWorld(
            f"The hub listens on loopback only, and {host} is not a loopback address."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only for sockets that name their protocol
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise BrokenWorld(
            f"The hub cannot listen on {host} port {port}: {error.strerror}."
        ) from error
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _announce(world: World, listener: socket.socket, host: str) -> None:
    shown = f"[{host}]" if ":" in host else host
    address = {"url": f"http://{shown}:{listener.getsockname()[1]}", "pid": os.getpid()}
    write_private(world.address, json.dumps(address) + "\n")
    print(json.dumps(address), flush=True)


def _stop_at_end_of_stdin(server: uvicorn.Server) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    server.should_exit = True
    threading.Timer(_GRACE + 3, os._exit, (0,)).start()


def _warm_up() -> None:
    """Import what GraphQL needs while the first client is still on its way."""
    from bot.hub.graphql.engine import prepare

    prepare()
