"""The repository in brief: what every agent is told of it, the same for all of them."""

from __future__ import annotations

from bot.loop.house import House
from bot.rules.context import shortened
from bot.rules.repository import INSTRUCTIONS, folders, languages

INSTRUCTIONS_LIMIT = 6_000
"""Characters of one file with instructions."""


def repository_brief(house: House, commit: str) -> dict[str, object]:
    """Return the repository at a commit of its base branch, as the prompts' shared part shows it.

    Counts and heads are left out: they change with every merge, and a prompt's beginning is
    remembered only as long as it stays the same.
    """
    paths = house.codebase.paths(commit)
    return {
        "languages": languages(paths),
        "folders": folders(paths),
        "gates": [{"name": g.name, "command": " ".join(g.command)} for g in house.settings.gates],
        "instructions": _instructions(house, commit, frozenset(paths)),
    }


def _instructions(house: House, commit: str, paths: frozenset[str]) -> list[dict[str, str]]:
    """Return what people wrote for agents; a link to another of the files says nothing new."""
    found: dict[str, str] = {}
    for path in INSTRUCTIONS:
        content = house.codebase.read(commit, path) if path in paths else None
        text = (content or b"").decode("utf-8", "replace").strip()
        if text and text not in found.values() and text not in INSTRUCTIONS:
            found[path] = text
    return [{"path": p, "text": shortened(t, INSTRUCTIONS_LIMIT)} for p, t in found.items()]
