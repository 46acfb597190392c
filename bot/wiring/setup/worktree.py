"""A checkout's files as they are on disk: read without following links, written whole or not."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from bot.domain.errors import UserError

MOST = 2 * 2**20
"""Bytes of a file that are read."""


@dataclass(frozen=True)
class WorkTree:
    """The files of one checkout; it may have no commit and no remote."""

    top: Path

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Files that git knows or would add."""
        listed = _git(self.top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return tuple(dict.fromkeys(p for p in listed.split("\0") if p))

    @property
    def remote(self) -> str:
        """The address of `origin`; empty when there is none."""
        return _git(self.top, "config", "--get", "remote.origin.url").strip()

    def read(self, path: str) -> bytes | None:
        """Return a plain file's content, None where none is.

        Raises UserError for links, folders and what is too long or may not be read.
        """
        place = self._place(path)
        if not place.exists():
            return None
        try:
            with place.open("rb") as file:
                content = file.read(MOST + 1)
        except OSError as error:
            raise UserError(f"{place} cannot be read: {error.strerror}.") from error
        if len(content) > MOST:
            raise UserError(f"{place} is longer than {MOST // 2**20} MB: nothing was written.")
        return content

    def glance(self, path: str) -> bytes | None:
        """Return a plain file's content, and None for whatever else is there."""
        try:
            return self.read(path)
        except UserError:
            return None

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, each in one step; what can be known to fail is found before the first."""
        places = {self._place(path): text for path, text in files.items()}
        for place in places:
            above = next(p for p in place.parents if p.exists())
            if not os.access(above, os.W_OK):
                raise UserError(f"{above} may not be written to: nothing was written.")
        for place, text in places.items():
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                _replace(place, text)
            except OSError as error:
                raise UserError(f"{place} cannot be written: {error.strerror}.") from error

    def _place(self, path: str) -> Path:
        """Return where a file is; raises UserError when a link or a folder is in its place."""
        place = self.top
        parts = PurePosixPath(path).parts
        for at, part in enumerate(parts):
            place /= part
            if place.is_symlink():
                raise UserError(
                    f"{place} is a symbolic link, which may lead out of the repository: replace it "
                    "with what it leads to. Nothing was written."
                )
            is_last = at + 1 == len(parts)
            if place.exists() and place.is_dir() == is_last:
                kind = "folder" if is_last else "file"
                raise UserError(f"{place} is a {kind}: move it away. Nothing was written.")
        return place


def open_worktree(path: Path) -> WorkTree:
    """Return the checkout at or above a path. Raises UserError when it is none."""
    if not path.is_dir():
        raise UserError(f"{path} is not a folder." if path.exists() else f"{path} does not exist.")
    top = _git(path, "rev-parse", "--show-toplevel").strip("\n")
    if not top:
        raise UserError(f"{path} is not in the work tree of a git repository.")
    return WorkTree(Path(top))


def _replace(place: Path, text: str) -> None:
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o644
    number, name = tempfile.mkstemp(dir=place.parent, prefix=".specloop-")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _git(folder: Path, *args: str) -> str:
    """Return what git says in a folder of the person's own; empty when it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        ran = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *args],
            cwd=folder,
            env=environment | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise UserError("git is not installed, or not on PATH.") from None
    return ran.stdout if ran.returncode == 0 else ""
