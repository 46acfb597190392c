"""`specloop doctor --github`: looks at a repository on GitHub; it reads and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bot.domain.errors import UserError
from bot.domain.health import Finding
from bot.domain.settings import Settings
from bot.domain.workflow_runs import WORKFLOW_FILE
from bot.github import open_tracker
from bot.github.survey import Survey
from bot.rules.health import Wanted, examine
from bot.wiring.configuration import PATH, parse_configuration
from bot.wiring.machine import SystemClock
from bot.words import TemplateWords


def examine_repository(repository: str) -> Iterator[Finding]:
    """Yield what is found of `owner/name`, with the token of the environment.

    Raises UserError without a token, or when the repository cannot be seen; ServiceError.
    """
    token = os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")
    if not token:
        raise UserError(
            "GITHUB_TOKEN (or GH_TOKEN) is not set: give it a token that may read the repository, "
            "best an administrator's (`GH_TOKEN=$(gh auth token) specloop doctor ...`)."
        )
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    with open_tracker(api, token, repository, _Nobody(), SystemClock()) as tracker:
        facts = Survey(tracker.place, read_workflow).look()
        settings, trouble = _settings(tracker.place.file(PATH)[1])
    template = (TemplateWords().root / "setup" / WORKFLOW_FILE).read_text("utf-8")
    wanted = Wanted(read_workflow(template) or {}, settings, trouble, f"{server}/{repository}")
    yield from examine(facts, wanted)


def read_workflow(text: str) -> Mapping[Any, Any] | None:
    """Return what a workflow file says; None when it is no YAML mapping."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _settings(text: str | None) -> tuple[Settings, str]:
    """Return the configuration on the default branch, and why it could not be read."""
    try:
        return parse_configuration(text.encode() if text is not None else None)[0], ""
    except UserError as error:
        return Settings(), str(error)


class _Nobody:
    """Nothing is written."""

    def check(self) -> None:
        """Refuse."""
        raise AssertionError("doctor only reads")
