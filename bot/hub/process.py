"""Starting the hub as a child process and stopping it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bot.hub.folder import World

_PATIENCE = 20.0
"""Seconds a server may take to become ready or to stop."""


class HubNotStarted(Exception):
    """The server ended before it was ready; the message is what it said."""


@dataclass
class HubProcess:
    """A running server of one world. It ends when this process does, however that ends."""

    world: World
    url: str
    pid: int
    _child: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """Stop gracefully, then by force; harmless when it has stopped already."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._settle()

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        self._child.kill()
        self._settle()

    def _settle(self) -> None:
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> "HubProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_hub(
    world: World | str | os.PathLike[str],
    port: int = 0,
    lag: float = 0.25,
    extra: tuple[str, ...] = (),
) -> HubProcess:
    """Start a server and wait until it is ready.

    ``lag`` in seconds, ``extra`` are further command line options.

    Raises HubNotStarted with the server's own sentence.
    """
    home = world if isinstance(world, World) else World(Path(world).absolute())
    home.path.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-I",
        "-m",
        "bot.hub",
        "--world",
        str(home.path),
        "--port",
        str(port),
    ]
    with home.server_log.open("ab") as log:
        before = log.tell()
        child = subprocess.Popen(
            [*command, "--lag", str(lag), "--exit-with-stdin", *extra],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    line = child.stdout.readline() if child.stdout is not None else b""
    if not line:
        child.wait(_PATIENCE)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        raise HubNotStarted(
            home.server_log.read_bytes()[before:].decode("utf-8", "replace").strip()
        )
    address = json.loads(line)
    return HubProcess(home, address["url"], address["pid"], child)
