"""Paths that need a person when an agent's branch touches them."""

from __future__ import annotations

from collections.abc import Iterable


def protected_among(paths: Iterable[str], protected: Iterable[str]) -> tuple[str, ...]:
    """Return the touched paths that are protected, sorted.

    A protected entry that ends in `/` covers the folder at any depth from the root, and a file of
    its name, since that may be a link to another folder; any other covers files of that very
    name, wherever they are.
    """
    entries = tuple(protected)
    return tuple(sorted({p for p in paths if any(_covers(e, p) for e in entries)}))


def _covers(entry: str, path: str) -> bool:
    folded, wanted = path.casefold(), entry.casefold()
    if wanted.endswith("/"):
        return f"/{wanted}" in f"/{folded}/"
    return folded == wanted or folded.endswith(f"/{wanted}")
