"""Small builders of a playbook's scenes: what the model does and says in a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Scene = dict[str, Any]


def item(key: str, title: str = "", **fields: Any) -> dict[str, Any]:
    """An item that a Planner wants: `item("hello")`, `item("bye", depends_on=["hello"])`."""
    title = title or key.replace("-", " ").capitalize()
    return {"key": key, "title": title, "description": f"Write {key}.", **fields}


def planner(
    *items: str | Mapping[str, Any],
    iteration: int | None = None,
    sees: Sequence[str] = (),
    **answer: Any,
) -> Scene:
    """A Planner that goes on, with new items if any are given."""
    made = [item(i) if isinstance(i, str) else dict(i) for i in items]
    told = {"decision": "CONTINUE", "reason": "There is work to do.", **answer}
    if made:
        told["items"] = made
    return _scene("planner", told, sees, iteration=iteration)


def planner_done(
    reason: str = "The verdict says met.",
    *,
    iteration: int | None = None,
    sees: Sequence[str] = (),
    **answer: Any,
) -> Scene:
    """A Planner that says DONE."""
    return planner(iteration=iteration, sees=sees, decision="DONE", reason=reason, **answer)


def planner_stuck(reason: str, *, iteration: int | None = None, **answer: Any) -> Scene:
    """A Planner that says STUCK."""
    return planner(iteration=iteration, decision="STUCK", reason=reason, **answer)


def executor(
    key: str | None = None,
    writes: Mapping[str, str] | None = None,
    *,
    attempt: int | None = None,
    round: int | None = None,  # noqa: A002 (the playbook's word)
    iteration: int | None = None,
    sees: Sequence[str] = (),
    runs: Sequence[Sequence[str]] = (),
    after: float = 0,
    **answer: Any,
) -> Scene:
    """An Executor that writes files and says done; without `writes` it writes `<key>.txt`."""
    if writes is None:
        writes = {f"{key or 'work'}.txt": f"{key or 'work'}\n"}
    do: list[Any] = [{"write": {"path": p, "text": t}} for p, t in writes.items()]
    do += [{"run": list(argv)} for argv in runs]
    told = {"outcome": "done", "title": f"Do {key or 'the work'}", "summary": "It is written."}
    scene = _scene(
        "executor", {**told, **answer}, sees, item=key, attempt=attempt, round=round,
        iteration=iteration,
    )  # fmt: skip
    if do:
        scene["do"] = do
    if after:
        scene["after"] = after
    return scene


def writer(writes: Mapping[str, str], *, sees: Sequence[str] = (), **answer: Any) -> Scene:
    """A Writer that writes files and says done."""
    told = {"outcome": "done", "title": "Document it", "summary": "It is described.", **answer}
    scene = _scene("writer", told, sees)
    if writes:
        scene["do"] = [{"write": {"path": p, "text": t}} for p, t in writes.items()]
    return scene


def executor_asks(key: str, question: str, **more: Any) -> Scene:
    """An Executor that is blocked by a question; what it writes first is kept."""
    more = {"writes": {}, **more}
    return executor(key, outcome="blocked", summary="A person must say.", question=question, **more)


def met(
    *criteria: str,
    evidence: str = "README.md",
    iteration: int | None = None,
    sees: Sequence[str] = (),
    **more: Any,
) -> Scene:
    """A Verifier that says met."""
    named = criteria or ("It is there",)
    told = [{"criterion": c, "met": True, "evidence": [{"path": evidence}]} for c in named]
    answer = {"met": True, "rationale": "Every criterion holds.", "criteria": told}
    return _scene("verifier", answer | more, sees, iteration=iteration)


def not_met(gap: str = "It is not there.", *, iteration: int | None = None, **more: Any) -> Scene:
    """A Verifier that says not met."""
    told = [{"criterion": "It is there", "met": False, "gap": gap}]
    answer = {"met": False, "rationale": "One criterion does not hold.", "criteria": told}
    return _scene("verifier", answer | more, (), iteration=iteration)


def specialist(
    *feedback: Mapping[str, Any],
    role: str = "code-reviewer",
    iteration: int | None = None,
    sees: Sequence[str] = (),
    **more: Any,
) -> Scene:
    """A Specialist with feedback, or with none."""
    answer: dict[str, Any] = {"summary": "Looked at everything.", **more}
    if feedback:
        answer["feedback"] = [dict(f) for f in feedback]
    return _scene(role, answer, sees, iteration=iteration)


def observed(title: str, priority: str = "medium", **fields: Any) -> dict[str, Any]:
    """One piece of feedback."""
    about = {"description": f"{title}: see for yourself.", "category": "maintainability"}
    return {"title": title, "priority": priority, **about, **fields}


def _scene(role: str, answer: Mapping[str, Any], sees: Sequence[str], **conditions: Any) -> Scene:
    scene: Scene = {"role": role, **{k: v for k, v in conditions.items() if v is not None}}
    if sees:
        scene["sees"] = list(sees)
    return {**scene, "answer": dict(answer)}
