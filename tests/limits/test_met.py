"""Forced to meet a limit, a run waits two minutes at most, or ends and is due at the reset."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.run import Standing
from bot.github.pacing import CEILING
from tests.limits.conftest import MakeStage
from tests.limits.stage import Stage

ITEMS = 2
MERGES = {"method": "PUT", "path": "/repos/*/*/pulls/*/merge"}
BATCHES = {"operation": "Batch"}
FIRST = {"field": "createIssue", "alias": "c0"}
READING = {"operation": "Milestone"}
SECONDARY, PRIMARY = {"fault": "secondary_limit"}, {"fault": "primary_limit"}

SHORT = {
    "secondary, after a time": (SECONDARY | {"retry_after": 30}, BATCHES, 30),
    "secondary, no header": (SECONDARY | {"status": 429}, MERGES, 60),
    "primary, REST 403": (PRIMARY | {"reset_after": 90}, MERGES, 91),
    "primary, GraphQL": (PRIMARY | {"reset_after": 90}, BATCHES, 91),
}
LONG = {
    "secondary, after a time": (SECONDARY | {"retry_after": 600}, MERGES, 600),
    "secondary, no header": (SECONDARY | {"graphql_status": 403, "times": 2}, BATCHES, 120),
    "secondary, one field": (
        SECONDARY | {"times": 2},
        {"field": "createIssue", "alias": "c0"},
        120,
    ),
    "primary, REST 403": (PRIMARY | {"reset_after": 1800}, MERGES, 1801),
    "primary, REST 429": (PRIMARY | {"status": 429, "reset_after": 1800}, MERGES, 1801),
    "primary, a mutation": (PRIMARY | {"reset_after": 1800}, BATCHES, 1801),
    "primary, a query": (PRIMARY | {"reset_after": 1800}, READING, 1801),
}
"""What is met, where, and for how many seconds."""


@pytest.fixture
def stage(stage_of: MakeStage) -> Stage:
    return stage_of(ITEMS, ITEMS)


@pytest.mark.parametrize(("fault", "match", "wait"), SHORT.values(), ids=SHORT)
def test_a_short_limit_is_waited_out(
    stage: Stage, fault: dict[str, Any], match: dict[str, str], wait: float
) -> None:
    stage.faults({"times": 1, **fault, "match": match})
    stage.run()
    assert stage.state.due_at is None
    assert len(stage.limited) == 1
    longest = max(stage.clock.slept)
    assert wait - 2 <= longest <= wait
    end_well(stage)


@pytest.mark.parametrize(("fault", "match", "wait"), LONG.values(), ids=LONG)
def test_a_long_limit_ends_the_run_which_is_due_at_its_end(
    stage: Stage, fault: dict[str, Any], match: dict[str, str], wait: float
) -> None:
    stage.faults({"times": 1, **fault, "match": match})
    stage.run()
    assert stage.state.standing is Standing.WAITING
    assert stage.state.due_at is not None
    left = stage.state.due_at - stage.clock.now()
    assert timedelta(seconds=wait - 60) < left <= timedelta(seconds=wait)
    assert stage.state.reason.startswith("GitHub's limit is reached (")
    assert stage.state.reason.endswith(f"It can go on at {stage.state.due_at:%H:%M} UTC.")
    sent = len(stage.requests)
    assert stage.run().due_at is not None
    assert len(stage.requests) == sent, "nothing is sent before it is due"
    stage.sleep_until_due()
    end_well(stage)


def test_a_limit_that_persists_is_rested_for_longer_each_time_up_to_an_hour(stage: Stage) -> None:
    stage.faults(SECONDARY | {"graphql_status": 403, "times": 1000, "match": BATCHES})
    rests = []
    for _ in range(8):
        stage.run()
        assert stage.state.due_at is not None
        rests.append(round((stage.state.due_at - stage.clock.now()).total_seconds() / 60))
        stage.sleep_until_due()
    assert rests == [2, 2, 4, 8, 16, 32, 60, 60]
    stage.faults()
    end_well(stage)
    assert stage.state.rests == 0


def test_content_that_comes_too_quickly_is_sent_a_minute_later(stage: Stage) -> None:
    """As when people, too, create under this identity: more than the run knows of."""
    stage.faults({"fault": "content_limit", "per_minute": 2})
    stage.run()
    assert stage.state.due_at is None
    assert stage.limited
    assert max(stage.clock.slept) == 60
    end_well(stage)


def end_well(stage: Stage) -> None:
    """Go on to the end: each item exists once and has landed once, and no wait was too long."""
    stage.run_to_the_end()
    assert stage.state.standing is Standing.DONE, stage.state.reason
    assert max(stage.clock.slept) <= CEILING
    issues = stage.all("issues?state=all")
    titles = Counter(i["title"] for i in issues if "pull_request" not in i)
    assert [titles[f"Do part {n}"] for n in range(ITEMS)] == [1] * ITEMS
    assert sum(p["merged_at"] is not None for p in stage.all("pulls?state=all")) == ITEMS
    comments = Counter(c["body"] for c in stage.all("issues/comments?sort=created"))
    assert set(comments.values()) == {1}
