"""Source distributions, fetched by pip and pinned by digest; nothing of them is run.

To download one, pip asks its build backend for its name and version. The backend that it is given
here is our own, which reads both from a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 300
_BACKEND = """\
import email, os, shutil

def get_requires_for_build_wheel(settings=None):
    return []

def prepare_metadata_for_build_wheel(folder, settings=None):
    with open("PKG-INFO", encoding="utf-8") as file:
        told = email.message_from_file(file)
    name = told["Name"].replace("-", "_") + "-" + told["Version"] + ".dist-info"
    os.mkdir(os.path.join(folder, name))
    shutil.copy("PKG-INFO", os.path.join(folder, name, "METADATA"))
    return name
"""
_BACKENDS = ("flit_core/buildapi.py", "setuptools/build_meta.py", "maturin/__init__.py")
_PIP = "-m pip download --quiet --disable-pip-version-check --no-input".split()
_WHAT = "--no-deps --no-binary :all: --no-build-isolation --require-hashes".split()


@dataclass(frozen=True, slots=True)
class Pinned:
    """One release."""

    project: str
    version: str
    digest: str
    """SHA-256 of its archive."""


SPHINX = Pinned(
    "sphinx", "8.1.0", "109454425dbf4c78ecfdd481e56f078376d077edbda29804dba05c5161c8de06"
)
PYTEST = Pinned(
    "pytest", "8.3.0", "0fe75465746a643f2485f642edf5eb7af7918135177230471150409343f84a6b"
)
PYDANTIC_CORE = Pinned(
    "pydantic-core", "2.14.0", "34b2b8f15a0b92a42cd9a905e4921a3324e835fe4fbc8c9dda15bb88c330de78"
)
DJANGO = Pinned(
    "django", "5.1.15", "46a356b5ff867bece73fc6365e081f21c569973403ee7e9b9a0316f27d0eb947"
)


def unpack(pinned: Pinned, folder: Path) -> None:
    """Lay a release's files into a new folder. Raises RuntimeError when pip cannot fetch it."""
    place = folder.parent / f".{folder.name}"
    for name in _BACKENDS:
        backend = place / "backends" / name
        backend.parent.mkdir(parents=True)
        (backend.parent / "__init__.py").touch()
        backend.write_text(_BACKEND, encoding="utf-8")
    wanted = place / "wanted.txt"
    wanted.write_text(f"{pinned.project}=={pinned.version} --hash=sha256:{pinned.digest}\n")
    done = subprocess.run(
        [sys.executable, *_PIP, *_WHAT, "-r", str(wanted), "-d", str(place)],
        env={**os.environ, "PYTHONPATH": str(place / "backends")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    archive = next(place.glob("*.tar.gz"), None)
    if archive is None:
        raise RuntimeError(f"pip could not fetch {pinned.project}: {done.stderr.strip()[-300:]}")
    with tarfile.open(archive) as tar:
        for member in tar:
            path = member.name.partition("/")[2]
            if member.isfile() and path:
                member.name = path
                tar.extract(member, folder, filter="data")
