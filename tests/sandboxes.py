"""A sandbox for tests: bubblewrap, installed where that can be done, else a plain skip."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

import pytest

from bot.workspace import sandbox_probe


@functools.cache
def installed() -> str:
    """Return why no cell can be made here; empty when one can."""
    if shutil.which("bwrap") is None and os.getuid() == 0 and shutil.which("apt-get"):
        for arguments in (("update",), ("install", "-y", "bubblewrap")):
            subprocess.run(["apt-get", "-q", *arguments], capture_output=True, check=False)
        sandbox_probe.probe.cache_clear()
    return sandbox_probe.available()


def require_bubblewrap() -> None:
    """Skip the test where no cell can be made."""
    if problem := installed():
        pytest.skip(problem)
