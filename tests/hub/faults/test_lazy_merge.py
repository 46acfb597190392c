"""Whether a pull request merges is not known at first: GitHub tries after it was asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.faults.rules import switch_on
from tests.hub.stage import Stage

STATE = """query State($name: String!) { repository(owner: "maintainer", name: $name) {
  pullRequest(number: 1) { mergeable mergeStateStatus again: mergeable } } }"""
UNKNOWN = {"mergeable": "UNKNOWN", "mergeStateStatus": "UNKNOWN", "again": "UNKNOWN"}
CLEAN = {"mergeable": "MERGEABLE", "mergeStateStatus": "CLEAN", "again": "MERGEABLE"}


def graphql(stage: Stage) -> Any:
    return stage.owner.data(STATE, name=stage.name)["repository"]["pullRequest"]


def rest(stage: Stage) -> tuple[bool | None, str]:
    found = stage.owner.get(f"{stage.path}/pulls/1")
    return found["mergeable"], found["mergeable_state"]


def test_the_first_question_finds_it_unknown(stage: Stage) -> None:
    stage.pull("feature")
    switch_on(stage, {"fault": "lazy_merge"})
    assert [graphql(stage), graphql(stage)] == [UNKNOWN, CLEAN]
    assert rest(stage) == (True, "clean")


def test_both_apis_ask_the_same_question(stage: Stage) -> None:
    stage.pull("feature")
    switch_on(stage, {"fault": "lazy_merge", "reads": 2})
    assert [rest(stage), rest(stage)] == [(None, "unknown")] * 2
    assert graphql(stage) == CLEAN


def test_opening_it_is_asking(stage: Stage) -> None:
    switch_on(stage, {"fault": "lazy_merge"})
    assert stage.pull("feature")["mergeable"] is None
    assert rest(stage) == (True, "clean")


@pytest.mark.parametrize("branch", ["feature", "main"])
def test_a_push_to_either_end_asks_anew(stage: Stage, branch: str) -> None:
    switch_on(stage, {"fault": "lazy_merge"})
    stage.pull("feature")
    assert rest(stage) == (True, "clean")
    checkout = stage.clone()
    checkout.git("checkout", "-q", branch)
    checkout.commit({"feature.txt": "another text"})
    checkout.git("push", "-q", "origin", branch)
    wanted = (True, "clean") if branch == "feature" else (False, "dirty")
    assert [rest(stage), rest(stage)] == [(None, "unknown"), wanted]


def test_it_is_merged_all_the_same(stage: Stage) -> None:
    switch_on(stage, {"fault": "lazy_merge", "reads": 1000})
    stage.pull("feature")
    assert rest(stage) == (None, "unknown")
    stage.bot.put(f"{stage.path}/pulls/1/merge", {}, status=200)


def test_others_are_not_met(stage: Stage) -> None:
    stage.pull("feature")
    switch_on(stage, {"fault": "lazy_merge", "match": {"actor": stage.bot.login}})
    assert rest(stage) == (True, "clean")
    assert stage.bot.get(f"{stage.path}/pulls/1")["mergeable"] is None
