"""Starting the broker as a child process, and speaking with it: the rest of specloop's side."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.broker.passes import unsettled
from bot.broker.upstream import Upstream
from bot.domain.errors import AgentUnavailable
from bot.domain.usage import NOTHING_USED, Usage
from bot.ports.broker import Broker, Pass

SOCKET = "models.sock"
LEDGER = "spend.jsonl"
LOG = "broker.log"
_PATIENCE = 10.0
_NETWORK = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
            "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")  # fmt: skip
"""What the broker is told of this process's environment: how to reach the network."""


class BrokerProcess(Broker):
    """A running broker. It ends when this process does, however that ends."""

    def __init__(self, child: subprocess.Popen[str], folder: Path, url: str) -> None:
        self._child = child
        self._folder = folder
        self._url = url
        self._lock = threading.Lock()
        self._invocations: dict[str, str] = {}

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def url(self) -> str:
        """Where it answers on this machine's loopback."""
        return self._url

    @property
    def socket(self) -> Path:
        """Where it answers to cells."""
        return self._folder / SOCKET

    def admit(self, invocation: str, cap_usd: float) -> Pass:
        """Return a pass for an invocation; at `cap_usd` the broker answers no more requests.

        What an earlier, killed run spent on the same invocation counts. Raises AgentUnavailable
        when the broker is not there.
        """
        answer = self._order({"admit": invocation, "cap_usd": cap_usd})
        if answer is None:
            raise AgentUnavailable("The broker that holds the models' keys has ended: run again.")
        token = str(answer["token"])
        self._invocations[token] = invocation
        return Pass(token, self._url)

    def settle(self, admitted: Pass) -> Usage:
        """Return what was used under a pass, `seconds` aside, and end it.

        A broker that died left it in its ledger.
        """
        invocation = self._invocations.pop(admitted.token, "")
        answer = self._order({"settle": admitted.token})
        if answer is None:
            return unsettled(self._folder / LEDGER).get(invocation, NOTHING_USED)
        usage = answer["usage"]
        return Usage(**usage) if usage else NOTHING_USED

    def stop(self) -> None:
        """End it; harmless when it has ended."""
        with self._lock:
            if self._child.stdin is not None:
                with contextlib.suppress(OSError):
                    self._child.stdin.close()
            try:
                self._child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            if self._child.stdout is not None:
                self._child.stdout.close()

    def _order(self, order: Mapping[str, object]) -> dict[str, Any] | None:
        """Have an order done; None when the broker is gone."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            assert self._child.stdin is not None  # noqa: S101 (we asked for pipes)
            assert self._child.stdout is not None  # noqa: S101
            self._child.stdin.write(json.dumps(order) + "\n")
            self._child.stdin.flush()
            answer: dict[str, Any] = json.loads(self._child.stdout.readline())
            return answer
        return None


@contextmanager
def start_broker(
    folder: Path, upstreams: Sequence[Upstream], prices: Sequence[Mapping[str, object]] = ()
) -> Iterator[BrokerProcess]:
    """Run a broker while the block runs; `folder` is its own, one per milestone.

    `prices` are rows as in `prices.csv`, before the shipped ones in rank. Raises AgentUnavailable
    when it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    setting = {
        "upstreams": [u.to_json() for u in upstreams],
        "prices": [dict(row) for row in prices],
        "environment": {n: os.environ[n] for n in _NETWORK if n in os.environ},
    }
    (folder / LOG).touch(0o600)
    with (folder / LOG).open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", "bot.broker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={},
            start_new_session=True,
        )
    broker = BrokerProcess(child, folder, "")
    try:
        ready = broker._order(setting)
        if ready is None:
            raise AgentUnavailable(f"The broker did not start; {folder / LOG} says why.")
        yield BrokerProcess(child, folder, ready["url"])
    finally:
        broker.stop()
