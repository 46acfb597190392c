"""The agent files that a repository keeps of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.domain.errors import UserError

FOLDER = ".github/specloop/agents/"
"""Where a repository keeps agent files of its own, on its base branch."""


def own_agents(paths: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Return the agent files among a commit's paths. Raises UserError for one that is no text."""
    return {
        path: _text(path, read(path) or b"")
        for path in sorted(paths)
        if path.startswith(FOLDER) and path.endswith(".yml")
    }


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: an agent file must be UTF-8 text.") from error
