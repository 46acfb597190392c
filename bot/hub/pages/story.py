"""What a bot wrote down about a milestone: JSON files under ``refs/specloop/<root>``.

The hub knows their place and reads what it understands; a milestone without them is shown from its
issues alone.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bot.hub.git.bare import BareRepository
from bot.hub.git.command import GitFailed, run_git
from bot.hub.pages.lenient import NOTHING, Node, parse

_PREFIX = "refs/specloop/"
_ITERATION = re.compile(r"iterations/(\d{1,9})/([a-z]{1,20})\.json")
_MOST = 4 * 1024 * 1024
"""Bytes of one file; a longer one is treated as absent."""
_PHASE_FILES = ("plan", "execute", "integrate", "review", "record")


@dataclass(frozen=True)
class Story:
    """A milestone's records at one commit of its ref; ``iterations`` are the recorded numbers."""

    commit: str
    view: Node
    state: Node
    ledger: Node
    learnings: Node
    iterations: tuple[int, ...]
    places: dict[tuple[int, str], str] = field(repr=False)


def told_roots(git: BareRepository) -> list[int]:
    """Return the root issues that have a ref, by number."""
    names = (name.removeprefix(_PREFIX) for name in git.refs(_PREFIX))
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def read_story(git: BareRepository, root: int) -> Story | None:
    """Return what is written about a milestone, or None when nothing is."""
    commit = git.read_ref(f"{_PREFIX}{root}")
    return None if commit is None else _read(git.path, commit)


def read_iteration(git: BareRepository, story: Story, number: int) -> dict[str, Node]:
    """Return one iteration's files by phase; those that are not there are nothing."""
    names = {phase: story.places.get((number, phase), "") for phase in _PHASE_FILES}
    wanted = tuple(oid for oid in names.values() if oid)
    found = dict(zip(wanted, _blobs(git.path, wanted), strict=True))
    return {phase: found.get(oid, NOTHING) for phase, oid in names.items()}


@lru_cache(maxsize=16)
def _read(path: Path, commit: str) -> Story:
    try:
        _, out = run_git(path, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    except GitFailed:
        out = b""
    files = dict(filter(None, map(_entry, out.decode("utf-8", "replace").split("\0"))))
    wanted = tuple(
        files.get(f"{name}.json", "") for name in ("view", "state", "ledger", "learnings")
    )
    known = tuple(oid for oid in wanted if oid)
    found = dict(zip(known, _blobs(path, known), strict=True))
    places = {
        (int(match[1]), match[2]): oid
        for name, oid in files.items()
        if (match := _ITERATION.fullmatch(name))
    }
    numbers = tuple(sorted({number for number, _ in places}))
    view, state, ledger, learnings = (found.get(oid, NOTHING) for oid in wanted)
    return Story(commit, view, state, ledger, learnings, numbers, places)


def _entry(line: str) -> tuple[str, str] | None:
    """Read ``<mode> blob <oid> <size>\\t<path>``; None for what is no file or too long."""
    facts, _, name = line.partition("\t")
    words = facts.split()
    if len(words) != 4 or words[1] != "blob" or int(words[3]) > _MOST:
        return None
    return name, words[2]


@lru_cache(maxsize=128)
def _blobs(path: Path, oids: tuple[str, ...]) -> tuple[Node, ...]:
    """Return files by their ids, with one process for all."""
    if not oids:
        return ()
    try:
        _, out = run_git(path, "cat-file", "--batch", stdin="\n".join(oids).encode() + b"\n")
    except GitFailed:
        return (NOTHING,) * len(oids)
    found, position = [], 0
    for _ in oids:
        end = out.find(b"\n", position)
        header = out[position:end].split()
        if len(header) != 3:  # "<oid> missing"
            found.append(NOTHING)
            position = end + 1
            continue
        size = int(header[2])
        found.append(parse(out[end + 1 : end + 1 + size]))
        position = end + 1 + size + 1
    return tuple(found)
