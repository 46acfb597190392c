"""A network that leads nowhere: the proof that nothing is fetched."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

_INSIDE = 'ip link set lo up && exec "$@"'


def command(argv: Sequence[str]) -> list[str]:
    """Return the command line that runs another one where only loopback exists."""
    return ["unshare", "--map-root-user", "--net", "sh", "-c", _INSIDE, "sh", *argv]


def why_not() -> str:
    """Return why there can be no such network here, or nothing."""
    for program in ("unshare", "ip"):
        if shutil.which(program) is None:
            return f"the program {program} is missing"
    ran = subprocess.run(command(["true"]), capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"no network namespace: {ran.stderr.strip()}"
