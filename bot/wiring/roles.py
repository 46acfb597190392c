"""Which roles are in force: those that came with specloop, and the repository's own over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.agents.role_file import RoleFile, role_files
from bot.agents.roles import Role, load_roles
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.domain.errors import AgentUnavailable, UserError
from bot.ports.agent import Workplace
from bot.words import TemplateWords
from bot.workspace.clone import Clone

FOLDER = ".github/specloop/roles/"
"""Where a repository keeps roles of its own, on its base branch."""


def own_roles(paths: Iterable[str], read: Callable[[str], bytes | None]) -> tuple[RoleFile, ...]:
    """Return the role files among a commit's paths. Raises UserError for one that is no text."""
    return tuple(
        RoleFile(path, _text(path, read(path) or b""))
        for path in sorted(paths)
        if path.startswith(FOLDER) and path.endswith(".md") and not path.endswith("README.md")
    )


def committed_roles(clone: Clone, commit: str) -> tuple[RoleFile, ...]:
    """Return the role files of a commit in the bot's clone."""
    return own_roles(clone.paths(commit), lambda path: clone.read(commit, path))


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: a role must be UTF-8 text.") from error


def roles_in_force(
    words: TemplateWords, own: Sequence[RoleFile], specialists: Sequence[str]
) -> dict[str, Role]:
    """Return all roles by name. Raises UserError for a broken one and a specialist that is none."""
    roles = load_roles([role_files(words.root / "roles"), own], words)
    known = sorted(n for n, role in roles.items() if role.kind is RoleKind.SPECIALIST)
    for name in specialists:
        if name not in known:
            raise UserError(
                f"There is no specialist `{name}`; there are {', '.join(known)}. "
                f"One of your own is a file {FOLDER}{name}.md."
            )
    return roles


@dataclass(frozen=True, slots=True)
class NobodyToAsk:
    """Stands for the agents while the repository's roles cannot be used."""

    why: str

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Raise AgentUnavailable."""
        raise AgentUnavailable(self.why)
