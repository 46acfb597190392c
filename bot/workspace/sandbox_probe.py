"""Can cells be made on this machine, and if not, what is to be done about it?"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.workspace.process import Finished, run_bounded
from bot.workspace.sandbox_mounts import identity

_PATIENCE = 20.0
_ISOLATION = (
    *("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--clearenv"),
    *("--cap-drop", "ALL", "--hostname", "cell"),
)
_NO_NESTING = "--disable-userns"
"""Takes the kernel's user namespaces away from the agent; bubblewrap knows it since 0.8."""
_APPARMOR = "kernel/apparmor_restrict_unprivileged_userns"
_CLONE = "kernel/unprivileged_userns_clone"
_NAMESPACES = "user/max_user_namespaces"


_PROCESSES = 4096
_FILE_BYTES = 8 << 30


@dataclass(frozen=True, slots=True)
class Found:
    """What the probe found."""

    problem: str = ""
    """Why no cell can be made here and what to do, one sentence; empty when one can."""
    bubblewrap: tuple[str, ...] = ()
    """The program and the options of every cell, mounts aside."""
    limits: tuple[str, ...] = ()
    """The command that sets limits inside, where only the cell's own processes are counted."""

    def launch(self, start: str, options: Path) -> tuple[str, ...]:
        """Return the command line that starts bubblewrap with further options from a file."""
        shell = ("/bin/sh", "-c", start, str(options))
        return (*shell, *self.bubblewrap, "--args", "9", "--", *self.limits)


def available() -> str:
    """Return why no cell can be made here and what to do, one sentence; empty when one can."""
    return probe().problem


@functools.cache
def probe() -> Found:
    """Make a cell once and remember how."""
    if not sys.platform.startswith("linux"):
        return Found("Sandboxes need Linux: run specloop there, or in a virtual machine with it.")
    program = shutil.which("bwrap")
    if program is None:
        return Found(
            "bubblewrap is not installed: `sudo apt-get install bubblewrap` on Debian and Ubuntu, "
            "`sudo dnf install bubblewrap` on Fedora."
        )
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return Found("`prlimit` is not installed: install the package util-linux.")
    user, group = identity()
    isolation = (*_ISOLATION, "--uid", str(user), "--gid", str(group))
    for options in ((*isolation, _NO_NESTING), isolation):
        tried = _try((program, *options))
        if tried.exit_code == 0:
            return Found("", (program, *options), _limits(prlimit))
    return Found(explained(tried.output.decode("utf-8", "replace"), _sysctl))


def _limits(prlimit: str) -> tuple[str, ...]:
    """`data` is each process's own memory, not address space: runtimes reserve that by terabytes.

    Processes of root's are not counted by the kernel, inside a namespace either.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = {"nproc": _PROCESSES, "fsize": _FILE_BYTES, "data": memory, "core": 0}
    return (prlimit, *(f"--{name}={limit}" for name, limit in limits.items()), "--")


def _try(bubblewrap: tuple[str, ...]) -> Finished:
    mounts = ("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev")
    argv = (*bubblewrap, *mounts, "--", "true")
    return run_bounded(argv, Path("/"), {"PATH": "/usr/bin:/bin"}, _PATIENCE)


def explained(complaint: str, sysctl: Callable[[str], str]) -> str:
    """Return what to do when no cell could be made; `sysctl` reads the kernel's settings."""
    if sysctl(_APPARMOR) == "1":
        return (
            "Ubuntu's AppArmor keeps bubblewrap from making user namespaces: allow it with the "
            "profile in docs/sandbox.md, or allow every program with "
            "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    if sysctl(_CLONE) == "0":
        return (
            "The kernel keeps user namespaces from people who are not root: "
            "`sudo sysctl kernel.unprivileged_userns_clone=1` allows them."
        )
    if sysctl(_NAMESPACES) == "0":
        return (
            "The kernel allows no user namespaces: "
            "`sudo sysctl user.max_user_namespaces=10000` allows them."
        )
    last = (complaint.strip().splitlines() or ["it said nothing"])[-1].removeprefix("bwrap: ")
    return (
        f"bubblewrap cannot make a sandbox here ({last.rstrip('.')}): in a container, allow user "
        "namespaces (Docker: `--security-opt seccomp=unconfined --security-opt "
        "apparmor=unconfined --security-opt systempaths=unconfined`)."
    )


def _sysctl(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
