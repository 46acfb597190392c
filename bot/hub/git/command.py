"""Running git with nothing of the user's: no configuration, no hooks, no prompts, no discovery."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SAFE_CONFIG = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false")


class GitFailed(Exception):
    """git ended with an error; ``code`` is its exit status and ``stderr`` its words."""

    def __init__(self, arguments: Sequence[str], code: int, stderr: str) -> None:
        super().__init__(f"git {' '.join(arguments[:2])} ended with {code}: {stderr.strip()[:400]}")
        self.code = code
        self.stderr = stderr


def git_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment of a git process."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **(extra or {}),
    }


def run_git(
    directory: Path,
    *arguments: str,
    stdin: bytes = b"",
    extra: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
) -> tuple[int, bytes]:
    """Run git on a bare repository and return its exit status and output.

    Raises GitFailed for a status that is not in ``accept``.
    """
    done = subprocess.run(
        ["git", f"--git-dir={directory}", *SAFE_CONFIG, *arguments],
        input=stdin,
        capture_output=True,
        env=git_environment(extra),
        check=False,
    )
    if done.returncode not in accept:
        raise GitFailed(arguments, done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.returncode, done.stdout
