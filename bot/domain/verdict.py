"""What those who judge return: the Verifier's verdict and the Specialists' feedback."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.work import Priority


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the judged tree that shows something; checked by the bot to exist."""

    path: str
    line: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion of the spec and whether it holds."""

    criterion: str
    met: bool
    evidence: tuple[Evidence, ...] = ()
    gap: str = ""
    """What is missing, when it is not met."""


@dataclass(frozen=True, slots=True)
class VerifierAnswer:
    """The Verifier's structured answer. It neither files items nor decides."""

    met: bool
    rationale: str
    criteria: tuple[CriterionVerdict, ...]
    wish_known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A Verifier's answer, bound to what it judged, after its evidence was checked."""

    met: bool
    rationale: str
    criteria: tuple[CriterionVerdict, ...]
    commit: str
    tree: str
    objections: tuple[str, ...] = ()
    """Why `met` does not stand although the Verifier said so, say evidence that does not exist."""

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing, one line per unmet criterion, then the bot's own objections."""
        unmet = (
            f"{c.criterion}: {c.gap}" if c.gap else c.criterion for c in self.criteria if not c.met
        )
        return (*unmet, *self.objections)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One observation of a Specialist, to be filed as an item."""

    title: str
    description: str
    priority: Priority
    category: str
    """Say `maintainability`, `edge-case`, `security`, `performance`, `test-quality`."""
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SpecialistAnswer:
    """A Specialist's structured answer."""

    summary: str
    feedback: tuple[Feedback, ...] = ()
    wish_known: tuple[str, ...] = ()
