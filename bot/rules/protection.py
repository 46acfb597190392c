"""What needs a person when an agent's branch touches it: paths, and work that bears a label."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.settings import Settings


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


def demands(touched: Iterable[str], labels: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return why a pull request needs a person's approval even where green gates suffice.

    `touched` are the paths it changes; `labels` those of the pull request, its items and the spec.
    """
    paths = protected_among(touched, (*settings.protected_paths, *settings.review_paths))
    wanted = {name.casefold() for name in settings.review_labels}
    named = [name for name in dict.fromkeys(labels) if name.casefold() in wanted]
    found = [f"it touches {', '.join(paths[:3])}, which a person must approve"] if paths else []
    found += [f"the label `{name}` asks for a person's approval" for name in named[:1]]
    return tuple(found)
