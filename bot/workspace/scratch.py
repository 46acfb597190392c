"""Temporary folders that name their process, so that others can clear up after a killed one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.workspace.files import remove_tree


@contextmanager
def scratch(parent: Path, kind: str) -> Iterator[Path]:
    """Make a folder `<kind>-<process>-<random>` below `parent`; it is removed at the end."""
    parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f"{kind}-{os.getpid()}-", dir=parent.resolve()))
    try:
        yield path
    finally:
        if path.exists():  # it may have been moved to its final place
            remove_tree(path)


def sweep(parent: Path, kind: str) -> None:
    """Remove folders of that kind whose process is gone."""
    for path in parent.glob(f"{kind}-*-*"):
        process = path.name.removeprefix(f"{kind}-").partition("-")[0]
        if process.isdecimal() and not _alive(int(process)):
            remove_tree(path)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
