"""Invocations of agents: who is asked, what it returns, what it used."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.plan import PlannerAnswer
from bot.domain.talk import UNTOLD, Talk
from bot.domain.usage import NOTHING_USED, Usage
from bot.domain.verdict import SpecialistAnswer, VerifierAnswer


class RoleKind(StrEnum):
    """What a role may return; its name (say `security-reviewer`) is a file's."""

    PLANNER = "planner"
    EXECUTOR = "executor"
    VERIFIER = "verifier"
    SPECIALIST = "specialist"
    WRITER = "writer"


class ExecutorOutcome(StrEnum):
    """How an Executor says its round ended."""

    DONE = "done"
    BLOCKED = "blocked"
    """It needs a person; `question` says for what."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ExecutorAnswer:
    """An Executor's structured answer after one round in its worktree."""

    outcome: ExecutorOutcome
    summary: str
    """What was done, for the pull request."""
    title: str = ""
    """Imperative, for the commit and the pull request."""
    question: str = ""
    wish_known: tuple[str, ...] = ()
    """Answers to: what do you wish you had known when you began?"""
    discovered: tuple[str, ...] = ()
    """Sub-tasks found on the way, one line each; the Planner decides on them."""


Answer = PlannerAnswer | ExecutorAnswer | VerifierAnswer | SpecialistAnswer


@dataclass(frozen=True, slots=True)
class Invocation:
    """One conversation to be had with one agent, and its identity in the journal."""

    key: str
    """Unique in the milestone, say `2/execute/7.1/3` or `1/review/verifier`."""
    role: str
    kind: RoleKind
    iteration: int
    subject: str = ""
    """The item's planned key (or `#12`) for an Executor; empty otherwise."""
    attempt: int = 1
    round: int = 1
    prompt: dict[str, object] = field(default_factory=dict)
    """The values the role's template is rendered with: JSON-like data only."""
    cap_usd: float | None = None
    """What it may cost at most, as reserved for it; None: not bounded."""
    cap_tokens: int | None = None
    """Tokens read and written at most."""
    cap_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An agent's validated answer, what it used and how it was given."""

    answer: Answer
    usage: Usage = NOTHING_USED
    talk: Talk = UNTOLD
