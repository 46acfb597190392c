"""Workflows, their runs and artifacts: rows without versions, so their listings never lag."""

import json
from dataclasses import dataclass
from typing import Any

QUEUED, PENDING, RUNNING, COMPLETED = "queued", "pending", "in_progress", "completed"
STATUSES = (QUEUED, PENDING, RUNNING, COMPLETED)
CONCLUSIONS = ("success", "failure", "cancelled", "skipped", "startup_failure", "timed_out")


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file that was once seen; its id stays when the file goes."""

    id: int
    repo_id: int
    path: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a workflow. ``event_payload`` is JSON; ``is_cancelled`` asks its runner to stop."""

    id: int
    repo_id: int
    workflow_id: int
    name: str
    title: str
    event: str
    event_payload: str
    branch: str
    sha: str
    actor_id: int
    number: int
    status: str
    conclusion: str | None
    is_cancelled: bool
    created_at: int
    updated_at: int

    @property
    def payload(self) -> Any:
        """What the workflow finds at ``GITHUB_EVENT_PATH``."""
        return json.loads(self.event_payload)


@dataclass(frozen=True, slots=True)
class RunJob:
    """A job of a run that has ended."""

    id: int
    run_id: int
    name: str
    conclusion: str
    started_at: int
    completed_at: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip file that a run left; ``digest`` is SHA-256 in hex."""

    id: int
    repo_id: int
    run_id: int
    name: str
    digest: str
    size: int
    created_at: int
