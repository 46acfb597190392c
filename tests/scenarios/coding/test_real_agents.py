"""Real coding agents carry an item to a merged pull request, where there is no network at all.

What npm brings is installed beside `tests/instruments`; then `inside.py` runs in a network
namespace that holds nothing but loopback: hub, broker, model mock and agents are all in there, the
agents in bubblewrap's cells.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.instruments import dead_network, npm
from tests.sandboxes import require_bubblewrap

INSIDE = Path(__file__).parent / "inside.py"


@pytest.mark.timeout(480)
def test_claude_code_opencode_and_codex_work(tmp_path: Path) -> None:
    require_bubblewrap()
    for reason in (dead_network.why_not(), npm.install()):
        if reason:
            pytest.skip(reason)
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(INSIDE)]
    ran = subprocess.run(
        dead_network.command([*tests, f"--basetemp={tmp_path / 'inside'}"]),
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-20_000:]
    assert "5 passed" in ran.stdout
