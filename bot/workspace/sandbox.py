"""Cells made by bubblewrap: own namespaces, an allow-list of mounts, nothing inherited.

Outside rules: bwrap(1), user_namespaces(7), prlimit(1).
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.domain.errors import AgentUnavailable
from bot.ports.sandbox import Cell, Enclosed, Sandbox
from bot.workspace import sandbox_mounts as mounts
from bot.workspace.installations import Installations
from bot.workspace.sandbox_probe import probe
from bot.workspace.scratch import scratch, sweep

_KIND = "cell"
_PORT = 4100
"""Where the broker answers inside: a cell with `models` has a loopback of its own."""
_FORWARDER = Path(__file__).with_name("forwarder.py")
_START = 'exec 9<"$0" && exec "$@"'
"""Opens the file with bubblewrap's options: on a command line every user of the machine could read
them, the agent's environment included."""


class Bubblewrap(Sandbox):
    """Makes cells with bubblewrap; safe to use from several threads."""

    def __init__(self, folder: Path, broker_socket: Path | None = None) -> None:
        """`folder` holds homes; what killed processes left in it is removed."""
        self._folder = folder
        self._broker_socket = broker_socket
        sweep(folder, _KIND)

    @property
    def name(self) -> str:
        """What encloses."""
        return "bubblewrap"

    @property
    def broker_url(self) -> str:
        """The broker as a cell with `models` sees it; empty without one."""
        return f"http://127.0.0.1:{_PORT}" if self._broker_socket else ""

    @contextmanager
    def enclose(self, argv: Sequence[str], cell: Cell) -> Iterator[Enclosed]:
        """Make a cell for one command.

        Raises AgentUnavailable, in one sentence, when no cell can be made here, or when the cell
        wants models and there is no broker.
        """
        found = probe()
        if found.problem:
            raise AgentUnavailable(found.problem)
        if cell.models and self._broker_socket is None:
            raise AgentUnavailable("There is no broker that a cell could reach models through.")
        with scratch(self._folder, _KIND) as place:
            home = cell.home or place / "home"
            for path in (home, place / "tmp", place / "shm"):
                path.mkdir(exist_ok=True)
            options = place / "options"
            options.touch(0o600)
            options.write_bytes(_terminated(self._options(argv[0], cell, place, home)))
            command = (*found.launch(_START, options), *self._led(argv, cell))
            yield Enclosed(command, {}, home)

    def _options(self, program: str, cell: Cell, place: Path, home: Path) -> Iterator[str]:
        network = cell.network and not cell.models
        if network:
            yield "--share-net"
        yield from mounts.system(place, home, network=network)
        path = cell.environment.get("PATH") or os.environ.get("PATH", os.defpath)
        programs = Installations(path, _private(self._folder, home))
        programs.add_program(program, cell.folder)
        if cell.models:
            programs.add_program(str(_python()), cell.folder)
            yield from ("--ro-bind", str(self._broker_socket), mounts.SOCKET)
            yield from ("--ro-bind", str(_FORWARDER), mounts.FORWARDER)
        yield from mounts.readable([*programs.folders, *cell.readable])
        yield from mounts.own(home, cell.folder, writable=cell.writable)
        environment = {
            "LANG": "C.UTF-8",
            **cell.environment,
            "PATH": programs.path,
            "HOME": str(home),
            "TMPDIR": "/tmp",  # noqa: S108 (the cell's own)
        }
        for name, value in environment.items():
            yield from ("--setenv", name, value)

    def _led(self, argv: Sequence[str], cell: Cell) -> Sequence[str]:
        """Put the forwarder in front of a command that asks models."""
        if not cell.models:
            return argv
        return (str(_python()), "-I", "-S", mounts.FORWARDER, mounts.SOCKET, str(_PORT), *argv)


def _python() -> Path:
    """Return the installed interpreter behind the virtual environment that we may run in."""
    return Path(sys.executable).resolve()


def _private(folder: Path, home: Path) -> tuple[Path, ...]:
    """Return the folders that no installation may bring along."""
    homes = [os.environ.get("HOME", "")]
    with suppress(KeyError):  # containers run as users that no file knows
        homes.append(pwd.getpwuid(os.getuid()).pw_dir)
    kept = (Path(h, name) for h in homes if h for name in ("", ".local/share", ".config"))
    return (*kept, folder, home)


def _terminated(options: Iterable[str]) -> bytes:
    """Return options as bubblewrap reads them from a file, each ended by a zero byte."""
    found = [os.fsencode(option) for option in options]
    if any(b"\0" in option for option in found):
        raise AgentUnavailable("A zero byte stands in a path or in what an agent is to be told.")
    return b"".join(option + b"\0" for option in found)
