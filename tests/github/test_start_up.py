"""What a command does not use, it does not import."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_brings_no_http_client() -> None:
    script = "import sys, bot.github; print({'githubkit', 'httpx', 'pydantic'} & set(sys.modules))"
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
