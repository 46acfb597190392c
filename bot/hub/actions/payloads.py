"""``workflow``, ``workflow-run`` and ``artifact``."""

from typing import Any

from bot.hub.actions.records import COMPLETED, Artifact, Run, RunJob, Workflow
from bot.hub.actions.store import first
from bot.hub.clock import NANOSECONDS, iso
from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rest.payloads.repositories import minimal_repository
from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository

Json = dict[str, Any]
_KEPT = 90 * 86400 * NANOSECONDS
"""How long GitHub keeps an artifact unless told otherwise. The hub never forgets one."""


def workflow_payload(scope: Scope, repository: Repository, workflow: Workflow, name: str) -> Json:
    """Return a workflow; ``name`` is what its file calls it now."""
    file, page = workflow.path.rpartition("/")[2], scope.html_url(repository)
    return {
        "id": workflow.id,
        "node_id": node_id("W", workflow.id, repository.id),
        "name": name,
        "path": workflow.path,
        "state": "active",
        "created_at": iso(workflow.created_at),
        "updated_at": iso(workflow.created_at),
        "url": _workflow_url(scope, repository, workflow.id),
        "html_url": f"{page}/blob/{repository.default_branch}/{workflow.path}",
        "badge_url": f"{page}/workflows/{file}/badge.svg",
    }


def run_payload(scope: Scope, repository: Repository, run: Run) -> Json:
    """Return a run. Its inputs are not told, as on GitHub: only its title can show them."""
    url = run_url(scope, repository, run)
    actor = simple_user(scope, scope.view.account(run.actor_id))
    workflow = first(scope.view, Workflow, "id = ?", run.workflow_id)
    home = minimal_repository(scope, repository)
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("WFR", run.id, repository.id),
        "check_suite_id": run.id,
        "check_suite_node_id": node_id("CS", run.id, repository.id),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": workflow.path if workflow else "",
        "display_title": run.title,
        "run_number": run.number,
        "run_attempt": 1,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": run.workflow_id,
        "url": url,
        "html_url": run_page(scope, repository, run),
        "pull_requests": [],
        "created_at": iso(run.created_at),
        "updated_at": iso(run.updated_at),
        "run_started_at": iso(run.created_at),
        "actor": actor,
        "triggering_actor": actor,
        **{f"{name}_url": f"{url}/{name}" for name in ("jobs", "logs", "artifacts", "cancel")},
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": None,
        "check_suite_url": f"{scope.api_url(repository)}/check-suites/{run.id}",
        "workflow_url": _workflow_url(scope, repository, run.workflow_id),
        "head_commit": _commit(scope, repository, run.sha),
        "repository": home,
        "head_repository": home,
    }


def artifact_payload(scope: Scope, repository: Repository, artifact: Artifact) -> Json:
    """Return an artifact with the run that left it."""
    url = f"{scope.api_url(repository)}/actions/artifacts/{artifact.id}"
    run = first(scope.view, Run, "id = ?", artifact.run_id)
    source = run and {
        "id": run.id,
        "repository_id": repository.id,
        "head_repository_id": repository.id,
        "head_branch": run.branch,
        "head_sha": run.sha,
    }
    return {
        "id": artifact.id,
        "node_id": node_id("AR", artifact.id, repository.id),
        "name": artifact.name,
        "size_in_bytes": artifact.size,
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": False,
        "digest": f"sha256:{artifact.digest}",
        "created_at": iso(artifact.created_at),
        "updated_at": iso(artifact.created_at),
        "expires_at": iso(artifact.created_at + _KEPT),
        "workflow_run": source,
    }


def job_payload(scope: Scope, repository: Repository, run: Run, job: RunJob) -> Json:
    """Return a job of a run that has ended."""
    url = f"{scope.api_url(repository)}/actions/jobs/{job.id}"
    return {
        "id": job.id,
        "run_id": run.id,
        "run_url": run_url(scope, repository, run),
        "run_attempt": 1,
        "node_id": node_id("CR", job.id, repository.id),
        "head_sha": run.sha,
        "head_branch": run.branch,
        "url": url,
        "html_url": f"{run_page(scope, repository, run)}/job/{job.id}",
        "status": COMPLETED,
        "conclusion": job.conclusion,
        "created_at": iso(job.started_at),
        "started_at": iso(job.started_at),
        "completed_at": iso(job.completed_at),
        "name": job.name,
        "steps": [],
        "check_run_url": f"{scope.api_url(repository)}/check-runs/{job.id}",
        "labels": [],
        "runner_id": None,
        "runner_name": None,
        "runner_group_id": None,
        "runner_group_name": None,
        "workflow_name": run.name,
    }


def run_url(scope: Scope, repository: Repository, run: Run) -> str:
    """Return the REST address of a run."""
    return f"{scope.api_url(repository)}/actions/runs/{run.id}"


def run_page(scope: Scope, repository: Repository, run: Run) -> str:
    """Return the address of a run's page; the hub has none there."""
    return f"{scope.html_url(repository)}/actions/runs/{run.id}"


def _workflow_url(scope: Scope, repository: Repository, workflow_id: int) -> str:
    return f"{scope.api_url(repository)}/actions/workflows/{workflow_id}"


def _commit(scope: Scope, repository: Repository, sha: str) -> Json:
    commit = scope.git(repository).commit(sha)
    people = {
        word: {"name": person.name, "email": person.email}
        for word, person in (("author", commit.author), ("committer", commit.committer))
    }
    told = {"id": sha, "tree_id": commit.tree, "message": commit.message}
    return {**told, "timestamp": commit.committer.date, **people}
