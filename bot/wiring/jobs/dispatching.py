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
def client_of(job: Job) -> Iterator[Client]:
    """Yield a client with a job's token."""
    client = Client(job.api_url, job.token, _Permitted(), SystemClock(), UNPACED)
    try:
        yield client
    finally:
        client.close()


def dispatch(job: Job, root: int, branch: str) -> None:
    """Start the next run of a milestone. Raises ServiceError when GitHub does not."""
    if not job.workflow:
        raise UserError("GITHUB_WORKFLOW_REF is not set, so the next run cannot be started.")
    owner, _, name = job.repository.partition("/")
    with client_of(job) as client:
        Workflows(Place(client, owner, name), job.workflow).dispatch(root, branch)
