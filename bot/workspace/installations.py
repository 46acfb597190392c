"""Where programs live on this machine: the folders that a cell may see so that they start."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

SYSTEM = tuple(Path(p) for p in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"))
"""What a distribution installs; it holds nobody's secrets."""


class Installations:
    """The programs on a search path, and the folders they need.

    Programs elsewhere than in the system's folders (a pyenv below /root, say) bring the folder that
    they are installed in: never a home, nor a folder that contains one or another private folder.
    """

    def __init__(self, path: str, private: tuple[Path, ...]) -> None:
        """`path` is a search path as in PATH; relative entries of it are left out."""
        self._private = tuple(p.resolve() for p in private)
        self.folders: list[Path] = []
        """To be made visible."""
        self.searched: list[str] = []
        """The entries of `path` that are visible then."""
        for entry in dict.fromkeys(path.split(os.pathsep)):
            folder = Path(entry)
            if folder.is_absolute() and folder.is_dir() and self._add(folder):
                self.searched.append(entry)

    def add_program(self, name: str, cwd: Path) -> None:
        """Make visible what a program needs: named as in an argument vector, started in `cwd`."""
        found = Path(name) if "/" in name else Path(shutil.which(name, path=self.path) or "")
        if not found.is_absolute() or found.is_relative_to(cwd):
            return  # in the work tree itself, or nowhere
        self._add(found.parent)
        # A link's own place matters (virtual environments), and so does what it leads to.
        target = found.resolve()
        if target.is_file() and not self._add(target.parent):
            self.folders.append(target)

    @property
    def path(self) -> str:
        """The search path inside."""
        return os.pathsep.join(self.searched)

    def _add(self, folder: Path) -> bool:
        """Make the installation behind a program's folder visible; False when it is private."""
        if _is_system(folder):
            return True
        for candidate in (_installation(folder), folder):
            if not self._is_private(candidate):
                self.folders.append(candidate)
                self.folders += (p for p in _behind(candidate) if not self._is_private(p))
                return True
        return False

    def _is_private(self, folder: Path) -> bool:
        real = folder.resolve()
        return any(p.is_relative_to(real) for p in self._private)


def _is_system(folder: Path) -> bool:
    real = folder.resolve()
    return any(real.is_relative_to(p) for p in SYSTEM)


def _installation(folder: Path) -> Path:
    """Return the installation that a folder of programs belongs to; else the folder itself."""
    above = folder.parent
    if folder.name == "shims":  # pyenv, rbenv, asdf, mise: scripts that start what lies beside them
        return above
    is_one = (above / "lib").is_dir() or (above / "pyvenv.cfg").is_file()
    return above if folder.name in ("bin", "sbin") and is_one else folder


def _behind(environment: Path) -> Iterator[Path]:
    """Yield the Python installation that a virtual environment builds on."""
    try:
        lines = (environment / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        key, _, value = line.partition("=")
        folder = Path(value.strip())
        if key.strip() == "home" and folder.is_dir() and not _is_system(folder):
            yield _installation(folder)
            yield _installation(folder.resolve())
