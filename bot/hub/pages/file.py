"""A file at a commit, with a line to lead to; and the addresses of such files, where they exist."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from bot.hub.errors import NotFound
from bot.hub.git.bare import BareRepository
from bot.hub.git.command import GitFailed, run_git
from bot.hub.pages.visit import Place

MOST_LINES = 5000
MOST_COLUMNS = 1000
_SHA = re.compile(r"[0-9a-f]{40}")
_STRANGE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class ShownFile:
    """A file's lines; ``left_out`` counts those that are not shown, ``lines`` None is binary."""

    path: str
    commit: str
    lines: tuple[str, ...] | None
    left_out: int


def file_at(git: BareRepository, commit: str, path: str) -> ShownFile:
    """Return what a page shows of a file. Raises NotFound."""
    if not _SHA.fullmatch(commit) or not _is_plain(path):
        raise NotFound
    found = _blobs(git, commit, [path])
    if path not in found:
        raise NotFound
    data = git.blob(found[path])
    if b"\0" in data[:8000]:
        return ShownFile(path, commit, None, 0)
    lines = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
    kept = tuple(
        line if len(line) <= MOST_COLUMNS else line[:MOST_COLUMNS] + " …"
        for line in lines[:MOST_LINES]
    )
    return ShownFile(path, commit, kept, len(lines) - len(kept))


def file_addresses(place: Place, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the addresses of those paths that are files at a commit."""
    plain = sorted({path for path in paths if _is_plain(path)})
    if not plain or not _SHA.fullmatch(commit):
        return {}
    try:
        found = _blobs(place.git, commit, plain)
    except GitFailed:
        return {}
    return {path: f"{place.url}/blob/{commit}/{quote(path)}" for path in found}


def _is_plain(path: str) -> bool:
    """Return whether a path names one place, which a browser would not rewrite."""
    is_strange = _STRANGE.search(path) is not None
    return not is_strange and all(part not in ("", ".", "..") for part in path.split("/"))


def _blobs(git: BareRepository, commit: str, paths: list[str]) -> dict[str, str]:
    """Return the ids of those paths that are files, asked with one process."""
    lines = "".join(f"{commit}:{path}\n" for path in paths)
    asked = lines.encode("utf-8", "replace")
    _, out = run_git(git.path, "cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked)
    answers = out.decode("utf-8", "replace").splitlines()
    pairs = zip(paths, answers, strict=False)
    return {path: answer[5:] for path, answer in pairs if answer.startswith("blob ")}
