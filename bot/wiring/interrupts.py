"""Ctrl-C and SIGTERM: one flag for the threads, one exception for the main thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM: handled like Ctrl-C, with an exit code of its own."""


@contextmanager
def graceful_interrupts() -> Iterator[threading.Event]:
    """Yield the event that is set when the process is asked to end.

    Gates and agents' commands watch it and end; the main thread is interrupted at once. What was
    under way is found and finished by the next run.
    """
    stop = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, handle) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
