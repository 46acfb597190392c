"""Answers: bounds, references, and sentences a model can repair from."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.agents.answers import ANSWERS, AnswerRefused, parse_answer
from bot.domain.agents import ExecutorAnswer, RoleKind
from bot.domain.plan import PlannerAnswer
from bot.domain.verdict import SpecialistAnswer, VerifierAnswer

P, E, V, S = RoleKind.PLANNER, RoleKind.EXECUTOR, RoleKind.VERIFIER, RoleKind.SPECIALIST
PLAN = {"decision": "CONTINUE", "reason": "r"}
DOMAIN = {P: PlannerAnswer, E: ExecutorAnswer, V: VerifierAnswer, S: SpecialistAnswer}
DOMAIN[RoleKind.WRITER] = ExecutorAnswer


def item(key: str = "a", **more: object) -> dict[str, object]:
    return {"key": key, "title": "T", "description": "d", **more}


def plan(*items: dict[str, object], **more: object) -> dict[str, object]:
    return {**PLAN, "items": list(items), **more}


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (P, {"decision": "MAYBE", "reason": "r"}, "decision: Input should be 'CONTINUE', 'DONE'"),
        (P, {"decision": "DONE"}, "reason: Field required"),
        (P, plan(item(title="x" * 201)), "items.0.title: String should have at most 200"),
        (P, plan(item(title=" ")), "items.0.title: String should match"),
        (P, plan(item("Not A Key")), "items.0.key: String should match"),
        (P, plan(item(description="x" * 20_001)), "at most 20000 characters"),
        (P, plan(*(item(f"k{n}") for n in range(41))), "items: Tuple should have at most 40"),
        (P, plan(item(kind="feedback")), "items.0.kind: Input should be 'work' or 'decision'"),
        (P, plan(item(), item()), "the key a is given to two items"),
        (P, plan(item(depends_on=["b"])), "a depends on b, which is no key of a new item"),
        (P, plan(item(depends_on=["a"])), "a depends on itself"),
        (P, plan(item(depends_on=["b"]), item("b", depends_on=["a"])), "wait for each other: a, b"),
        (P, plan(item(kind="decision", options=["x"])), "offers one option"),
        (P, plan(item(options=["x", "y"])), "only a decision has options"),
        (P, plan(assignments=[["zz"]]), "an assignment names zz, which is no key"),
        (P, plan(assignments=[[]]), "an assignment names no item"),
        (P, plan(assignments=[["#1"], ["old"]]), "#1 is assigned twice"),
        (P, plan(changes=[{"item": 3}]), "the change of #3 sets no priority and drops nothing"),
        (P, plan(changes=[{"item": 3, "drop": True}]), "#3 is dropped without a reason"),
        (P, plan(items_="x"), "items_: Extra inputs are not permitted"),
        (E, {"outcome": "blocked", "summary": "s"}, "blocked without a question"),
        (E, {"outcome": "done", "summary": "s", "title": "a\nb"}, "title: String should match"),
        (E, {"outcome": "done", "summary": ""}, "summary: String should have at least 1"),
        (
            V,
            {"met": True, "rationale": "r", "criteria": []},
            "criteria: Tuple should have at least",
        ),
        (
            V,
            {"met": True, "rationale": "r", "criteria": [{"criterion": "c", "met": False}]},
            "met is true, but a criterion is not met: c",
        ),
        (
            V,
            {"met": False, "rationale": "r", "criteria": [{"criterion": "c", "met": True}]},
            "met is false, but every criterion is met",
        ),
        (S, {"summary": "s", "feedback": [{"title": "t"}]}, "feedback.0.description: Field"),
        (S, [], "Input should be a valid dictionary"),
    ],
)
def test_a_refused_answer_says_why(kind: RoleKind, data: object, said: str) -> None:
    with pytest.raises(AnswerRefused) as caught:
        parse_answer(kind, data, {"items": [{"key": "old", "number": 1}]})
    assert any(said in violation for violation in caught.value.violations)


@pytest.mark.parametrize("path", ["/etc/passwd", "a\\b", "", "a\nb"])
def test_evidence_names_a_path_of_the_repository(path: str) -> None:
    criteria = [{"criterion": "c", "met": True, "evidence": [{"path": path}]}]
    with pytest.raises(AnswerRefused, match=r"criteria\.0\.evidence\.0\.path"):
        parse_answer(V, {"met": True, "rationale": "r", "criteria": criteria}, {})


def test_an_existing_item_may_be_changed_by_its_key() -> None:
    known = {"items": [{"key": "old", "number": 4}]}
    changes = [{"item": name, "drop": True, "reason": "r"} for name in ("old", "#4", 4)]
    answer = parse_answer(
        P, plan(changes=changes, deferrals=[{"item": "old", "reason": "r"}]), known
    )
    assert isinstance(answer, PlannerAnswer)
    assert [c.item for c in answer.changes] == [4, 4, 4]
    assert [d.item for d in answer.deferrals] == [4]
    with pytest.raises(AnswerRefused, match="valid integer"):
        parse_answer(P, plan(changes=[{"item": "new", "drop": True, "reason": "r"}]), known)


def test_existing_items_become_numbers() -> None:
    data = plan(item("new", depends_on=["old", "#9"]), assignments=[["old", "new"]])
    answer = parse_answer(P, data, {"items": [{"key": "old", "number": 4}, {"number": 9}]})
    assert isinstance(answer, PlannerAnswer)
    assert answer.items[0].depends_on == ("#4", "#9")
    assert answer.assignments == (("#4", "new"),)


@pytest.mark.parametrize("kind", RoleKind)
def test_models_are_told_every_field_of_the_answer(kind: RoleKind) -> None:
    assert list(ANSWERS[kind].model_fields) == [field.name for field in fields(DOMAIN[kind])]
