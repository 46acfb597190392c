"""Starting the next run of a milestone: GitHub's own dispatch, which any workflow's token may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import UserError
from bot.github.client import Client
from bot.github.pace import UNPACED
from bot.github.place import Place
from bot.github.workflows import Workflows
from bot.wiring.jobs.job import Job
from bot.wiring.machine import SystemClock


class _Permitted:
    """A dispatch needs no lease: whoever is started takes it, or finds nothing to do."""

    def check(self) -> None:
        """Permit."""


@contextmanager
def workflows_of(job: Job) -> Iterator[Workflows]:
    """Yield the workflow runs of a job's repository."""
    client = Client(job.api_url, job.token, _Permitted(), SystemClock(), UNPACED)
    try:
        owner, _, name = job.repository.partition("/")
        yield Workflows(Place(client, owner, name), job.workflow)
    finally:
        client.close()


def dispatch(job: Job, root: int, branch: str) -> None:
    """Start the next run of a milestone. Raises ServiceError when GitHub does not."""
    if not job.workflow:
        raise UserError("GITHUB_WORKFLOW_REF is not set, so the next run cannot be started.")
    with workflows_of(job) as workflows:
        workflows.dispatch(root, branch)
