"""Real questions whose answers are fixed: what commits said, and the source files they changed.

`questions.json` was made before the search was tuned, by rule: of the commits after a release that
are no merges, in order, those whose message is at least five words about behaviour, which changed
one to three source files that the release has (and a test or the changelog, where the project keeps
them), thirty of each project; messages about the work only ("apply suggestions") and near copies
were left out by hand. Every second one is held out: nothing was tuned on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.workspace.codesearch.kinds import FILE_BYTES, is_worth

_FILE = Path(__file__).with_name("questions.json")


@dataclass(frozen=True, slots=True)
class Question:
    """What a commit said, and the files that it changed."""

    project: str
    question: str
    paths: tuple[str, ...]
    half: str
    """`tuning` or `held out`."""


def questions() -> list[Question]:
    """Return all questions."""
    return [
        Question(q["project"], q["question"], tuple(q["paths"]), q["half"])
        for q in json.loads(_FILE.read_text(encoding="utf-8"))
    ]


def rank_of(right: Sequence[str], found: Sequence[str]) -> int | None:
    """Return where the first right path stands, from 1, or None."""
    return next((n for n, path in enumerate(found, 1) if path in right), None)


def texts(folder: Path) -> dict[str, str]:
    """Return the files that the index takes, in lower case, for `grep`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and is_worth(name) and path.stat().st_size <= FILE_BYTES:
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                found[name] = content.decode("utf-8", "replace").lower()
    return found


def grep(question: str, files: dict[str, str]) -> list[str]:
    """Return what one finds without an index: files with most of the question's words, then most
    often; words of three letters and more, upper and lower case alike.
    """
    words = {word.lower() for word in re.findall(r"\w{3,}", question)}
    scored = []
    for path, text in files.items():
        there = [word for word in words if word in text]
        if there:
            scored.append((-len(there), -sum(text.count(word) for word in there), path))
    return [path for _, _, path in sorted(scored)]
