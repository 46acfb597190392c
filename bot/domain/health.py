"""What `specloop doctor` finds: one thing each, whether it is there, what its absence costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Health(StrEnum):
    """Whether a thing is as it must be."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """It could not be looked at with what was given."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    said: str
    """What is so."""
    health: Health = Health.OK
    cost: str = ""
    """What it costs as it is; empty for nothing."""
    todo: str = ""
    """What to do about it; empty for nothing."""


class TokenKind(StrEnum):
    """Whose token it is."""

    WORKFLOW = "workflow"
    """A job's own, `GITHUB_TOKEN`."""
    APP = "app"
    """A GitHub App's installation."""
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What is known of the token that was given."""

    kind: TokenKind
    login: str
    app_permissions: Mapping[str, str] | None = None
    """What the App may do at most; None when GitHub does not show it."""
    is_admin: bool = False
    """Whether it sees the repository's settings."""


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """One file below `.github/workflows` on the default branch."""

    name: str
    content: Mapping[Any, Any] | None
    """None when it is no YAML mapping."""


@dataclass(frozen=True, slots=True)
class BranchRule:
    """One rule of protection that holds for a branch."""

    kind: str
    """GitHub's word, such as `required_status_checks`."""
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What GitHub tells of a repository; None is: it cannot be read with this token."""

    name: str
    token: TokenFacts
    default_branch: str
    """Empty while there is no commit."""
    archived: bool
    has_issues: bool
    may_open_pulls: bool | None
    labels: frozenset[str] | None
    """In lower case."""
    workflows: tuple[WorkflowFile, ...]
    workflow_state: str | None
    """GitHub's word for whether the caller workflow is enabled: `active`."""
    secrets: frozenset[str] | None
    rules: tuple[BranchRule, ...] | None
    """Of the default branch."""
    agents_rules: tuple[BranchRule, ...] | None
    """Of a branch as agents' are called."""
