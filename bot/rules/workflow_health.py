"""Whether the caller workflow is there and may do what it must. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.health import Finding, Health, RepositoryFacts
from bot.domain.workflow_runs import NO_RELEASE, WORKFLOW_FILE
from bot.rules.triggers import lacking, permissions, starts_on_push, triggers

_PERMISSION_COSTS = {
    "actions": "no iteration can be dispatched or stopped",
    "contents": "neither record nor branches can be pushed",
    "issues": "no item is opened and nobody is answered",
    "pull-requests": "no pull request is opened or merged",
    "statuses": "required checks stay without an answer",
}
_TRIGGER_COSTS = {
    "issues": "a label begins nothing",
    "issue_comment": "commands are heard by the hourly look alone",
    "pull_request_target": "a closed pull request is noticed by the hourly look alone",
    "schedule": "reviews are not noticed, and what was dropped is not found",
    "workflow_dispatch": "nothing can be started at all",
}
_PLACE = f".github/workflows/{WORKFLOW_FILE}"


def caller_of(facts: RepositoryFacts) -> Mapping[Any, Any] | None:
    """Return what the caller workflow says; None when it is not there, or no workflow."""
    return next((w.content for w in facts.workflows if w.name == WORKFLOW_FILE), None)


def given_to(caller: Mapping[Any, Any] | None) -> dict[str, object]:
    """Return the inputs that the caller workflow gives to ours."""
    jobs = (caller or {}).get("jobs")
    listed = jobs.values() if isinstance(jobs, Mapping) else ()
    given = (job.get("with") for job in listed if isinstance(job, Mapping))
    return {str(k): v for g in given if isinstance(g, Mapping) for k, v in g.items()}


def workflow(facts: RepositoryFacts, template: Mapping[Any, Any]) -> Iterator[Finding]:
    """Yield what is wrong with the caller workflow, compared with the one that `init` writes."""
    caller = caller_of(facts)
    if caller is None:
        there = any(w.name == WORKFLOW_FILE for w in facts.workflows)
        said = "is no workflow" if there else "is not on the default branch"
        yield Finding("workflow", f"{_PLACE} {said}", Health.MISSING, "nothing ever runs",
                      "`specloop init` in a checkout, then commit and push it")  # fmt: skip
        return
    troubles = list(_troubles(caller, template))
    for said, cost in troubles:
        yield Finding("workflow", said, Health.MISSING, cost, _todo(said))
    if facts.workflow_state not in (None, "active"):
        yield Finding("workflow", f"it is switched off ({facts.workflow_state})", Health.MISSING,
                      "nothing ever runs", f"gh workflow enable {WORKFLOW_FILE}")  # fmt: skip
    elif not troubles:
        yield Finding("workflow", f"{_PLACE}, with its triggers and permissions")


def _todo(said: str) -> str:
    if "zeros" in said:
        return "put the SHA of a commit in their place, of a repository that holds specloop"
    return "compare it with the one that `specloop init` writes"


def _troubles(caller: Mapping[Any, Any], template: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, each with what it costs."""
    there, wanted = triggers(caller), triggers(template)
    for name, cost in _TRIGGER_COSTS.items():
        if name in wanted and name not in there:
            yield f"`{name}` is no trigger of it", cost
    for permission in lacking(permissions(caller), permissions(template)):
        cost = _PERMISSION_COSTS.get(permission.partition(":")[0], "what needs it is refused")
        yield f"`{permission}` is not granted in it", cost
    if NO_RELEASE in str(caller.get("jobs", "")):
        yield "it names no commit of specloop yet, but zeros", "GitHub finds nothing to run"
    if "inputs.milestone" not in str(caller.get("run-name", "")):
        yield "its `run-name` does not show the milestone", "`/stop` finds no run to end"


def untriggered(facts: RepositoryFacts, *, by_app: bool) -> Finding:
    """Return which other workflows are not started by what a workflow's token does.

    https://docs.github.com/en/actions/concepts/security/github_token
    """
    if by_app:
        return Finding("triggers", "an App's merges and pull requests start them as usual")
    others = [(w.name, w.content) for w in facts.workflows if w.content and w.name != WORKFLOW_FILE]
    pushed = [name for name, content in others if starts_on_push(content, facts.default_branch)]
    held = [name for name, content in others if "pull_request" in triggers(content)]
    told = [f"{', '.join(pushed)} will not start after its merges"] if pushed else []
    if held:
        told.append(f"{', '.join(held)} will wait on its pull requests until a person approves")
    if not told:
        return Finding("triggers", "none starts on pushes or pull requests")
    return Finding(
        "triggers", "; ".join(told),
        cost="what they deploy or check comes with the next push of a person",
        todo="let the workflow write as a GitHub App, or start them by hand",
    )  # fmt: skip
