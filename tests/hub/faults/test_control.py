"""The control addresses: strict rules, the maintainer alone, counts that tell what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.hub.faults.model import GROUPS
from bot.hub.faults.reading import _COMMON, _FAULTS, _MATCH
from tests.hub.faults.rules import clear, fired, switch_on, titles, write
from tests.hub.stage import Stage

WRONG: dict[str, tuple[Any, str]] = {
    "no object": ([], "rules"),
    "no list": ({"rules": {}}, "rules"),
    "too many": ({"rules": [{"fault": "fail"}] * 101}, "rules"),
    "more than rules": ({"rules": [], "more": 1}, "more"),
    "no rule": ({"rules": [3]}, "rules[0]"),
    "no fault": ({"rules": [{}]}, "rules[0].fault"),
    "unknown fault": ({"rules": [{"fault": "explode"}]}, "rules[0].fault"),
    "fault of a wrong type": ({"rules": [{"fault": ["fail"]}]}, "rules[0].fault"),
    "unknown field": ({"rules": [{"fault": "fail", "tims": 1}]}, "rules[0].tims"),
    "another fault's field": ({"rules": [{"fault": "fail", "seconds": 1}]}, "rules[0].seconds"),
    "the second": ({"rules": [{"fault": "fail"}, {"fault": "slow"}]}, "rules[1].seconds"),
    "too slow": ({"rules": [{"fault": "slow", "seconds": 31}]}, "rules[0].seconds"),
    "no number": ({"rules": [{"fault": "slow", "seconds": True}]}, "rules[0].seconds"),
    "never": ({"rules": [{"fault": "fail", "times": 0}]}, "rules[0].times"),
    "chance": ({"rules": [{"fault": "fail", "probability": 1.5}]}, "rules[0].probability"),
    "when": ({"rules": [{"fault": "fail", "when": "soon"}]}, "rules[0].when"),
    "answer": ({"rules": [{"fault": "fail", "answer": 404}]}, "rules[0].answer"),
    "status": ({"rules": [{"fault": "secondary_limit", "status": 200}]}, "rules[0].status"),
    "kinds": ({"rules": [{"fault": "vanish", "kinds": ["cats"]}]}, "rules[0].kinds[0]"),
    "no kinds": ({"rules": [{"fault": "vanish", "kinds": []}]}, "rules[0].kinds"),
    "match": ({"rules": [{"fault": "fail", "match": "all"}]}, "rules[0].match"),
    "match field": ({"rules": [{"fault": "fail", "match": {"url": "x"}}]}, "rules[0].match.url"),
    "match type": ({"rules": [{"fault": "fail", "match": {"path": 1}}]}, "rules[0].match.path"),
    "an alias": (
        {"rules": [{"fault": "lag", "seconds": 1, "match": {"alias": "a"}}]},
        "rules[0].match.alias",
    ),
    "an event": ({"rules": [{"fault": "fail", "match": {"event": "x"}}]}, "rules[0].match.event"),
    "a delivery's path": (
        {"rules": [{"fault": "deliveries", "how": "dropped", "match": {"path": "/"}}]},
        "rules[0].match.path",
    ),
}


@pytest.mark.parametrize(("body", "field"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_rule_is_named_and_changes_nothing(stage: Stage, body: Any, field: str) -> None:
    switch_on(stage, {"fault": "vanish", "name": "kept"})
    answer = stage.owner.put("/_hub/faults", body, status=422)
    (error,) = answer["errors"]
    assert (error["resource"], error["code"], error["field"]) == ("Fault", "invalid", field)
    assert error["message"].startswith(field)
    assert [r["rule"]["name"] for r in stage.owner.get("/_hub/faults")["rules"]] == ["kept"]


def test_what_is_not_json_is_400_and_nan_no_number(stage: Stage) -> None:
    assert stage.owner.http.put("/_hub/faults", content=b"{rules").status_code == 400
    nan = b'{"rules": [{"fault": "slow", "seconds": NaN}]}'
    assert stage.owner.http.put("/_hub/faults", content=nan).status_code == 422


def test_only_the_maintainer_may_look_and_touch(stage: Stage) -> None:
    for path in ("/_hub/faults", "/_hub/clock"):
        stage.bot.get(path, status=403)
    stage.bot.put("/_hub/faults", {"rules": []}, status=403)
    stage.bot.delete("/_hub/faults", status=403)
    stage.bot.post("/_hub/clock", {"advance": 1}, status=403)


def test_what_is_shown_can_be_put_again(stage: Stage) -> None:
    rules = [
        {"fault": "fail", "when": "after", "answer": "drop", "match": {"path": "/x"}, "times": 2},
        {"fault": "lag", "seconds": 2, "kinds": ["issues"], "name": "late"},
        {"fault": "secondary_limit", "retry_after": 3, "probability": 0.5, "seed": 9},
        {"fault": "deliveries", "how": "reordered", "match": {"event": "issues.opened"}},
    ]
    shown = [standing["rule"] for standing in switch_on(stage, *rules)["rules"]]
    for rule, one in zip(rules, shown, strict=True):
        assert rule.items() <= one.items()
    assert [standing["rule"] for standing in switch_on(stage, *shown)["rules"]] == shown


def test_rules_skip_count_and_end(stage: Stage) -> None:
    rule = {"fault": "fail", "answer": 503, "after": 1, "times": 2, "match": {"method": "POST"}}
    switch_on(stage, rule)
    path = f"{stage.path}/issues"
    statuses = [write(stage.owner, path, {"title": str(n)}).status_code for n in range(5)]
    assert statuses == [201, 503, 503, 201, 201]
    shown = stage.owner.get("/_hub/faults")
    assert [(r["met"], r["fired"]) for r in shown["rules"]] == [(3, 2)]
    assert [(f["method"], f["path"], f["actor"]) for f in shown["fired"]] == [
        ("POST", path, "maintainer")
    ] * 2


def test_chance_is_repeatable(stage: Stage) -> None:
    seen = []
    for seed in (1, 1, 2):
        match = {"path": "/user"}
        switch_on(stage, {"fault": "fail", "probability": 0.5, "seed": seed, "match": match})
        seen.append([stage.owner.http.get("/user").status_code for _ in range(30)])
    assert seen[0] == seen[1] != seen[2]
    assert set(seen[0]) == {200, 502}


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/repos/*/*/issues"},
        {"path": "/repos/**"},
        {"method": "GET", "actor": "specloop[bot]", "api": "rest"},
    ],
    ids=str,
)
def test_patterns_that_meet(stage: Stage, match: dict[str, str]) -> None:
    switch_on(stage, {"fault": "fail", "match": match})
    assert stage.bot.http.get(f"{stage.path}/issues").status_code == 502
    assert stage.bot.http.get(f"/api/v3{stage.path}/issues").status_code == 502
    stage.owner.get("/user")


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/repos/*/issues"},
        {"path": "/repos/*/*"},
        {"method": "POST"},
        {"api": "graphql"},
        {"operation": "*s"},
        {"field": "viewer"},
        {"actor": "maintainer"},
    ],
    ids=str,
)
def test_patterns_that_do_not(stage: Stage, match: dict[str, str]) -> None:
    switch_on(stage, {"fault": "fail", "match": match})
    stage.bot.get(f"{stage.path}/issues")
    assert fired(stage) == []


def test_graphql_is_met_by_operation_and_field(stage: Stage) -> None:
    switch_on(
        stage,
        {"fault": "fail", "answer": 502, "match": {"operation": "Who"}},
        {"fault": "fail", "answer": 503, "match": {"field": "rateLimit"}},
    )
    asked = {
        "query Who { viewer { login } }": 502,
        "query What { rateLimit { cost } }": 503,
        "{ viewer { login } }": 200,
        "{ broken": 200,
        "query A { viewer { login } } query Who { viewer { login } }": 200,
    }
    for query, status in asked.items():
        body = {"query": query, "operationName": "A" if "query A" in query else None}
        assert write(stage.owner, "/graphql", body).status_code == status


def test_clearing_ends_it(stage: Stage) -> None:
    switch_on(stage, {"fault": "fail"})
    assert write(stage.owner, f"{stage.path}/issues", {"title": "x"}).status_code == 502
    clear(stage)
    assert stage.owner.get("/_hub/faults") == {"rules": [], "fired": []}
    stage.issue("y")
    assert titles(stage) == ["y"]


def test_strangers_are_refused_as_ever(stage: Stage) -> None:
    switch_on(stage, {"fault": "fail"})
    answer = stage.owner.http.get("/user", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


@pytest.mark.parametrize("step", [None, -1, True, "1", 1e12])
def test_a_wrong_step_of_the_clock_is_named(stage: Stage, step: Any) -> None:
    answer = stage.owner.post("/_hub/clock", {"advance": step}, status=422)
    assert answer["errors"][0]["field"] == "advance"


def test_the_document_names_every_fault_and_field() -> None:
    text = (Path(__file__).parents[3] / "docs" / "hub.md").read_text()
    told = text[text.index("## Bad habits") :]
    for kind, (_, own) in _FAULTS.items():
        (row,) = [line for line in told.splitlines() if line.startswith(f"| `{kind}` |")]
        assert [name for name in own if f"`{name}`" not in row] == []
    names = [*_COMMON, *_MATCH, *GROUPS]
    assert [name for name in names if f"`{name}`" not in told] == []
