"""Faults of the machine: signals, a full disk, commands and gits that somebody kills."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.wiring import commands
from bot.workspace import enclosed, gates
from bot.workspace import git as workspace_git
from bot.workspace.git import Git, GitResult
from tests.recovery.points import Points

BALLOON = "balloon"
"""File that fills the disk until somebody removes it."""
_READING = frozenset(
    "for-each-ref rev-parse ls-tree cat-file diff-tree merge-base ls-files diff-index ls-remote "
    "--version init".split()
)


def acts(folder: Path) -> dict[str, Callable[[], None]]:
    """Return what may happen to the process at any point."""
    return {
        "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "Ctrl-C": lambda: os.kill(os.getpid(), signal.SIGINT),
        "disk full": lambda: fill(folder),
    }


def fill(folder: Path) -> None:
    """Take all the room that is left on a folder's file system, which is a small one of ours."""
    with (folder / BALLOON).open("wb") as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
                    file.flush()
            except OSError:
                continue


def changes(command: str) -> bool:
    """Whether a git command changes anything in the clone."""
    return command not in _READING


def watch_git(points: Points, remote: Callable[[str, Any], Any] | None = None) -> None:
    """Put points around every git command; one of them may be killed and leave its lock.

    `remote` is asked, for a command that talks to the remote and the fault wanted of it, for a
    context in which it runs.
    """
    run = Git.run
    doomed = _killing()

    def watched(self: Git, args: Any, **options: Any) -> GitResult:
        far = bool(options.get("remote"))
        with points.around(f"git.{args[0]}({'remote' if far else ''})") as fault:
            if fault == "git killed":
                doomed.act = lambda: _leave_lock(self, args, options.get("index"))
                return run(self, args, **options)
            if fault and remote is not None:
                with remote(fault, args):
                    return run(self, args, **options)
            return run(self, args, **options)

    Git.run = watched  # type: ignore[method-assign]


def _killing() -> threading.local:
    """Return where each thread says that its next git process is killed amid its work."""
    doomed = threading.local()
    communicate = workspace_git._communicate

    def communicated(*args: Any) -> tuple[int, bytes, bytes]:
        act = getattr(doomed, "act", None)
        if act is None:
            return communicate(*args)
        doomed.act = None
        act()
        return -signal.SIGKILL, b"", b""

    workspace_git._communicate = communicated
    return doomed


def _leave_lock(git: Git, args: Any, index: Path | None) -> None:
    """Leave what a git that was killed amid its work leaves: the lock of what it wrote."""
    if index is not None:
        Path(f"{index}.lock").touch()
        return
    refs = [a for a in args if a.startswith("refs/")] or ["refs/specloop/1"]
    lock = git.git_dir / f"{refs[0]}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()


def watch_commands(points: Points) -> None:
    """Put points around every command of agents and gates; it may be killed with all it started."""
    run = enclosed.run_enclosed

    def watched(sandbox: Any, argv: Any, *args: Any) -> Any:
        with points.around(f"command.run({argv[0]})") as fault:
            killed = ["sh", "-c", "kill -KILL 0"]
            return run(sandbox, killed if fault == "command killed" else argv, *args)

    gates.run_enclosed = watched
    commands.run_enclosed = watched
