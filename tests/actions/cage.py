"""Where jobs run: files of the runner's own, no network but a loopback with the hub on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.workspace import forwarder

# A /proc of its own is mounted first, and whole: over one that bubblewrap made, with parts covered,
# no further sandbox could mount its own, and the jobs' agents need one.
_PROCESSES = ("unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")
_NETWORK = ("bwrap", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--clearenv")
_FILES = ("--ro-bind", "/", "/", "--dev", "/dev", "--bind", "/proc", "/proc")
_CAGE = (*_PROCESSES, *_NETWORK, *_FILES, "--tmpfs", "/tmp")  # noqa: S108


def caged(argv: Sequence[str], folder: Path, socket: Path, port: int) -> list[str]:
    """Return the command line that runs another one in `folder`, the one place it can write to.

    `socket` leads to the hub, which the command finds at the loopback's `port`.
    """
    here = Path(__file__).parents[2]
    seen = (here, Path(sys.prefix), Path(sys.base_prefix), Path(argv[0]).parent, socket.parent)
    mounts = [word for path in seen for word in ("--ro-bind", str(path), str(path))]
    variables = {"HOME": str(folder / "home"), "PATH": f"{Path(python()).parent}:/usr/bin:/bin"}
    given = [word for name, value in variables.items() for word in ("--setenv", name, value)]
    inside = (python(), "-I", "-S", forwarder.__file__, str(socket), str(port))
    own = ("--bind", str(folder), str(folder))
    return [*_CAGE, *mounts, *own, *given, "--", *inside, *argv]


def python() -> str:
    """Return the real interpreter behind this environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def why_not() -> str:
    """Return why no cage can be had here, or nothing."""
    for program in (_PROCESSES[0], _NETWORK[0]):
        if shutil.which(program) is None:
            return f"the program {program} is missing"
    ran = subprocess.run([*_CAGE, "--", "true"], capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"no cage can be made: {ran.stderr.strip()}"
