"""What a repository can configure, with the defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.effects import MergeMethod
from bot.domain.findings import Gate
from bot.domain.providers import Models


class MergePolicy(StrEnum):
    """Who lets an agent's pull request land."""

    REVIEW = "review"
    """A person with write permission approves its present head."""
    AUTO = "auto"
    """Green gates suffice."""


class PlanApproval(StrEnum):
    """Which plans wait for `/continue`."""

    FIRST = "first"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of the labels; all but `spec` share a prefix by default."""

    spec: str = "spec"
    work: str = "specloop:work"
    feedback: str = "specloop:feedback"
    decision: str = "specloop:decision"
    blocked: str = "specloop:blocked"
    backlog: str = "specloop:backlog"
    high: str = "priority:high"
    medium: str = "priority:medium"
    low: str = "priority:low"
    category_prefix: str = "category:"


@dataclass(frozen=True, slots=True)
class Bound:
    """What may be used at most of money, tokens (read and written) and agents' time."""

    usd: float | None = None
    """None: not bounded."""
    tokens: int | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds; each one, when hit, is a graceful and resumable stop."""

    iterations: int = 10
    rounds: int = 3
    """Rounds of one Executor with its gates in one attempt."""
    attempts: int = 3
    """Attempts at one item before it is blocked for a person."""
    executors: int = 4
    """Executors side by side."""
    items_per_iteration: int = 12
    feedback_per_specialist: int = 5
    cost_usd: float = 10.0
    """Of the whole milestone, as are `tokens` and `agent_hours`."""
    tokens: int | None = None
    agent_hours: float = 2.0
    call: Bound = Bound(usd=2.0, minutes=40.0)
    """Of one conversation with one agent."""
    item: Bound = Bound(usd=5.0)
    """Of all Executors at one item."""
    iteration: Bound = Bound()
    idle_usd: float = 5.0
    """Spent with nothing merged since: beyond it the run is stuck."""
    idle_invocations: int = 40
    ceiling_usd: float = 100.0
    """How far `/continue budget=+…` may raise the budget."""
    ceiling_iterations: int = 100
    """How far `/continue iterations=+…` may raise the number of iterations."""
    ceiling_hours: float = 24.0
    """How far `/continue hours=+…` may raise the agents' time."""
    ceiling_tokens: int = 100_000_000
    """How far `/continue tokens=+…` may raise the tokens."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one repository, read from its base branch."""

    gates: tuple[Gate, ...] = ()
    agent: str = "auto"
    """Who thinks: `auto`, `model`, `PROVIDER:MODEL`, a coding agent's name, `playbook:FILE`."""
    models: Models = field(default_factory=Models)
    merge: MergePolicy = MergePolicy.REVIEW
    merge_method: MergeMethod = MergeMethod.SQUASH
    approve_plan: PlanApproval = PlanApproval.FIRST
    writer: bool = True
    """Whether what was built is documented before DONE, where the repository has documents."""
    specialists: tuple[str, ...] = ("code-reviewer", "adversarial-tester")
    labels: Labels = Labels()
    limits: Limits = Limits()
    network: bool = False
    """Whether gates may reach networks from inside their sandbox; agents never may."""
    protected_paths: tuple[str, ...] = (
        ".github/",
        "AGENTS.md",
        "CLAUDE.md",
        ".claude/",
        ".mcp.json",
        "CODEOWNERS",
        ".gitmodules",
        ".gitattributes",
        "Makefile",
        "conftest.py",
        "pytest.ini",
        "tox.ini",
        "noxfile.py",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "requirements.txt",
        "uv.lock",
        "poetry.lock",
        "package.json",
        "package-lock.json",
        "Cargo.toml",
        "Cargo.lock",
        "go.mod",
        "go.sum",
    )
    """Paths (a folder ends in `/`) that need a person's approval when an agent touches them."""
    review_paths: tuple[str, ...] = ()
    """Further ones, of the project's own choice."""
    review_labels: tuple[str, ...] = ()
    """Labels of a spec, item or pull request with which a person's approval is needed."""
