"""Gates the bot runs itself, and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs; a major one turns its gate red."""

    MAJOR = "major"
    MEDIUM = "medium"
    MINOR = "minor"


class GateCategory(StrEnum):
    """What a gate looks at, in the order gates run."""

    BUILD = "build"
    TEST = "test"
    LINT = "lint"
    SECURITY = "security"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Gate:
    """One command that must exit 0 on a tree."""

    name: str
    command: tuple[str, ...]
    """Argument vector; never given to a shell."""
    category: GateCategory = GateCategory.CUSTOM
    timeout: float = 600.0
    """Seconds before its whole process group is killed."""
    network: bool = False
    """Whether it may reach networks; where there is no sandbox, every gate does."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a gate or a check found wrong."""

    severity: Severity
    category: GateCategory
    message: str
    """What is wrong; may span lines (the end of a gate's output), bounded in length."""
    path: str | None = None
    line: int | None = None
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate said about one tree."""

    gate: str
    tree: str
    """Git tree id that was judged."""
    passed: bool
    seconds: float
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class GateReport:
    """All gates' results on one tree, in the order they ran."""

    tree: str
    results: tuple[GateResult, ...]

    @property
    def green(self) -> bool:
        """Whether every gate passed."""
        return all(r.passed for r in self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every gate, in order."""
        return tuple(f for r in self.results for f in r.findings)
