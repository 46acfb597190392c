"""One walk over all REST routes, and the check that the whole suite's record goes through."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import pytest

from bot.hub import found_world, start_hub
from bot.hub.rest.routes import ROUTES
from tests.hub.conftest import set_up
from tests.hub.schemas import rest
from tests.hub.schemas.drive import drive
from tests.hub.schemas.published import published
from tests.hub.schemas.rest import RestCheck
from tests.hub.schemas.verdict import listed_differences
from tests.hub.stage import LAG


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the hub answered in the walk."""
    folder = tmp_path_factory.mktemp("recorded")
    file = folder / "record.jsonl"
    with (
        start_hub(found_world(folder / "world"), lag=LAG, extra=("--record", str(file))) as hub,
        contextlib.closing(set_up(hub, folder)) as stage,
    ):
        drive(stage)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def check() -> RestCheck:
    return rest.load(published(*rest.PACKAGE))


def test_the_walk_leaves_no_route_out(record: list[dict[str, Any]]) -> None:
    asked = {(entry["method"], entry["route"]) for entry in record if entry["status"] < 400}
    every = {(r.method, r.template) for r in ROUTES if "/_hub/" not in r.template}
    assert every - asked == set()


def test_every_answer_is_as_github_describes_it(
    record: list[dict[str, Any]], check: RestCheck
) -> None:
    found = {line for entry in record for line in check.differences(entry)}
    unlisted = "\n".join(sorted(found - set(listed_differences())))
    assert not unlisted, unlisted


def test_every_difference_has_a_reason() -> None:
    assert all(listed_differences().values())


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda entry: entry["response"].pop("login"), "200 .login: missing"),
        (lambda entry: entry["response"].update(login=None), "200 .login: null"),
        (lambda entry: entry["response"].update(id="1"), "200 .id: no integer"),
        (lambda entry: entry.update(response=None, type="text/html"), "200 sent as text/html"),
        (lambda entry: entry.update(status=418), "418 not described"),
        (lambda entry: entry.update(status=404, response={}), "404 .message: missing"),
        (lambda entry: entry.update(query=["sort"]), "200 ?sort: not described"),
        (lambda entry: entry.update(request={"a": 1}), "200 request: no body is described"),
    ],
)
def test_the_check_sees_what_is_wrong(
    record: list[dict[str, Any]], check: RestCheck, spoil: Any, problem: str
) -> None:
    [entry] = [e for e in record if (e["method"], e["route"]) == ("GET", "/users/{login}")]
    spoilt = copy.deepcopy(entry)
    spoil(spoilt)
    assert check.differences(spoilt) == [f"GET /users/{{username}} {problem}"]


def test_the_check_sees_fields_that_github_would_not_take(
    record: list[dict[str, Any]], check: RestCheck
) -> None:
    [entry, *_] = [e for e in record if e["method"] == "PUT" and "protection" in e["route"]]
    spoilt = copy.deepcopy(entry)
    spoilt["request"]["required_status_checks"]["loose"] = True
    [found] = check.differences(spoilt)
    assert found.endswith("request.required_status_checks.loose: not described")


def test_what_a_fault_answered_is_not_judged(
    record: list[dict[str, Any]], check: RestCheck
) -> None:
    entry = {**record[0], "status": 418, "injected": True}
    assert check.differences(entry) == []
