"""The interpreter that runs a project's own tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.workspace.process import run_bounded

_CAN_IMPORT = (
    "import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))"
)
_PATIENCE = 20.0


def find_python(repo: Path | None, needs: tuple[str, ...] = ()) -> Path:
    """Return the interpreter a project uses, preferably one that can import what it needs.

    Looked at in this order: `.venv` and `venv` in the repository, the active virtual environment,
    `python3` on PATH, and the one that runs specloop.
    """
    candidates = list(dict.fromkeys(_candidates(repo)))
    return next((c for c in candidates if can_import(c, *needs)), candidates[0])


def can_import(python: Path, *modules: str) -> bool:
    """Whether an interpreter starts and finds the modules; they are not imported."""
    finished = run_bounded(
        [str(python), "-I", "-c", _CAN_IMPORT, *modules],
        cwd=Path("/"),
        env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        timeout=_PATIENCE,
    )
    return finished.exit_code == 0


def _candidates(repo: Path | None) -> Iterator[Path]:
    # Never resolved: a virtual environment's `python` is a link whose own place matters.
    roots = [repo.absolute() / name for name in (".venv", "venv")] if repo else []
    if active := os.environ.get("VIRTUAL_ENV"):
        roots.append(Path(active))
    for root in roots:
        path = root / "bin" / "python"
        if os.access(path, os.X_OK):
            yield path
    if found := shutil.which("python3"):
        yield Path(found)
    yield Path(sys.executable)
