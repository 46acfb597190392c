"""Every REST answer of one walk over all routes against GitHub's OpenAPI description."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.hub import found_world, start_hub
from bot.hub.rest.routes import ROUTES
from tests.hub.conftest import set_up
from tests.hub.schemas.drive import drive
from tests.hub.schemas.openapi import Validator
from tests.hub.schemas.published import published
from tests.hub.stage import LAG

VERSION = "23.0.2"
_LIST = Path(__file__).with_name("differences.txt")


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
def validator() -> Validator:
    text = published("openapi", VERSION, "generated/api.github.com.json").read_text("utf-8")
    return Validator(json.loads(text))


def test_the_walk_leaves_no_route_out(record: list[dict[str, Any]]) -> None:
    asked = {(entry["method"], entry["route"]) for entry in record if entry["status"] < 400}
    every = {(r.method, r.template) for r in ROUTES if "/_hub/" not in r.template}
    assert every - asked == set()


def test_every_answer_is_as_github_describes_it(
    record: list[dict[str, Any]], validator: Validator
) -> None:
    found = {line for entry in record for line in differences(entry, validator)}
    listed = listed_differences()
    unlisted = "\n".join(sorted(found - set(listed)))
    assert not unlisted, unlisted
    assert sorted(set(listed) - found) == []


def test_every_difference_has_a_reason() -> None:
    assert all(listed_differences().values())


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda user: user.pop("login"), "missing"),
        (lambda user: user.update(login=None), "null"),
        (lambda user: user.update(id="1"), "no integer"),
    ],
)
def test_the_check_sees_what_is_wrong(
    record: list[dict[str, Any]], validator: Validator, spoil: Any, place: str
) -> None:
    [entry] = [e for e in record if (e["method"], e["route"]) == ("GET", "/users/{login}")]
    spoilt = copy.deepcopy(entry)
    spoil(spoilt["response"])
    [found] = differences(spoilt, validator)
    assert found.endswith(place)


def differences(entry: dict[str, Any], validator: Validator) -> list[str]:
    """Return lines of method, route, status and place."""
    template = github_template(validator, entry["method"], entry["route"])
    head = f"{entry['method']} {template} {entry['status']}"
    if "/_hub/" in template or entry["status"] == 404:
        return []
    try:
        schema = validator.schema_of(entry["method"], template, entry["status"])
    except LookupError:
        return [f"{head} not described"]
    if schema is None:
        return [] if entry["response"] is None else [f"{head} has a body"]
    return [f"{head} {problem}" for problem in validator.problems(entry["response"], schema)]


def github_template(validator: Validator, method: str, route: str) -> str:
    """Return GitHub's name of a route: the same one but for the names of parameters."""
    shape = re.sub(r"\{[^}]*\}", "{}", route)
    for template, operations in validator.description["paths"].items():
        if re.sub(r"\{[^}]*\}", "{}", template) == shape and method.lower() in operations:
            return str(template)
    return route


def listed_differences() -> dict[str, str]:
    """Return the reasons by line."""
    lines = [line for line in _LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    pairs = [line.split(" | ", 1) for line in lines if line.strip()]
    return {pair[0].strip(): pair[1].strip() if len(pair) > 1 else "" for pair in pairs}
