"""What git says of a commit: its files, what differs from another one, and the files' text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.workspace.codesearch.kinds import FILE_BYTES, FILES, is_worth, weight_of
from bot.workspace.git import Git, oid, path_text

BATCH_BYTES = 8_000_000
"""Text that is held in memory at once, about."""
_FILES = (b"100644", b"100755", b"100664")  # neither links nor submodules


def files_of(git: Git, commit: str) -> dict[str, str]:
    """Return the blobs of a commit's files by path: those worth searching, at most `FILES`."""
    found = {}
    for entry in git.out(["ls-tree", "-r", "-z", "--full-tree", oid(commit)]).split(b"\0"):
        meta, _, raw = entry.partition(b"\t")
        path = path_text(raw)
        if meta.startswith(_FILES) and is_worth(path):
            found[path] = meta.split(b" ")[2].decode()
    if len(found) > FILES:  # source code first, then what lies nearest to the root
        kept = sorted(found, key=lambda p: (-weight_of(p), p.count("/"), p))[:FILES]
        found = {path: found[path] for path in kept}
    return found


def changes(git: Git, old: str, new: str) -> dict[str, str | None]:
    """Return the new blob (None: gone, or nothing to search) of each path that differs."""
    raw = git.out(["diff-tree", "-r", "-z", "--raw", "--no-renames", oid(old), oid(new)])
    fields = raw.split(b"\0")
    found: dict[str, str | None] = {}
    for meta, name in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, _ = meta.split(b" ")
        path = path_text(name)
        found[path] = blob.decode() if mode in _FILES and is_worth(path) else None
    return found


def contents(git: Git, blobs: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield each blob with its content, or None for one over the size that is indexed."""
    unique = list(dict.fromkeys(blobs))
    if not unique:
        return
    asked = "\n".join(unique).encode()
    sizes = git.out(["cat-file", "--batch-check=%(objectname) %(objectsize)"], stdin=asked)
    batch, held = [], 0
    for line in sizes.decode().splitlines():
        blob, _, size = line.partition(" ")
        if not size.isdigit() or int(size) > FILE_BYTES:  # or missing
            yield blob, None
            continue
        batch.append(blob)
        held += int(size)
        if held > BATCH_BYTES:
            yield from _read(git, batch)
            batch, held = [], 0
    yield from _read(git, batch)


def _read(git: Git, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    if not blobs:
        return
    out = git.out(["cat-file", "--batch=%(objectsize)"], stdin="\n".join(blobs).encode())
    start = 0
    for blob in blobs:
        end = out.index(b"\n", start)
        size = int(out[start:end])
        yield blob, out[end + 1 : end + 1 + size]
        start = end + size + 2
