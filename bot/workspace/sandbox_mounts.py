"""What a cell sees: bubblewrap's options for an allow-list of mounts, in order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.workspace.installations import SYSTEM

SOCKET = "/run/specloop/models.sock"
FORWARDER = "/run/specloop/forwarder.py"
USER = 1000
"""Who the agent is inside when root runs us: many programs refuse to be root."""
_ETC = (
    *("alternatives", "ca-certificates.conf", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("localtime", "mime.types", "protocols", "services", "shells", "terminfo", "timezone"),
    # never all of ssl and pki: private keys lie beside the certificates
    *("ssl/certs", "ssl/openssl.cnf", "pki/ca-trust", "pki/tls/certs", "crypto-policies"),
)
_ETC_FAMILIES = ("java-*", "fonts")
"""Settings that installations in /usr link to."""


def identity() -> tuple[int, int]:
    """Return user and group inside: our own, and nobody special when we are root."""
    return os.getuid() or USER, os.getgid() or USER


def system(place: Path, home: Path, *, network: bool) -> Iterator[str]:
    """Yield the mounts that every cell has; `place` is its folder on this side.

    What is written outside of the worktree and the home (/tmp, /dev/shm) lies in `place`.
    """
    for folder in SYSTEM:
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for source in (*(Path("/etc", name) for name in _ETC), *_families()):
        if source.exists():
            yield from ("--ro-bind", str(source.resolve()), str(source))
    yield from _made_up(place, home, network)
    # A cell of root's still is root to files that are not mounted by itself: without the second
    # mount it could write into /proc/sys, and have the system run a program outside.
    yield from ("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys")
    yield from ("--dev", "/dev", "--bind", str(place / "shm"), "/dev/shm")  # noqa: S108
    yield from ("--remount-ro", "/dev", "--bind", str(place / "tmp"), "/tmp")  # noqa: S108


def readable(paths: Iterable[Path]) -> Iterator[str]:
    """Yield mounts to read from, at their own places; outer folders first, or they hide others."""
    for path in sorted(set(paths)):
        if path.exists():
            yield from ("--ro-bind", str(path), str(path))


def own(home: Path, folder: Path, *, writable: bool) -> Iterator[str]:
    """Yield the home and the worktree, at their own places; nothing else can be written then."""
    yield from ("--bind", str(home), str(home))
    yield from ("--bind" if writable else "--ro-bind", str(folder), str(folder))
    yield from ("--remount-ro", "/", "--chdir", str(folder))


def _families() -> Iterator[Path]:
    for pattern in _ETC_FAMILIES:
        yield from Path("/etc").glob(pattern)


def _made_up(place: Path, home: Path, network: bool) -> Iterator[str]:
    """Yield the files of /etc that would tell of people and machines, made up."""
    user, group = identity()
    files = {
        "passwd": f"agent:x:{user}:{group}::{home}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
        "group": f"agent:x:{group}:\nnogroup:x:65534:\n",
        "hosts": "127.0.0.1 localhost cell\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    }
    if network:
        for name in ("hosts", "resolv.conf"):
            files[name] = Path("/etc", name).read_text() if Path("/etc", name).is_file() else ""
    for name, text in files.items():
        (place / name).write_text(text)
        yield from ("--ro-bind", str(place / name), f"/etc/{name}")
