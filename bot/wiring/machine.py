"""The machine as the loop knows it: its clock, its processes, its randomness."""

from __future__ import annotations

import os
import secrets
import socket
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def machine_id() -> str:
    """Return an id of this machine that another one does not have."""
    for path in _MACHINE_IDS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text:
            # Containers share the host's file; their host names differ.
            return f"{text}-{socket.gethostname()}"
    return f"{uuid.getnode():x}-{socket.gethostname()}"


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the present wall time, in UTC."""
        return datetime.now(UTC)

    def boot(self) -> float:
        """Return seconds since boot, suspended time included where the system tells it."""
        boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True)
class LocalProcesses:
    """This process and its neighbours."""

    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    machine: str = field(default_factory=machine_id)
    process: int = field(default_factory=os.getpid)

    def alive(self, process: int) -> bool:
        """Whether a process of that id runs on this machine."""
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] == ["Z"]


def nonce() -> str:
    """Return a fresh random text that nobody can guess."""
    return secrets.token_hex(12)
