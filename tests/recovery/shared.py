"""What takes long to make and never changes: made by one of the suite's workers, read by all."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

T = TypeVar("T")


def made_once(base: Path, name: str, make: Callable[[], T]) -> T:
    """Return what `make` returns in the first process of this suite that asks for it.

    `base` is the process's own temporary folder; beside it lie the other workers'.
    """
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
        return cast(T, pickle.loads(kept.read_bytes()))  # noqa: S301 (our own, of just now)
