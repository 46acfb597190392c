"""Two and eight instances at once: nothing is dispatched twice, and no update is lost.

On 24 items; with `SPECLOOP_EXAMPLES` set, to whatever, on 100.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import bot.wiring.build
from tests.scenarios.anything.mortal import QuickClock
from tests.scenarios.company.instances import Crowd, Instance, Processes
from tests.scenarios.scenes import planner_done
from tests.scenarios.world import World

ITEMS = 100 if "SPECLOOP_EXAMPLES" in os.environ else 24
AT_ONCE = ITEMS // 4


@pytest.fixture(autouse=True)
def several(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(bot.wiring.build, "SystemClock", QuickClock)
    monkeypatch.setattr(bot.wiring.build, "LocalProcesses", Processes)
    return


@pytest.mark.timeout(900)
@pytest.mark.parametrize("count", [2, 8])
def test_instances_share_a_milestone(world: World, count: int) -> None:
    world.plays(planner_done())
    limits = {"items_per_iteration": AT_ONCE, "executors": 4, "iterations": 40}
    world.spec(config={"limits": limits})
    model = Crowd(ITEMS)
    instances = [Instance(world, model, "ab"[n % 2], n) for n in range(count)]
    with ThreadPoolExecutor(count) as pool:
        for ended in [pool.submit(instance.work) for instance in instances]:
            ended.result()
    assert sum(i.turns for i in instances) >= ITEMS / AT_ONCE
    assert sum(i.turns > 0 for i in instances) > 1, "one of them did it all"
    twice = {key: n for key, n in model.asked.items() if n > 1}
    assert not twice, f"dispatched more than once: {twice}"
    world.site = instances[0].site
    assert world.record("state.json")["spent"]["requests"] == model.asked.total()
    issues = [i for i in world.listed("issues?state=all") if "pull_request" not in i]
    titles = Counter(i["title"] for i in issues if i["number"] != world.root)
    assert titles == {f"Write part-{n}": 1 for n in range(ITEMS)}
    pulls = Counter(p["title"] for p in world.listed("pulls?state=all"))
    assert pulls == {f"part-{n}": 1 for n in range(ITEMS)}
    assert set(world.main_files()) == {f"part-{n}.txt" for n in range(ITEMS)}
    for thread in {int(c["issue_url"].rpartition("/")[2]) for c in world.listed("issues/comments")}:
        world.replies(thread)
