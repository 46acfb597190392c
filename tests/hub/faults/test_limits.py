"""Limits: secondary, primary, and what one account may create, at a clock that tests move."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.hub import found_world, start_hub
from tests.hub.conftest import set_up
from tests.hub.faults.rules import CREATE, fired, repository_id, switch_on, titles, write
from tests.hub.stage import Stage, eventually

VIEWER = {"query": "{ viewer { login } }"}


@pytest.mark.parametrize("retry_after", [None, 7])
@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_of_rest(stage: Stage, status: int, retry_after: int | None) -> None:
    more = {} if retry_after is None else {"retry_after": retry_after}
    switch_on(stage, {"fault": "secondary_limit", "status": status, **more, "times": 1})
    answer = write(stage.owner, f"{stage.path}/issues", {"title": "x"})
    assert answer.status_code == status
    assert "secondary rate limit" in answer.json()["message"]
    assert answer.headers.get("retry-after") == (None if retry_after is None else "7")
    assert titles(stage) == []


@pytest.mark.parametrize("status", [200, 403])
def test_a_secondary_limit_of_graphql(stage: Stage, status: int) -> None:
    rule = {"fault": "secondary_limit", "graphql_status": status, "retry_after": 1, "times": 1}
    switch_on(stage, rule)
    answer = write(stage.owner, "/graphql", VIEWER)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "1")
    content = answer.json()
    words = content["errors"][0]["message"] if status == 200 else content["message"]
    assert "secondary rate limit" in words
    assert "data" not in content


def test_a_secondary_limit_of_one_alias(stage: Stage) -> None:
    switch_on(stage, {"fault": "secondary_limit", "match": {"alias": "i2"}})
    answer = stage.owner.ask(CREATE, r=repository_id(stage))
    assert [(e["path"], e["message"]) for e in answer["errors"]] == [
        (["i2"], "was submitted too quickly")
    ]
    assert titles(stage) == ["a", "b"]
    logged = map(json.loads, stage.hub.world.request_log.read_bytes().splitlines())
    mine = (line for line in logged if stage.path in line["path"] or line["path"] == "/graphql")
    assert [line["path"] for line in mine if line["limited"]][-1:] == ["/graphql"]


def test_the_primary_limit_in_both_forms(stage: Stage) -> None:
    switch_on(stage, {"fault": "primary_limit", "reset_after": 30, "status": 429})
    rest = stage.owner.http.get(f"{stage.path}/issues")
    graphql = write(stage.owner, "/graphql", VIEWER)
    assert (rest.status_code, graphql.status_code) == (429, 200)
    assert "API rate limit exceeded" in rest.json()["message"]
    assert graphql.json()["errors"][0]["type"] == "RATE_LIMITED"
    pools = stage.owner.get("/rate_limit")["resources"]
    for answer, name in ((rest, "core"), (graphql, "graphql")):
        assert told(answer) == pools[name]
        assert pools[name]["remaining"] == 0
    stage.owner.post("/_hub/clock", {"advance": 30})


def test_a_spent_pool_stays_spent_until_it_is_full(stage: Stage) -> None:
    path = f"{stage.path}/issues"
    switch_on(stage, {"fault": "primary_limit", "reset_after": 600, "times": 1})
    first, second = (write(stage.owner, path, {"title": "x"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (403, 403)
    assert told(first) == told(second) == stage.owner.get("/rate_limit")["rate"]
    assert stage.owner.get("/rate_limit")["resources"]["graphql"]["remaining"] > 0
    stage.owner.data("{ viewer { login } }")
    stage.bot.get(path)
    stage.owner.post("/_hub/clock", {"advance": 600})
    assert write(stage.owner, path, {"title": "y"}).status_code == 201
    assert titles(stage) == ["y"]
    assert stage.owner.get("/rate_limit")["rate"]["used"] == 2


def test_limits_leave_git_alone(stage: Stage) -> None:
    switch_on(stage, {"fault": "primary_limit"}, {"fault": "secondary_limit"})
    stage.clone(stage.bot)
    assert fired(stage) == []


def told(answer: httpx.Response) -> dict[str, Any]:
    """The pool as the headers of an answer have it."""
    names = ("limit", "used", "remaining", "reset")
    numbers = {name: int(answer.headers[f"x-ratelimit-{name}"]) for name in names}
    return {**numbers, "resource": answer.headers["x-ratelimit-resource"]}


def test_content_per_minute_until_the_clock_moves(stage: Stage) -> None:
    switch_on(stage, {"fault": "content_limit", "per_minute": 2, "retry_after": 60})
    path = f"{stage.path}/issues"
    assert [write(stage.owner, path, {"title": t}).status_code for t in "abc"] == [201, 201, 403]
    refused = write(stage.owner, f"{path}/1/comments", {"body": "x"})
    assert (refused.status_code, refused.headers["retry-after"]) == (403, "60")
    stage.owner.patch(f"{path}/1", {"title": "edits are free"})
    assert write(stage.bot, path, {"title": "others too"}).status_code == 201
    stage.owner.post("/_hub/clock", {"advance": 61})
    assert write(stage.owner, path, {"title": "later"}).status_code == 201
    assert fired(stage) == ["content_limit", "content_limit"]


def test_content_per_hour_counts_every_object_of_a_batch(stage: Stage) -> None:
    home = repository_id(stage)
    switch_on(stage, {"fault": "content_limit", "per_hour": 5})
    stage.owner.data(CREATE, r=home)
    stage.owner.post("/_hub/clock", {"advance": 120})
    answer = stage.owner.ask(CREATE, r=home)
    assert [e["path"] for e in answer["errors"]] == [["i2"]]
    assert answer["errors"][0]["message"] == "was submitted too quickly"
    assert write(stage.owner, f"{stage.path}/issues", {"title": "x"}).status_code == 403
    stage.owner.post("/_hub/clock", {"advance": 3600})
    stage.owner.data(CREATE, r=home)
    assert len(titles(stage)) == 8


def test_refused_content_does_not_count(stage: Stage) -> None:
    switch_on(stage, {"fault": "content_limit", "per_minute": 1})
    path = f"{stage.path}/issues"
    bodies: list[Any] = [{"title": ""}, {}, {"title": "good"}]
    assert [write(stage.owner, path, body).status_code for body in bodies] == [422, 422, 201]


def test_the_clock_goes_ahead_and_dates_with_it(stage: Stage) -> None:
    before = stage.issue("old")["created_at"]
    ahead = stage.owner.get("/_hub/clock")["ahead"]
    moved = stage.owner.post("/_hub/clock", {"advance": 86400})
    assert moved["ahead"] - ahead == 86400
    after = stage.issue("new")["created_at"]
    assert after[:10] > before[:10]


def test_a_world_that_was_moved_ahead_stays_there(tmp_path: Path) -> None:
    world = found_world(tmp_path / "world")
    dates = []
    for _ in range(2):
        with start_hub(world, lag=0.01) as hub:
            stage = set_up(hub, tmp_path)
            stage.owner.post("/_hub/clock", {"advance": 86400})
            dates.append(stage.issue("x")["created_at"])
            eventually(partial(titles, stage), bool)
            stage.close()
    assert dates[0][:10] < dates[1][:10]
