"""What docs/roles.md shows is a role."""

from __future__ import annotations

import re
from pathlib import Path

from bot.agents.role_file import RoleFile
from bot.agents.roles import load_role
from bot.domain.agents import RoleKind
from tests.agents.conftest import SHIPPED, WORDS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "roles.md").read_text(encoding="utf-8")


def test_the_documents_example_is_a_role() -> None:
    (example,) = re.findall(r"```md\n(.*?)```", DOCUMENT, re.DOTALL)
    role = load_role(RoleFile(".github/specloop/roles/namer.md", example), WORDS)
    assert (role.kind, role.cost_usd) == (RoleKind.SPECIALIST, 0.5)


def test_the_document_names_every_role_and_kind() -> None:
    missing = [name for name in SHIPPED if f"`{name}`" not in DOCUMENT]
    missing += [kind.value for kind in RoleKind if f"| {kind.value} |" not in DOCUMENT]
    assert missing == []
