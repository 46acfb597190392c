"""Source distributions of a package, fetched by pip and read in memory; nothing of them is kept.

The one place of the test suite that leaves this machine. Pip verifies the digest before it looks
inside, so what was pinned is all that ever runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

PATIENCE = 120
PIP = "-m pip download --quiet --disable-pip-version-check --no-input --retries 1".split()
# The build backend is in our own environment: nothing but the two archives is fetched.
WHAT = "--no-deps --no-binary :all: --no-build-isolation --require-hashes".split()

Files = dict[str, bytes]
"""A release: its files' contents by path."""


def fetch(folder: Path, package: str, digests: dict[str, str]) -> dict[str, Files]:
    """Return the files of each version, or skip the test: in CI, fail it."""
    started = {v: _start(folder / v, f"{package}=={v}", sha) for v, sha in digests.items()}
    said = {v: _wait(process) for v, process in started.items()}
    return {v: _read(folder / v, said[v], sha) for v, sha in digests.items()}


def _start(folder: Path, requirement: str, digest: str) -> subprocess.Popen[str]:
    folder.mkdir()
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{digest}\n")
    command = [sys.executable, *PIP, *WHAT, "-r", str(wanted), "-d", str(folder)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip


def _wait(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0] + f"\nERROR: no answer within {PATIENCE} s"


def _read(folder: Path, said: str, digest: str) -> Files:
    if "DO NOT MATCH THE HASHES" in said:
        pytest.fail(f"the archive is not the one that was pinned:\n{said}", pytrace=False)
    archive = next(folder.glob("*.tar.gz"), None)
    if archive is None:
        _unavailable(said)
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == digest
    with tarfile.open(archive) as tar:
        return {
            member.name.partition("/")[2]: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in tar
            if member.isfile()
        }


def _unavailable(said: str) -> NoReturn:
    errors = [line for line in said.splitlines() if line.startswith("ERROR")] or said.splitlines()
    reason = f"pip could not fetch the source distribution: {' '.join(errors[-1:]) or 'silence'}"
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"{reason} (in CI this must run)", pytrace=False)
    pytest.skip(reason)


def differing(old: Files, new: Files, folders: Iterable[str]) -> set[str]:
    """Return the paths below some folders that are not the same in two releases."""
    below = tuple(f"{folder}/" for folder in folders)
    paths = {path for path in old.keys() | new.keys() if path.startswith(below)}
    return {path for path in paths if old.get(path) != new.get(path)}


def changelog(text: str, version: str) -> dict[int, str]:
    """Return a release's entries by the number of the issue that each one names."""
    _, _, rest = text.partition(f"Release {version} (")
    section = re.split(r"^Release ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    parts = re.split(r"^\* ", section, flags=re.MULTILINE)[1:]
    entries = [" ".join(part.partition("\n\n")[0].split()) for part in parts]
    return {int(n): entry for entry in entries if (n := _issue(entry))}


def _issue(entry: str) -> str:
    found = re.search(r"\(issue(\d+)", entry)
    return found[1] if found else ""
