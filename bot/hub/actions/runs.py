"""Starting runs and ending them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.hub.actions.expressions import BadExpression, fill
from bot.hub.actions.files import DISPATCH, WorkflowFile, read_workflow
from bot.hub.actions.records import COMPLETED, QUEUED, RUNNING, Run
from bot.hub.actions.store import change_run, keep, workflow_at
from bot.hub.errors import Conflict, NotFound, Unprocessable
from bot.hub.git.bare import BareRepository
from bot.hub.store.identity import Account, Repository
from bot.hub.store.transaction import Transaction

_MOST_INPUTS = 25


@dataclass(frozen=True)
class Trigger:
    """What starts a run: an event with its payload, at the tip of a branch."""

    event: str
    payload: Mapping[str, Any]
    branch: str
    sha: str


def start_run(
    transaction: Transaction,
    actor: Account,
    repository: Repository,
    file: WorkflowFile,
    trigger: Trigger,
) -> Run:
    """Queue a run of a workflow file."""
    workflow = workflow_at(transaction, repository, file.path)
    run = Run(
        id=transaction.next_id(),
        repo_id=repository.id,
        workflow_id=workflow.id,
        name=file.name,
        title=_title(file, trigger),
        event=trigger.event,
        event_payload=json.dumps(trigger.payload),
        branch=trigger.branch,
        sha=trigger.sha,
        actor_id=actor.id,
        number=transaction.next_in(f"run/{workflow.id}"),
        status=QUEUED,
        conclusion=None,
        is_cancelled=False,
        created_at=transaction.stamp,
        updated_at=transaction.stamp,
    )
    keep(transaction, run)
    return run


def _title(file: WorkflowFile, trigger: Trigger) -> str:
    context = {
        "github": {"event_name": trigger.event, "event": trigger.payload},
        "inputs": trigger.payload.get("inputs", {}),
    }
    try:
        return fill(file.run_name, context) or file.name
    except BadExpression:
        return file.name


def dispatched(
    git: BareRepository, path: str, ref: str, given: Mapping[str, Any]
) -> tuple[WorkflowFile, Trigger]:
    """Return the file and trigger of a ``workflow_dispatch``; inputs left out get their defaults.

    Raises NotFound and Unprocessable in GitHub's words.
    """
    branch = ref.removeprefix("refs/heads/")
    sha = git.branch(branch)
    if sha is None:
        raise Unprocessable(f"No ref found for: {ref}")
    file = read_workflow(git, sha, path)
    if file is None:
        raise NotFound
    if DISPATCH not in file.triggers:
        raise Unprocessable("Workflow does not have 'workflow_dispatch' trigger")
    unknown = [name for name in given if name not in file.inputs]
    if unknown:
        raise Unprocessable(f"Unexpected inputs provided: {json.dumps(unknown)}")
    if len(given) > _MOST_INPUTS:
        raise Unprocessable(f"You may only define up to {_MOST_INPUTS} `inputs`")
    inputs = {}
    for name, wish in file.inputs.items():
        settings = wish if isinstance(wish, Mapping) else {}
        if given.get(name, "") == "" and settings.get("required"):
            raise Unprocessable(f"Required input '{name}' not provided")
        inputs[name] = str(given.get(name, settings.get("default") or ""))
    payload = {"inputs": inputs, "ref": f"refs/heads/{branch}", "workflow": path}
    return file, Trigger(DISPATCH, payload, branch, sha)


def cancel_run(transaction: Transaction, run: Run) -> Run:
    """Ask a run to end; one that nobody took has ended then. Raises Conflict for an ended one."""
    if run.status == COMPLETED:
        raise Conflict("Cannot cancel a workflow run that is completed.")
    if run.status == RUNNING:
        return change_run(transaction, run, is_cancelled=True)
    ended: dict[str, Any] = {"status": COMPLETED, "conclusion": "cancelled"}
    return change_run(transaction, run, is_cancelled=True, **ended)
