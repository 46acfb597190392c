"""The answers of Executor, Verifier and Specialists as models write them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, model_validator

from bot.agents.answer_parts import MANY, AnswerModel, Line, RepositoryPath, Text, Title, Wishes
from bot.domain.agents import ExecutorAnswer, ExecutorOutcome
from bot.domain.verdict import (
    CriterionVerdict,
    Evidence,
    Feedback,
    SpecialistAnswer,
    VerifierAnswer,
)
from bot.domain.work import Priority


class ExecutorAnswerModel(AnswerModel):
    """How your round ended."""

    outcome: ExecutorOutcome
    summary: Text = Field(min_length=1, description="what was done, for the pull request")
    title: str = Field(
        "",
        max_length=200,
        pattern=r"^[^\r\n]*$",
        description="one line, imperative, for the commit and the pull request",
    )
    question: Text = Field("", description="when blocked: what a person must answer")
    wish_known: Wishes = ()
    discovered: tuple[Text, ...] = Field(
        (), max_length=MANY, description="sub-tasks found on the way, one line each"
    )

    @model_validator(mode="after")
    def _blocked_asks(self) -> ExecutorAnswerModel:
        if self.outcome is ExecutorOutcome.BLOCKED and not self.question.strip():
            raise ValueError("blocked without a question: ask what a person must answer")
        return self

    def to_domain(self, prompt: Mapping[str, object]) -> ExecutorAnswer:
        """Return the answer as the loop knows it."""
        return ExecutorAnswer(
            self.outcome,
            self.summary,
            self.title,
            self.question,
            self.wish_known,
            self.discovered,
        )


class EvidenceModel(AnswerModel):
    """A place in the judged tree."""

    path: RepositoryPath
    line: Line | None = None
    note: Text = ""


class CriterionModel(AnswerModel):
    """One criterion of the spec."""

    criterion: Text = Field(min_length=1)
    met: bool
    evidence: tuple[EvidenceModel, ...] = Field((), max_length=MANY)
    gap: Text = Field("", description="what is missing, when it is not met")


class VerifierAnswerModel(AnswerModel):
    """The verdict."""

    met: bool
    rationale: Text = Field(min_length=1)
    criteria: tuple[CriterionModel, ...] = Field(min_length=1, max_length=MANY)
    wish_known: Wishes = ()

    @model_validator(mode="after")
    def _met_is_all(self) -> VerifierAnswerModel:
        unmet = [c.criterion[:100] for c in self.criteria if not c.met]
        if self.met and unmet:
            raise ValueError(f"met is true, but a criterion is not met: {unmet[0]}")
        if not self.met and not unmet:
            raise ValueError("met is false, but every criterion is met: name the one that is not")
        return self

    def to_domain(self, prompt: Mapping[str, object]) -> VerifierAnswer:
        """Return the answer as the loop knows it."""
        return VerifierAnswer(
            self.met,
            self.rationale,
            tuple(
                CriterionVerdict(
                    c.criterion,
                    c.met,
                    tuple(Evidence(e.path, e.line, e.note) for e in c.evidence),
                    c.gap,
                )
                for c in self.criteria
            ),
            self.wish_known,
        )


class FeedbackModel(AnswerModel):
    """One observation."""

    title: Title
    description: Text = Field(min_length=1)
    priority: Priority
    category: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,39}$", description="say `maintainability` or `edge-case`"
    )
    path: RepositoryPath | None = None
    line: Line | None = None

    @model_validator(mode="after")
    def _line_of_a_path(self) -> FeedbackModel:
        if self.line is not None and self.path is None:
            raise ValueError(f"a line without a path in: {self.title}")
        return self


class SpecialistAnswerModel(AnswerModel):
    """What you observed."""

    summary: Text = Field(min_length=1)
    feedback: tuple[FeedbackModel, ...] = Field((), max_length=MANY)
    wish_known: Wishes = ()

    def to_domain(self, prompt: Mapping[str, object]) -> SpecialistAnswer:
        """Return the answer as the loop knows it."""
        return SpecialistAnswer(
            self.summary,
            tuple(
                Feedback(f.title, f.description, f.priority, f.category, f.path, f.line)
                for f in self.feedback
            ),
            self.wish_known,
        )
