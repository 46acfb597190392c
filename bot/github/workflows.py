"""Runs of the iteration workflow: listed, dispatched, cancelled.

https://docs.github.com/en/rest/actions/workflow-runs
https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import ServiceError, UserError
from bot.domain.workflow_runs import WORKFLOW_FILE, Progress, WorkflowRun, root_of_title
from bot.github.answer import LostAnswer
from bot.github.parse import moment, number, text
from bot.github.place import Place

PAGE = 100
TRIES = 3
"""How often a dispatch is sent whose answer is lost: twice is as good as once."""
_NOT_BEGUN = frozenset({"queued", "pending", "requested", "waiting"})
"""`pending` waits for its concurrency group, `waiting` for a deployment's approval."""


@dataclass(frozen=True, slots=True)
class Workflows:
    """The runs of one workflow file of one repository."""

    place: Place
    file: str = WORKFLOW_FILE

    def runs(self) -> tuple[WorkflowRun, ...]:
        """Return the latest hundred dispatched runs that tell their milestone, newest first."""
        query = {"event": "workflow_dispatch", "per_page": PAGE}
        answer = self.place.client.read(f"{self.place.path}/actions/runs", query)
        listed = answer.body.get("workflow_runs") if isinstance(answer.body, dict) else None
        if answer.status >= 400 or not isinstance(listed, list):
            raise self._refused("list the runs of", answer.status, answer.message)
        found = (self._run(entry) for entry in listed if isinstance(entry, dict))
        return tuple(run for run in found if run is not None)

    def dispatch(self, root: int, branch: str) -> None:
        """Start an iteration of a milestone on the default branch, at least once.

        Raises UserError when GitHub refuses it for good, ServiceError when it cannot be told that
        it was heard.
        """
        path = f"{self.place.path}/actions/workflows/{self.file}/dispatches"
        body = {"ref": branch, "inputs": {"milestone": str(root)}}
        for left in reversed(range(TRIES)):
            try:
                answer = self.place.client.write("POST", path, body)
            except LostAnswer:
                if not left:
                    raise
                continue
            if answer.status >= 400:
                raise self._refused("dispatch", answer.status, answer.message)
            return

    def cancel(self, run: WorkflowRun) -> bool:
        """Ask a run to end; what its jobs have is kept. False when it had ended already."""
        path = f"{self.place.path}/actions/runs/{run.id}/cancel"
        answer = self.place.client.write("POST", path, {})
        if answer.status >= 400 and answer.status != 409:
            raise self._refused("cancel a run of", answer.status, answer.message)
        return answer.status < 400

    def _run(self, entry: Mapping[str, Any]) -> WorkflowRun | None:
        root = root_of_title(text(entry, "display_title"))
        file = text(entry, "path").partition("@")[0].rpartition("/")[2]
        created = moment(entry, "created_at")
        if root is None or created is None or file != self.file:
            return None
        status = text(entry, "status")
        if status == "completed":
            progress = Progress.ENDED
        else:
            progress = Progress.QUEUED if status in _NOT_BEGUN else Progress.RUNNING
        succeeded = text(entry, "conclusion") == "success"
        return WorkflowRun(number(entry, "id"), root, progress, succeeded, created)

    def _refused(self, doing: str, status: int, said: str) -> ServiceError | UserError:
        where = f"{self.file} in {self.place.full_name}"
        why = said or f"HTTP {status}"
        if status == 403:
            return UserError(
                f"GitHub does not let the token {doing} {where} ({why}): the job needs "
                "`permissions: actions: write`."
            )
        if status in (404, 422):
            return UserError(
                f"GitHub cannot {doing} {where} ({why}): `.github/workflows/{self.file}` must be "
                "on the default branch, be enabled, and take `workflow_dispatch` with the input "
                "`milestone`."
            )
        return ServiceError(f"GitHub could not {doing} {where}: {why}.")
