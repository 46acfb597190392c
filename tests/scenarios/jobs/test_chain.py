"""An iteration in jobs: who writes does not think, who thinks cannot write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandboxes import require_bubblewrap
from tests.scenarios.jobs.chain import Chain
from tests.scenarios.scenes import executor, met, planner, planner_done
from tests.scenarios.world import World

CONFIG = {"agent": "playbook:story.yml", "approve_plan": "never", "merge": "auto", "writer": False}


@pytest.fixture
def chain(world: World, tmp_path: Path) -> Chain:
    require_bubblewrap()
    return Chain(world, tmp_path / "jobs")


def begin(world: World, *scenes) -> None:
    world.plays(*scenes)
    story = world._playbook.read_text()
    world.spec(files={"story.yml": story}, config=CONFIG)


def test_a_milestone_is_carried_to_done_by_jobs_that_cannot_do_each_others_work(chain, world):
    begin(
        world,
        planner("hello", "bye", iteration=1),
        executor("hello"),
        executor("bye"),
        met(),
        planner_done(iteration=2),
    )
    jobs = chain.run()
    print(*(r.output for r in chain.ran))
    assert jobs == []
