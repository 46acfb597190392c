"""Milestones carried by the real workflow files, job by job, with each job's own token."""

from __future__ import annotations

import pytest

from tests.actions.project import install, spec
from tests.actions.runner import Runner
from tests.hub.stage import Stage

# A run has a dozen jobs, each a process or three of its own.
pytestmark = pytest.mark.timeout(900)


def is_closed(stage: Stage, number: int) -> bool:
    """Whether an issue is closed."""
    return bool(stage.owner.get(f"{stage.path}/issues/{number}")["state"] == "closed")


def test_a_spec_is_carried_to_done(stage: Stage, runner: Runner) -> None:
    install(stage)
    root = spec(stage)
    runner.until(lambda: is_closed(stage, root))
    runner.until_rest()
    assert {run["conclusion"] for run in runner.ended} == {"success"}
