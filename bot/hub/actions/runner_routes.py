"""The hub's own addresses for whoever runs workflows: to start runs for events, take and end them.

For the first account alone; GitHub's runners have other ways.
"""

import base64
import binascii
import json
from typing import Any

from bot.hub.actions.files import read_workflow
from bot.hub.actions.payloads import artifact_payload, job_payload
from bot.hub.actions.records import COMPLETED, CONCLUSIONS, STATUSES, Run, RunJob, Workflow
from bot.hub.actions.runs import Trigger, start_run
from bot.hub.actions.store import change_run, first, keep, keep_artifact, select
from bot.hub.clock import NANOSECONDS
from bot.hub.errors import FieldError, Invalid, NotFound
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.root_routes import require_first_account
from bot.hub.store.identity import Repository


def list_runs(call: Call) -> Answer:
    """List the runs that have not ended, the oldest first, and whether one is to be cancelled."""
    require_first_account(call)
    found = select(call.view, Run, "status <> 'completed'")
    return Answer([_shown(call, run) for run in reversed(found)])


def start(call: Call) -> Answer:
    """Start the run of a workflow ``path`` for an ``event`` with its ``payload``: at the tip of the
    default branch, as events of issues do, in the name of its ``sender``.
    """
    require_first_account(call)
    fields = call.fields()
    repository = _repository(call, read.text(fields, "repository", "Run"))
    git = call.scope.git(repository)
    tip = git.branch(repository.default_branch)
    file = read_workflow(git, tip, read.text(fields, "path", "Run")) if tip else None
    payload = fields.get("payload")
    if tip is None or file is None:
        raise NotFound
    if not isinstance(payload, dict):
        raise Invalid(FieldError("Run", "payload", "invalid"))
    sender = payload.get("sender", {}).get("login", call.actor.login)
    actor = call.view.account_named(sender) or call.actor
    event = read.text(fields, "event", "Run")
    trigger = Trigger(event, payload, repository.default_branch, tip)
    with call.hub.database.writing() as transaction:
        run = start_run(transaction, actor, repository, file, trigger)
    return Answer(_shown(call, run), 201)


def update(call: Call) -> Answer:
    """Set ``status`` and, with completed, ``conclusion``."""
    run, fields = _run(call), call.fields()
    status = read.text(fields, "status", "Run")
    conclusion = read.text_or_none(fields, "conclusion", "Run")
    if status not in STATUSES:
        raise Invalid(FieldError("Run", "status", "invalid"))
    if (conclusion in CONCLUSIONS) != (status == COMPLETED):
        raise Invalid(FieldError("Run", "conclusion", "invalid"))
    with call.hub.database.writing() as transaction:
        changed = change_run(transaction, run, status=status, conclusion=conclusion)
    return Answer(_shown(call, changed))


def put_artifact(call: Call) -> Answer:
    """Keep the zip file in ``content`` (Base64) as an artifact of a run."""
    run = _run(call)
    try:
        content = base64.b64decode(read.text(call.fields(), "content", "Artifact"), validate=True)
    except binascii.Error:
        raise Invalid(FieldError("Artifact", "content", "invalid")) from None
    with call.hub.database.writing() as transaction:
        made = keep_artifact(transaction, run, call.params["name"], content)
    return Answer(artifact_payload(call.scope, call.view.repository(run.repo_id), made), 201)


def put_job(call: Call) -> Answer:
    """Keep a job that has ended: ``name``, ``conclusion``, and the ``seconds`` that it took."""
    run, fields = _run(call), call.fields()
    conclusion = read.text(fields, "conclusion", "Job")
    seconds = fields.get("seconds")
    if conclusion not in CONCLUSIONS:
        raise Invalid(FieldError("Job", "conclusion", "invalid"))
    if not isinstance(seconds, int | float) or seconds < 0:
        raise Invalid(FieldError("Job", "seconds", "invalid"))
    with call.hub.database.writing() as transaction:
        ended = transaction.stamp
        began = ended - round(seconds * NANOSECONDS)
        name = read.text(fields, "name", "Job")
        job = RunJob(transaction.next_id(), run.id, name, conclusion, began, ended)
        keep(transaction, job)
    return Answer(job_payload(call.scope, call.view.repository(run.repo_id), run, job), 201)


def _run(call: Call) -> Run:
    require_first_account(call)
    run = first(call.view, Run, "id = ?", call.number("run_id"))
    if run is None:
        raise NotFound
    return run


def _repository(call: Call, full_name: str) -> Repository:
    owner, _, name = full_name.partition("/")
    found = call.view.repository_named(owner, name)
    if found is None:
        raise NotFound
    return found


def _shown(call: Call, run: Run) -> dict[str, Any]:
    workflow = first(call.view, Workflow, "id = ?", run.workflow_id)
    return {
        "id": run.id,
        "repository": call.scope.full_name(call.view.repository(run.repo_id)),
        "path": workflow.path if workflow else "",
        "title": run.title,
        "number": run.number,
        "event": run.event,
        "payload": json.loads(run.event_payload),
        "branch": run.branch,
        "sha": run.sha,
        "actor": call.view.account(run.actor_id).login,
        "status": run.status,
        "conclusion": run.conclusion,
        "is_cancelled": run.is_cancelled,
    }


_ONE = "/_hub/runs/{run_id}"
ROUTES = (
    Route("GET", "/_hub/runs", list_runs),
    Route("POST", "/_hub/runs", start),
    Route("PATCH", _ONE, update),
    Route("PUT", f"{_ONE}/artifacts/{{name}}", put_artifact),
    Route("POST", f"{_ONE}/jobs", put_job),
)
