"""Which answer belongs to which kind of role, and its validation for any runtime."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from bot.agents.answer_others import (
    ExecutorAnswerModel,
    SpecialistAnswerModel,
    VerifierAnswerModel,
)
from bot.agents.answer_planner import PlannerAnswerModel
from bot.domain.agents import Answer, RoleKind

AnyAnswerModel = (
    PlannerAnswerModel | ExecutorAnswerModel | VerifierAnswerModel | SpecialistAnswerModel
)

ANSWERS: Mapping[RoleKind, type[AnyAnswerModel]] = {
    RoleKind.PLANNER: PlannerAnswerModel,
    RoleKind.EXECUTOR: ExecutorAnswerModel,
    RoleKind.VERIFIER: VerifierAnswerModel,
    RoleKind.SPECIALIST: SpecialistAnswerModel,
    RoleKind.WRITER: ExecutorAnswerModel,
}


class AnswerRefused(ValueError):
    """An answer breaks its rules; `violations` are sentences that a model can repair from."""

    def __init__(self, violations: tuple[str, ...]) -> None:
        super().__init__("; ".join(violations))
        self.violations = violations


def parse_answer(kind: RoleKind, data: object, prompt: Mapping[str, object]) -> Answer:
    """Validate JSON-like data as the answer of a kind. Raises AnswerRefused.

    `prompt` is the invocation's: it tells which items exist.
    """
    try:
        model = ANSWERS[kind].model_validate(data, context=prompt)
    except ValidationError as error:
        raise AnswerRefused(violations(error)) from error
    return model.to_domain(prompt)


def violations(error: ValidationError) -> tuple[str, ...]:
    """Return pydantic's errors as sentences: where, and what is wrong."""
    sentences = []
    for detail in error.errors(include_url=False, include_input=False):
        place = ".".join(str(step) for step in detail["loc"])
        problem = detail["msg"].removeprefix("Value error, ")
        sentences.append(f"{place}: {problem}" if place else problem)
    return tuple(sentences)
