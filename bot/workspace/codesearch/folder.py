"""What lies in an agent's folder now: read without following links, hashed as git would.

Git is not asked: in a folder that an agent can write, it would look at what the agent left.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Container
from pathlib import Path

from bot.ports.agent import UNFINISHED
from bot.workspace.codesearch.kinds import FILE_BYTES, is_cache, is_worth

NEW_FILES = 2000
"""Files that the commit does not have are looked at up to this many: builds make more."""
_DEPTH = 40
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Signature = tuple[int, int, int, int]
"""Inode, size, times of change: while they stay, so does the content."""


class FolderFiles:
    """The files of one folder, each read again only after it changed."""

    def __init__(self, folder: Path, tracked: Container[str], algorithm: str) -> None:
        """`tracked` are the paths of the commit that was laid there; `algorithm` is git's hash."""
        self._folder = folder
        self._tracked = tracked
        self._algorithm = algorithm
        self._seen: dict[str, tuple[Signature, str]] = {}

    def blobs(self) -> dict[str, str]:
        """Return the blob id of each file worth searching, as it would have in git."""
        found: dict[str, tuple[Signature, str]] = {}
        new = 0
        for place, folders, names, handle in os.fwalk(self._folder, follow_symlinks=False):
            inner = os.path.relpath(place, self._folder)
            prefix = "" if inner == "." else f"{inner}/"
            deep = prefix.count("/") >= _DEPTH
            folders[:] = [] if deep else sorted(f for f in folders if not is_cache(f))
            for name in sorted(names):
                path = prefix + name
                if not _is_named_well(path) or not is_worth(path):
                    continue
                if path not in self._tracked:
                    new += 1
                    if new > NEW_FILES:
                        continue
                known = self._look(path, name, handle)
                if known is not None:
                    found[path] = known
        self._seen = found
        return {path: blob for path, (_, blob) in found.items()}

    def read(self, path: str) -> bytes | None:
        """Return a file's content now, or None when it is no file or too large."""
        steps = path.split("/")
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for step in steps[:-1]:
                below = os.open(step, _FLAGS | os.O_DIRECTORY, dir_fd=handle)
                os.close(handle)
                handle = below
            return _content(steps[-1], handle)
        except OSError:
            return None
        finally:
            os.close(handle)

    def blob(self, content: bytes) -> str:
        """Return the id that git gives to a content."""
        head = b"blob %d\0" % len(content)
        return hashlib.new(self._algorithm, head + content, usedforsecurity=False).hexdigest()

    def _look(self, path: str, name: str, handle: int) -> tuple[Signature, str] | None:
        try:
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode) or status.st_size > FILE_BYTES:
            return None
        signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        known = self._seen.get(path)
        if known is not None and known[0] == signature:
            return known
        content = _content(name, handle)
        return None if content is None else (signature, self.blob(content))


def _content(name: str, folder: int) -> bytes | None:
    try:
        handle = os.open(name, _FLAGS, dir_fd=folder)
    except OSError:
        return None
    with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        content = file.read(FILE_BYTES + 1)
    return content if len(content) <= FILE_BYTES else None


def _is_named_well(path: str) -> bool:
    """Whether the name is text on one line, and no draft of a tool that still writes."""
    return path.isprintable() and not path.rpartition("/")[2].startswith(UNFINISHED)
