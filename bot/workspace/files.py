"""Folders that strangers write into: made harmless for git, and removed whatever is in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from bot.ports.agent import UNFINISHED

# What git takes for a repository of its own on some file system: `.GIT`, `git~1`.
_GIT_NAMES = frozenset({".git", "git~1"})
_OURS = stat.S_IRWXU


def neutralise(folder: Path) -> None:
    """Remove what would make git discover a repository or choke, at any depth below `folder`.

    Removed: every entry called `.git` (folder, file or link), pipes, sockets and devices, and what
    a killed process was still writing. Links are never followed. Folders and files that an agent
    locked are made readable again. Raises
    OSError for what cannot be read at all, say paths longer than the system takes.
    """
    pending = [str(folder)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # a process may still be tidying up
                    if _tame(entry):
                        pending.append(entry.path)


def _tame(entry: os.DirEntry[str]) -> bool:
    """Make one entry harmless; return whether it is a folder to look into."""
    mode = entry.stat(follow_symlinks=False).st_mode
    if entry.name.casefold() in _GIT_NAMES:
        remove_tree(Path(entry.path))
        return False
    if stat.S_ISDIR(mode):
        if mode & _OURS != _OURS:
            Path(entry.path).chmod(stat.S_IMODE(mode) | _OURS)
        return True
    if stat.S_ISREG(mode) and entry.name.startswith(UNFINISHED):
        Path(entry.path).unlink()
    elif stat.S_ISREG(mode):
        if not mode & stat.S_IRUSR:
            Path(entry.path).chmod(stat.S_IMODE(mode) | stat.S_IRUSR)
    elif not stat.S_ISLNK(mode):
        Path(entry.path).unlink()
    return False


def remove_tree(path: Path) -> None:
    """Remove a file, link or folder and all below it, read-only parts too; absent is fine.

    Raises OSError when something of it cannot be removed.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except (OSError, RecursionError):
        # Locked folders, or thousands of them inside each other: these tools know both.
        for tool in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*tool, "--", str(path)], check=False, capture_output=True)
        if path.exists():
            raise


def make_readonly(folder: Path) -> None:
    """Take the right to write from every file and folder, links aside."""
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        Path(parent).chmod(0o555)
