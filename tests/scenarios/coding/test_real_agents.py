"""Real coding agents carry an item to a merged pull request, where there is no network at all.

What npm brings is installed beside `tests/instruments`; then `inside.py` runs in a network
namespace that holds nothing but loopback: hub, broker, model mock and agents are all in there, the
agents in bubblewrap's cells.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.instruments import dead_network, npm
from tests.sandboxes import require_bubblewrap

INSIDE = Path(__file__).parent / "inside.py"


@pytest.mark.timeout(480)
def test_claude_code_opencode_codex_and_gemini_work(tmp_path: Path) -> None:
    assert "7 passed" in ran(tmp_path, "not aider")


@pytest.mark.timeout(480)
def test_aider_works(tmp_path: Path) -> None:
    if shutil.which("aider") is None:
        pytest.skip("aider is not on PATH; it is not installed here, because it takes 700 MB")
    assert "1 passed" in ran(tmp_path, "aider")


def ran(folder: Path, which: str) -> str:
    """Run what is inside, as far as it is selected, and return what it said."""
    require_bubblewrap()
    if reason := dead_network.why_not() or npm.why_not():
        pytest.skip(reason)
    if reason := npm.install():
        # Where npm is, CI tries them for certain: a registry that fails must not go unnoticed.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(INSIDE)]
    command = [*tests, "-k", which, f"--basetemp={folder / 'inside'}"]
    done = subprocess.run(
        dead_network.command(command),
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:]
    return done.stdout
