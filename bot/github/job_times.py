"""When the jobs of a workflow run began and ended."""

from __future__ import annotations

from typing import Any

from bot.domain.workflow_runs import JobTime
from bot.github.client import Client
from bot.github.parse import moment, text

PAGE = 100


def job_times(client: Client, repository: str, run: str) -> tuple[JobTime, ...]:
    """Return the jobs of a run that ran and have ended, the latest attempt's.

    None are told when GitHub does not list them: nothing depends on it.
    https://docs.github.com/en/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
    """
    answer = client.read(f"/repos/{repository}/actions/runs/{int(run)}/jobs", {"per_page": PAGE})
    listed = answer.body.get("jobs") if isinstance(answer.body, dict) else None
    if answer.status >= 400 or not isinstance(listed, list):
        return ()
    found = (_time(job) for job in listed if isinstance(job, dict))
    return tuple(job for job in found if job is not None)


def _time(job: dict[str, Any]) -> JobTime | None:
    began, ended = moment(job, "started_at"), moment(job, "completed_at")
    if began is None or ended is None or job.get("conclusion") == "skipped":
        return None
    return JobTime(text(job, "name"), began, ended)
