"""The process of an agent that speaks the Agent Client Protocol, watched as any other."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.agents.coding.acp_wire import PipeTransport
from bot.agents.coding.visit import Visit
from bot.ports.process import Ended

GRACE = 3.0
"""Seconds that an agent has to end its turn after it was asked to."""


class AgentProcess:
    """The agent's process, watched by a thread."""

    def __init__(self, visit: Visit, transport: PipeTransport) -> None:
        self.transport = transport
        self.errors = b""
        """The end of what it printed to standard error."""
        self.end: Ended | None = None
        """How it ended; None while it runs."""
        self._visit = visit
        self._over = threading.Event()

    @contextmanager
    def running(self) -> Iterator[int]:
        """Start it, yield what writes to its standard input, and end it."""
        visit = self._visit
        with visit.host.sandbox.enclose(visit.argv(""), visit.cell()) as enclosed:
            reads, writes = os.pipe()
            care = visit.care(reads, self._heard, self._heard_error)
            care = replace(
                care,
                timeout=care.timeout + 2 * GRACE,  # its turn is ended first, in its own language
                cancelled=self._over.is_set,
            )

            def watch() -> None:
                try:
                    self.end = visit.host.run(
                        enclosed.argv, visit.folder, enclosed.environment, care
                    )
                finally:
                    self.transport.ended()

            thread = threading.Thread(target=watch, name=f"acp-{visit.name}")
            thread.start()
            try:
                yield writes
            finally:
                self._over.set()
                thread.join()
                os.close(reads)

    def _heard(self, chunk: bytes) -> None:
        self._visit.log.write(chunk)
        self.transport.heard(chunk)

    def _heard_error(self, chunk: bytes) -> None:
        self._visit.log.write(chunk)
        self.errors = (self.errors + chunk)[-4_000:]
