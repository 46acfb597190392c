"""A repository's files within a bound of lines: all of them, or folders with their counts."""

from __future__ import annotations

from collections.abc import Sequence

LINES = 150
"""Paths that are listed one by one at most; as many as the Planner's prompt keeps."""
FOLDERS = 120
"""Lines of an overview by folders."""
CHARACTERS = 16_000


def overview(paths: Sequence[str]) -> list[str]:
    """Return the paths, or, of many, the folders: `src/ (12 files)`; the fullest are opened first.

    The same paths give the same lines, in the order of their names.
    """
    shown = sorted(paths)
    if len(shown) > LINES or sum(len(p) + 1 for p in shown) > CHARACTERS:
        shown = _folders(shown)
    return _bounded(shown)


def _folders(paths: Sequence[str]) -> list[str]:
    """Open the fullest folder again and again, as long as there is room for what is in it."""
    closed = _inside("", paths)
    lines = {name: len(below) for name, below in closed.items()}
    while True:
        folders = [name for name in closed if name.endswith("/")]
        if not folders:
            break
        fullest = max(folders, key=lambda name: (len(closed[name]), name))
        inner = _inside(fullest, closed.pop(fullest))
        if len(lines) - 1 + len(inner) > FOLDERS:
            continue  # a smaller one may still fit
        del lines[fullest]
        lines |= {name: len(below) for name, below in inner.items()}
        closed |= inner
    return [
        f"{name} ({count} {'file' if count == 1 else 'files'})" if name.endswith("/") else name
        for name, count in sorted(lines.items())
    ]


def _inside(folder: str, paths: Sequence[str]) -> dict[str, list[str]]:
    """Return what lies directly in a folder, and the paths in each of those."""
    found: dict[str, list[str]] = {}
    for path in paths:
        first, slash, _ = path[len(folder) :].partition("/")
        found.setdefault(f"{folder}{first}{slash}", []).append(path)
    return found


def _bounded(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    left = CHARACTERS
    for line in lines:
        left -= len(line) + 1
        if left < 0 or len(kept) == LINES:
            kept.append(f"(and {len(lines) - len(kept)} more)")
            break
        kept.append(line)
    return kept
