"""Scenes of workflow runs: listed, dispatched, cancelled; their artifacts and their jobs' times."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from bot.domain.workflow_runs import Progress, WorkflowRun
from tests.exchanges.ground import DISPATCHED, ENDED, RUNNING, Ground
from tests.exchanges.scene import Facts, Scene, Wire

NO_RUN = "1"
"""No run of a scratch repository: GitHub has counted on since."""


def _under_way(ground: Ground) -> Facts:
    return {**ground.runs, "base": ground.base}


def _workflows(wire: Wire, facts: Facts) -> Any:
    runs = wire.workflows.runs()
    by_id = {run.id: run for run in runs}
    running, ended = by_id[facts["running"]], by_id[facts["ended"]]
    cancelled = [wire.workflows.cancel(run) for run in (running, ended)]
    return runs, cancelled, wire.workflows.dispatch(DISPATCHED, facts["base"])


def _dispatched(ground: Ground, facts: Facts, said: Any) -> Facts:
    ground.settle()
    listed = ground.call("GET", "/actions/runs?event=workflow_dispatch")["workflow_runs"]
    return {"dispatched": listed[0]["display_title"]}


def _are_listed(facts: Facts, said: Any) -> None:
    runs, cancelled, _ = said
    running, ended = (
        next(run for run in runs if run.id == facts[name]) for name in ("running", "ended")
    )
    assert isinstance(ended, WorkflowRun)
    assert (ended.root, ended.progress, ended.succeeded) == (ENDED, Progress.ENDED, True)
    assert (running.root, running.progress) == (RUNNING, Progress.RUNNING)
    assert [run.id for run in runs].index(running.id) < [run.id for run in runs].index(ended.id)
    assert cancelled == [True, False]
    assert facts["dispatched"] == f"specloop #{DISPATCHED}"


def _artifacts(wire: Wire, facts: Facts) -> Any:
    held = wire.artifacts.of_run(str(facts["ended"]))
    archive = wire.artifacts.download(held["words"], 100_000)
    return held, archive, wire.artifacts.of_run(NO_RUN)


def _are_downloaded(facts: Facts, said: Any) -> None:
    held, archive, none = said
    assert (list(held), none) == (["words"], {})
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        assert zipped.read("words.txt") == b"delivered\n"


def _job_times(wire: Wire, facts: Facts) -> Any:
    return wire.job_times(str(facts["ended"])), wire.job_times(NO_RUN)


def _are_timed(facts: Facts, said: Any) -> None:
    (job,), none = said
    assert (job.name, none) == ("deliver", ())
    assert job.ended > job.began


SCENES = (
    Scene("workflows", _under_way, _workflows, _are_listed, _dispatched),
    Scene("artifacts", _under_way, _artifacts, _are_downloaded),
    Scene("job-times", _under_way, _job_times, _are_timed),
)
