"""Files below one folder, reached so that no link, `..` or special file leads out of it.

Every step of a path is opened from the one before it, without following links. That holds also
while somebody swaps a folder for a link, which comparing resolved paths does not.
"""

from __future__ import annotations

import os
import secrets
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.ports.agent import UNFINISHED

READ_LIMIT = 2_000_000
"""Bytes of a file that agents may read or change."""
DEPTH_LIMIT = 60
"""Levels of folders that are walked."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not blocking, because opening a pipe would otherwise wait for its other end.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Refused(Exception):
    """A path or file that an agent may not have; the text says why."""


def steps_of(path: str) -> tuple[str, ...]:
    """Return a relative path's steps. Raises Refused."""
    if path.startswith(("/", "~")) or "\\" in path:
        raise Refused(f"{path!r} is not a path inside this folder: write it relative, with /")
    if len(path) > 1000 or any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in path):
        raise Refused("the path is too long or holds control or invisible characters")
    steps = tuple(step for step in path.split("/") if step not in ("", "."))
    if ".." in steps:
        raise Refused(f"{path!r} leads out of the folder: .. is not allowed")
    if any(step.casefold() == ".git" for step in steps):
        raise Refused(f"{path!r}: .git belongs to the bot")
    return steps


class Folder:
    """One folder and what lies below it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises Refused or OSError."""
        steps = steps_of(path)
        if not steps:
            raise Refused(f"{path!r} is a folder")
        with self._open_folder(steps[:-1]) as parent:
            handle = os.open(steps[-1], _FILE, dir_fd=parent)
        with open(handle, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Refused(f"{path!r} is no file")
            if status.st_size > READ_LIMIT:
                raise Refused(f"{path!r} has {status.st_size} bytes; {READ_LIMIT} are the limit")
            return file.read(READ_LIMIT)

    def write(self, path: str, content: bytes) -> None:
        """Replace a file, or make it and its folders. Raises Refused or OSError."""
        steps = steps_of(path)
        if not steps:
            raise Refused(f"{path!r} is a folder")
        with self._open_folder(steps[:-1], create=True) as parent:
            mode = _mode_of(steps[-1], parent)
            # A new file renamed onto the old name: a second (hard) link to the old one, which may
            # lie outside, keeps its content, and nobody sees half a file.
            temporary = f"{UNFINISHED}{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(temporary, flags, 0o666, dir_fd=parent)
            try:
                with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                    file.write(content)
                    if mode is not None:
                        os.fchmod(file.fileno(), mode)
                os.replace(temporary, steps[-1], src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                os.unlink(temporary, dir_fd=parent)
                raise

    def walk(self, path: str = ".") -> Iterator[tuple[str, bool]]:
        """Yield (path, is a folder) for all below a folder, sorted; links and `.git` left out."""
        steps = steps_of(path)
        with self._open_folder(steps) as folder:
            names = sorted(os.listdir(folder))  # noqa: PTH208 - a descriptor, not a path
            kinds = {name: _kind_of(name, folder) for name in names}
        for name, kind in kinds.items():
            if kind not in (stat.S_IFREG, stat.S_IFDIR):
                continue
            below = "/".join((*steps, name))
            if not _allowed(below):
                continue
            yield below, kind == stat.S_IFDIR
            if kind == stat.S_IFDIR and len(steps) < DEPTH_LIMIT:
                try:
                    yield from self.walk(below)
                except OSError:
                    continue  # it vanished, or became a link

    @contextmanager
    def _open_folder(self, steps: tuple[str, ...], create: bool = False) -> Iterator[int]:
        # The root itself is the bot's own; only what lies below it is an agent's.
        current = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for step in steps:
                if create:
                    _make_folder(step, current)
                below = os.open(step, _FOLDER, dir_fd=current)
                os.close(current)
                current = below
            yield current
        finally:
            os.close(current)


def _allowed(path: str) -> bool:
    try:
        return bool(steps_of(path))
    except Refused:
        return False


def _make_folder(name: str, parent: int) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return


def _kind_of(name: str, parent: int) -> int:
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except OSError:
        return 0


def _mode_of(name: str, parent: int) -> int | None:
    """Return the permissions a file keeps when it is replaced, or None when there is none."""
    try:
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{name!r} is no file, so it cannot be written")
    return stat.S_IMODE(status.st_mode) & 0o777
