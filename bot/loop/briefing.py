"""What an Executor is told: its task, and in later rounds what the gates found."""

from __future__ import annotations

from bot.domain.agents import RoleKind
from bot.domain.findings import (
    Finding,
    GateCategory,
    GateReport,
    GateResult,
    Severity,
)
from bot.domain.outputs import RoundRecord
from bot.domain.task import Task
from bot.loop.house import House
from bot.loop.places import places
from bot.rules.context import fitted
from bot.rules.documenting import is_documentation
from bot.rules.learning import told
from bot.rules.questions import questions
from bot.rules.text import visible


def role_of(task: Task) -> tuple[str, RoleKind]:
    """Return who carries a task: the role's name and kind."""
    if is_documentation(task.subject):
        return "writer", RoleKind.WRITER
    return "executor", RoleKind.EXECUTOR


def briefing(
    house: House,
    task: Task,
    number: int,
    records: list[RoundRecord],
    conflicts: tuple[str, ...],
) -> dict[str, object]:
    """Return the values that the Executor's prompt of one round is rendered with."""
    gates = records[-1].gates if records else None
    first, more = told(task.learnings, task.text)
    prompt: dict[str, object] = {
        "repository": task.repository,
        "spec": {"title": task.spec.title, "body": task.spec.body},
        "items": [
            {
                "number": i.number,
                "key": i.key,
                "title": i.issue.title,
                "description": visible(i.issue.body),
                "priority": i.priority.value,
                "kind": i.kind.value,
            }
            for i in task.items
        ],
        "places": list(places(house, task.assignment.start, _questions(task))),
        "discussion": list(task.discussion),
        "errand": task.assignment.errand.value,
        "notes": list(task.assignment.notes),
        "conflicts": list(conflicts),
        "round": number,
        "max_rounds": house.settings.limits.rounds,
        "findings": _findings(gates) if gates else [],
        "learnings": list(first),
        "learnings_more": list(more),
        "branch": task.assignment.branch,
        "base": task.assignment.base,
    }
    return fitted(prompt, role_of(task)[1])


def _questions(task: Task) -> list[str]:
    return questions(*(text for i in task.items for text in (i.issue.title, visible(i.issue.body))))


def _findings(report: GateReport) -> list[dict[str, object]]:
    return [
        {
            "gate": result.gate,
            "severity": f.severity.value,
            "category": f.category.value,
            "message": f.message,
            "path": f.path,
            "line": f.line,
        }
        for result in report.results
        for f in result.findings
    ]


def uncommitted(why: str) -> GateReport:
    """Return what an Executor reads when its files could not be committed at all."""
    finding = Finding(Severity.MAJOR, GateCategory.BUILD, why)
    return GateReport("", (GateResult("commit", "", passed=False, seconds=0, findings=(finding,)),))
