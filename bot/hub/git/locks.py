"""Lock files that a killed git left behind: while one stands, its ref can never move again."""

import time
from collections.abc import Iterator
from pathlib import Path

_STALE = 2.0
"""Seconds. A living git holds a ref's lock for milliseconds."""
_NAMES = ("HEAD.lock", "packed-refs.lock", "config.lock")


def clear_stale_locks(repository: Path) -> None:
    """Remove the ref locks of a bare repository that nobody serves.

    A lock younger than two seconds may belong to a git that outlived its server: it gets that long
    to go away by itself.
    """
    for lock in list(_locks(repository)):
        while (age := _age(lock)) is not None and age < _STALE:
            time.sleep(0.05)
        lock.unlink(missing_ok=True)


def _locks(repository: Path) -> Iterator[Path]:
    yield from (repository / "refs").rglob("*.lock")
    yield from (place for place in (repository / name for name in _NAMES) if place.exists())


def _age(lock: Path) -> float | None:
    try:
        return time.time() - lock.stat().st_mtime
    except FileNotFoundError:
        return None
