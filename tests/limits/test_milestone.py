"""A large milestone goes through GitHub's limits without meeting one.

On 60 items; with `SPECLOOP_EXAMPLES` set, to whatever, on 300.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from bot.domain.run import Standing
from bot.github.pacing import CEILING
from tests.limits.agents import TO_DO
from tests.limits.conftest import MakeStage

ITEMS = 300 if "SPECLOOP_EXAMPLES" in os.environ else 60
TOGETHER = ITEMS // 3
GITHUB = {"fault": "content_limit", "per_minute": 80, "per_hour": 500}


@pytest.mark.timeout(600)
def test_hundreds_of_items_meet_no_limit(stage_of: MakeStage) -> None:
    stage = stage_of(ITEMS, TOGETHER)
    stage.faults(GITHUB)
    stage.run_to_the_end()
    assert stage.state.standing is Standing.DONE, stage.state.reason
    assert stage.limited == []
    assert stage.does("GET", "/_hub/faults")["fired"] == []
    assert max(stage.clock.slept) <= CEILING
    titles = Counter(i["title"] for i in stage.all("issues?state=all") if "pull_request" not in i)
    assert [titles[f"Do part {n}"] for n in range(ITEMS)] == [1] * ITEMS
    merged = [p for p in stage.all("pulls?state=all") if p["merged_at"] is not None]
    assert len(merged) == ITEMS
    assert TO_DO not in stage.book()
