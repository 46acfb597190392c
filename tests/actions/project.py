"""A small project with specloop installed, as a person would: files on the default branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tests.actions.chain import CALLER
from tests.actions.rendering import ROOT
from tests.entry.stage import FILES, story
from tests.hub.stage import Stage

CONFIGURATION: Mapping[str, Any] = {
    "agent": "playbook:.github/playbook.yml",
    "approve_plan": "never",
    "gates": {"check": {"command": ["sh", "check.sh"], "category": "test"}},
    "merge": "auto",
    "specialists": ["code-reviewer"],
    "writer": False,
}


def install(
    stage: Stage, scenes: Sequence[Mapping[str, Any]] | None = None, **configured: Any
) -> None:
    """Push the project with caller, configuration and the playbook that answers for agents."""
    playbook = {"playbook": 1, "scenes": list(scenes or story())}
    checkout = stage.clone(stage.owner)
    checkout.commit(
        {
            **FILES,
            CALLER: (ROOT / "templates/setup/specloop.yml").read_text(),
            ".github/specloop.yml": yaml.safe_dump({**CONFIGURATION, **configured}),
            ".github/playbook.yml": yaml.safe_dump(playbook, sort_keys=False),
        },
        "Install specloop",
    )
    checkout.git("push", "-q", "origin", "HEAD:main")


def spec(stage: Stage, title: str = "Say hello") -> int:
    """Open a spec as its form does, and return its number."""
    body = "There is a file that says hello.\n"
    issue: dict[str, Any] = stage.issue(title, body=body, labels=["spec"])
    return int(issue["number"])
