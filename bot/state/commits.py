"""Reading and writing the commits of a state ref in as few git processes as possible."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from bot.domain.errors import StateDiverged
from bot.state.git import RunGit, complaint

_IDENTITY = "specloop[bot] <specloop[bot]@users.noreply.github.com>"
_BAD_PATH = re.compile(r'[\x00-\x1f\x7f"\\]|(^|/)(\.{0,2}|\.git)(/|$)', re.IGNORECASE)


def check_path(path: str) -> None:
    """Raise ValueError for a path that a tree cannot hold as it is."""
    if _BAD_PATH.search(path):
        raise ValueError(f"{path!r} is not a path for a state file")


def load_files(
    git: RunGit, commit: str, cached: Mapping[str, bytes]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return a commit's files by path, and their contents by object id.

    `cached` holds contents by object id that need not be read again. Two processes, whatever the
    number of files. Raises StateDiverged when the commit cannot be read.
    """
    listed = git(["ls-tree", "-r", "-z", commit])
    if listed.code != 0:
        raise StateDiverged(f"The recorded state cannot be read: {complaint(listed)}.")
    names: dict[str, str] = {}
    for entry in listed.stdout.split(b"\0"):
        meta, _, path = entry.partition(b"\t")
        if b" blob " in meta:  # a submodule that somebody put there is no file
            names[path.decode("utf-8", "backslashreplace")] = meta.split(b" ")[2].decode()
    wanted = list(dict.fromkeys(blob for blob in names.values() if blob not in cached))
    blobs = {blob: cached[blob] for blob in names.values() if blob in cached}
    if wanted:
        read = git(["cat-file", "--batch"], stdin="\n".join([*wanted, ""]).encode())
        if read.code != 0:
            raise StateDiverged(f"The recorded state cannot be read: {complaint(read)}.")
        blobs |= _batch(read.stdout, wanted)
    return {path: blobs[blob] for path, blob in names.items()}, blobs


def write_commit(
    git: RunGit,
    ref: str,
    parent: str | None,
    changes: Mapping[str, bytes | None],
    message: str,
    at: int,
) -> str:
    """Add a commit with some files changed on top of a ref, in one process; return its id.

    None removes a file; `at` is in seconds since 1970. Raises StateDiverged when the ref is no
    longer at `parent`.
    """
    words = message.replace("\0", "").encode("utf-8", "replace")
    parts = [
        b"commit %s\nmark :1\ncommitter %s %d +0000\n" % (ref.encode(), _IDENTITY.encode(), at),
        b"data %d\n%s\n" % (len(words), words),
    ]
    if parent:
        parts.append(b"from %s\n" % parent.encode())
    # What is removed first may make room for a folder of its name.
    for path, content in sorted(changes.items(), key=lambda c: (c[1] is not None, c[0])):
        if content is None:
            parts.append(b"D %s\n" % path.encode())
            continue
        parts.append(b"M 100644 inline %s\n" % path.encode())
        parts.append(b"data %d\n%s\n" % (len(content), content))
    parts.append(b"get-mark :1\ndone\n")
    # fast-import itself refuses a commit that does not contain what the ref is at present.
    made = git(["fast-import", "--quiet", "--done"], stdin=b"".join(parts))
    if made.code != 0:
        raise StateDiverged(f"The state could not be recorded: {complaint(made)}.")
    return made.stdout.decode().strip()


def collides(path: str, existing: Collection[str]) -> bool:
    """Whether a path is a folder of another one's, or another one is a folder of its."""
    below = f"{path}/"
    return any(other.startswith(below) or path.startswith(f"{other}/") for other in existing)


def _batch(output: bytes, wanted: list[str]) -> dict[str, bytes]:
    """Cut `<id> blob <size>\\n<content>\\n`, repeated."""
    found: dict[str, bytes] = {}
    at = 0
    for blob in wanted:
        end = output.index(b"\n", at)
        header = output[at:end].split(b" ")
        if header[1:2] != [b"blob"]:
            raise StateDiverged("The recorded state is incomplete: a file of it is missing.")
        begin = end + 1
        at = begin + int(header[2])
        found[blob] = output[begin:at]
        at += 1
    return found
