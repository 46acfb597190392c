"""GitHub's published schemas, fetched by npm once into a cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_CACHE = Path(tempfile.gettempdir()) / f"specloop-tests-{os.getuid()}" / "octokit"


def published(package: str, version: str, file: str) -> Path:
    """Return a file of an npm package; without one the test is skipped, and fails on CI."""
    path = place(package, version, file)
    if not path.exists():
        problem = _fetch(_CACHE / f"{package}-{version}", f"@octokit/{package}@{version}")
        if problem is not None or not path.exists():
            words = f"npm cannot bring @octokit/{package} {version}: {problem}"
            if os.environ.get("CI") == "true":
                pytest.fail(words)
            pytest.skip(words)
    return path


def place(package: str, version: str, file: str) -> Path:
    """Return where a file of an npm package is, or would be when it had been fetched."""
    return _CACHE / f"{package}-{version}" / "node_modules/@octokit" / package / file


def _fetch(folder: Path, name: str) -> str | None:
    if shutil.which("npm") is None:
        return "npm is not installed"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    try:
        done = subprocess.run(
            ["npm", "install", *options, name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
    except subprocess.TimeoutExpired:
        return "it took longer than 100 seconds"
    return None if done.returncode == 0 else done.stderr.strip()[-300:] or "npm failed"
