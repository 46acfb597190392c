"""What git says about commits and diffs, parsed: pure functions over its output."""

from dataclasses import dataclass

LOG_FORMAT = "--format=%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%B"


@dataclass(frozen=True)
class Signature:
    """Who and when; ``date`` is ISO 8601 with the author's zone."""

    name: str
    email: str
    date: str


@dataclass(frozen=True)
class CommitInfo:
    """One commit; ``message`` has no trailing newline."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @property
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.split("\n", 1)[0]


@dataclass(frozen=True)
class TreeEntry:
    """One entry of a directory."""

    name: str
    type: str
    oid: str
    mode: int


def parse_entries(listing: bytes) -> list[TreeEntry]:
    """Return the entries of ``git ls-tree -z``."""
    found = []
    for line in listing.decode("utf-8", "replace").split("\0"):
        head, _, name = line.partition("\t")
        if name:
            mode, kind, oid = head.split(" ")
            found.append(TreeEntry(name, kind, oid, int(mode, 8)))
    return found


@dataclass(frozen=True)
class FileChange:
    """One file of a diff.

    ``status`` is GitHub's word, ``patch`` the hunks or None for binary files.
    """

    path: str
    previous_path: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True)
class DiffStat:
    """The size of a diff in files and lines."""

    files: int
    additions: int
    deletions: int


_STATUS = {
    "A": "added",
    "D": "removed",
    "M": "modified",
    "R": "renamed",
    "C": "copied",
    "T": "changed",
}


def parse_log(out: bytes) -> list[CommitInfo]:
    """Read ``git log -z`` in LOG_FORMAT."""
    entries = [entry for entry in out.decode("utf-8", "replace").split("\0") if entry.strip()]
    return [_parse_commit(entry) for entry in entries]


def _parse_commit(entry: str) -> CommitInfo:
    oid, tree, parents, an, ae, ad, cn, ce, cd, message = entry.split("\x1f", 9)
    return CommitInfo(
        oid.strip(),
        tree,
        tuple(parents.split()),
        Signature(an, ae, ad),
        Signature(cn, ce, cd),
        message.rstrip("\n"),
    )


def parse_changes(out: bytes) -> list[FileChange]:
    """Read ``git diff --raw --numstat -p -z``: raw records, counts, then the patch."""
    head, _, patch_text = out.decode("utf-8", "replace").partition("\0\0")
    tokens = head.split("\0")
    raw, position = _parse_raw(tokens)
    counts = _parse_counts(tokens[position:])
    patches = _per_record(_split_patches(patch_text), [letter for letter, *_ in raw])
    return [
        FileChange(
            path, previous, _STATUS.get(letter, "changed"), blob, *counts.get(path, (0, 0)), patch
        )
        for (letter, blob, previous, path), patch in zip(raw, patches, strict=True)
    ]


def _parse_raw(tokens: list[str]) -> tuple[list[tuple[str, str, str | None, str]], int]:
    found: list[tuple[str, str, str | None, str]] = []
    index = 0
    while index < len(tokens) and tokens[index].startswith(":"):
        _, _, old_blob, new_blob, letters = tokens[index].split(" ")
        letter, renamed = letters[0], letters[0] in "RC"
        blob = old_blob if letter == "D" else new_blob
        previous = tokens[index + 1] if renamed else None
        found.append((letter, blob, previous, tokens[index + 2 if renamed else index + 1]))
        index += 3 if renamed else 2
    return found, index


def _parse_counts(tokens: list[str]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    index = 0
    while index < len(tokens) and tokens[index].count("\t") == 2:
        added, deleted, path = tokens[index].split("\t")
        if not path:
            path, index = tokens[index + 2], index + 2
        counts[path] = (_count(added), _count(deleted))
        index += 1
    return counts


def _count(text: str) -> int:
    return 0 if text == "-" else int(text)


def _per_record(parts: list[str | None], letters: list[str]) -> list[str | None]:
    """Give each raw record its patch.

    For a change of type (a file that became a link) git writes two: all of it removed, all added.
    """
    left = iter(parts)
    found = []
    for letter in letters:
        mine = [next(left, None) for _ in range(2 if letter == "T" else 1)]
        found.append("\n".join(part for part in mine if part) or None)
    return found


def _split_patches(text: str) -> list[str | None]:
    parts = ("\n" + text).split("\ndiff --git ")[1:]
    return [
        part[part.index("\n@@") + 1 :].rstrip("\n") if "\n@@" in part else None for part in parts
    ]
