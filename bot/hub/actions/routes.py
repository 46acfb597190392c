"""``/repos/{owner}/{repo}/actions``: workflows, their runs, dispatching and cancelling."""

from collections.abc import Mapping
from typing import Any

from bot.hub.actions.files import WorkflowFile, read_workflow, workflow_paths
from bot.hub.actions.payloads import (
    job_payload,
    run_page,
    run_payload,
    run_url,
    workflow_payload,
)
from bot.hub.actions.records import Run, RunJob, Workflow
from bot.hub.actions.runs import cancel_run, dispatched, start_run
from bot.hub.actions.settings import LEVELS, WorkflowSettings, keep_settings, settings_of
from bot.hub.actions.store import first, select, workflow_at
from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.pages import enveloped
from bot.hub.rules.grants import WORKFLOW_FOLDER
from bot.hub.rules.roles import Role
from bot.hub.store.identity import Repository
from bot.hub.world.access import require

_ADMIN = "Must have admin rights to Repository."


def get_settings(call: Call) -> Answer:
    """Return what workflows' tokens may do here; needs admin."""
    repository = call.repository()
    require(call.view, call.actor, repository, Role.ADMIN, _ADMIN)
    held = settings_of(call.view, repository)
    return Answer(
        {
            "default_workflow_permissions": held.level,
            "can_approve_pull_request_reviews": held.may_open_pulls,
        }
    )


def put_settings(call: Call) -> Answer:
    """Change what is given; needs admin."""
    repository, fields = call.repository(), call.fields()
    require(call.view, call.actor, repository, Role.ADMIN, _ADMIN)
    held = settings_of(call.view, repository)
    given = read.text_or_none(fields, "default_workflow_permissions", "Workflow")
    level = given or held.level
    if level not in LEVELS:
        raise Invalid(FieldError("Workflow", "default_workflow_permissions", "invalid"))
    name = "can_approve_pull_request_reviews"
    may_open = read.truth(fields, name, "Workflow", held.may_open_pulls)
    with call.hub.database.writing() as transaction:
        keep_settings(transaction, repository, WorkflowSettings(level, may_open))
    return Answer(status=204)


def list_workflows(call: Call) -> Answer:
    """List the workflow files of the default branch."""
    repository = call.repository()
    git = call.scope.git(repository)
    tip = git.branch(repository.default_branch)
    paths = workflow_paths(git, tip) if tip else []
    with call.hub.database.writing() as transaction:
        known = [workflow_at(transaction, repository, path) for path in paths]
    return enveloped(call, "workflows", known, lambda one: _workflow_answer(call, repository, one))


def get_workflow(call: Call) -> Answer:
    """Return a workflow by id or file name."""
    repository, workflow = _workflow(call)
    return Answer(_workflow_answer(call, repository, workflow))


def dispatch(call: Call) -> Answer:
    """Start a workflow at a branch; 204, or 200 with the run when ``return_run_details`` is set."""
    repository, workflow = _workflow(call)
    require(call.view, call.actor, repository, Role.WRITE)
    fields = call.fields()
    given: Any = fields.get("inputs") or {}
    if not isinstance(given, Mapping):
        raise Invalid(FieldError("Workflow", "inputs", "invalid"))
    ref = read.text(fields, "ref", "Workflow")
    file, trigger = dispatched(call.scope.git(repository), workflow.path, ref, given)
    with call.hub.database.writing() as transaction:
        run = start_run(transaction, call.actor, repository, file, trigger)
    if not read.truth(fields, "return_run_details", "Workflow"):
        return Answer(status=204)
    return Answer(
        {
            "workflow_run_id": run.id,
            "run_url": run_url(call.scope, repository, run),
            "html_url": run_page(call.scope, repository, run),
        }
    )


def list_runs(call: Call) -> Answer:
    """List runs, the newest first, by actor, branch, event, head and status or conclusion."""
    return _runs(call, call.repository(), "")


def list_runs_of_workflow(call: Call) -> Answer:
    """List the runs of one workflow."""
    repository, workflow = _workflow(call)
    return _runs(call, repository, f" AND workflow_id = {workflow.id}")


def get_run(call: Call) -> Answer:
    """Return a run."""
    repository, run = run_of(call)
    return Answer(run_payload(call.scope, repository, run))


def cancel(call: Call) -> Answer:
    """Ask a run to end. One under way goes on until whoever runs it has heard of it."""
    repository, run = run_of(call)
    require(call.view, call.actor, repository, Role.WRITE)
    with call.hub.database.writing() as transaction:
        cancel_run(transaction, first(transaction, Run, "id = ?", run.id) or run)
    return Answer({}, 202)


def run_of(call: Call) -> tuple[Repository, Run]:
    """Return the run that the path names. Raises NotFound."""
    repository = call.repository()
    run = first(call.view, Run, "id = ? AND repo_id = ?", call.number("run_id"), repository.id)
    if run is None:
        raise NotFound
    return repository, run


def _runs(call: Call, repository: Repository, more: str) -> Answer:
    conditions: list[str] = ["repo_id = ?"]
    values: list[Any] = [repository.id]
    for name, column in (("branch", "branch"), ("event", "event"), ("head_sha", "sha")):
        if call.query.get(name):
            conditions.append(f"{column} = ?")
            values.append(call.query[name])
    if call.query.get("status"):
        conditions.append("? IN (status, conclusion)")
        values.append(call.query["status"])
    if call.query.get("actor"):
        conditions.append("actor_id IN (SELECT id FROM accounts WHERE login = ?)")
        values.append(call.query["actor"])
    found = select(call.view, Run, " AND ".join(conditions) + more, *values)
    return enveloped(
        call, "workflow_runs", found, lambda run: run_payload(call.scope, repository, run)
    )


def _workflow(call: Call) -> tuple[Repository, Workflow]:
    """Return the workflow that the path names, by id or by the name of a file that is there."""
    repository, wanted = call.repository(), call.params["workflow"]
    if wanted.isascii() and wanted.isdigit():
        number = call.number("workflow")
        found = first(call.view, Workflow, "id = ? AND repo_id = ?", number, repository.id)
        if found is None:
            raise NotFound
        return repository, found
    path = f"{WORKFLOW_FOLDER}/{wanted.removeprefix(f'{WORKFLOW_FOLDER}/')}"
    if _file(call, repository, path) is None:
        raise NotFound
    with call.hub.database.writing() as transaction:
        return repository, workflow_at(transaction, repository, path)


def _file(call: Call, repository: Repository, path: str) -> WorkflowFile | None:
    git = call.scope.git(repository)
    tip = git.branch(repository.default_branch)
    return read_workflow(git, tip, path) if tip else None


def _workflow_answer(call: Call, repository: Repository, workflow: Workflow) -> dict[str, Any]:
    file = _file(call, repository, workflow.path)
    name = file.name if file else workflow.path
    return workflow_payload(call.scope, repository, workflow, name)


def list_jobs(call: Call) -> Answer:
    """List the jobs of a run that have ended, the oldest first."""
    repository, run = run_of(call)
    found = select(call.view, RunJob, "run_id = ?", run.id)
    found.reverse()
    return enveloped(call, "jobs", found, lambda job: job_payload(call.scope, repository, run, job))


_ACTIONS = "/repos/{owner}/{repo}/actions"
_WORKFLOW = f"{_ACTIONS}/workflows/{{workflow}}"
ROUTES = (
    Route("GET", f"{_ACTIONS}/permissions/workflow", get_settings),
    Route("PUT", f"{_ACTIONS}/permissions/workflow", put_settings),
    Route("GET", f"{_ACTIONS}/workflows", list_workflows),
    Route("GET", _WORKFLOW, get_workflow),
    Route("POST", f"{_WORKFLOW}/dispatches", dispatch),
    Route("GET", f"{_WORKFLOW}/runs", list_runs_of_workflow),
    Route("GET", f"{_ACTIONS}/runs", list_runs),
    Route("GET", f"{_ACTIONS}/runs/{{run_id}}", get_run),
    Route("GET", f"{_ACTIONS}/runs/{{run_id}}/jobs", list_jobs),
    Route("POST", f"{_ACTIONS}/runs/{{run_id}}/cancel", cancel),
)
