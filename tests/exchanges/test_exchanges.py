"""The kept exchanges, played again through the production client; no server answers."""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import pytest
import yaml

from bot.domain.effects import Create, SetEffect
from bot.domain.errors import UserError
from bot.github import documents
from bot.github.artifacts import Artifacts
from bot.github.workflows import Workflows
from bot.ports.tracker import TrackerReader, TrackerWriter
from tests.exchanges.cassettes import FOLDER, SCENES, ground_of, play, record, tape_of
from tests.exchanges.ground import Ground, hub_ground
from tests.exchanges.scene import Scene
from tests.exchanges.tape import KEPT_OF_ANSWERS, KEPT_OF_REQUESTS, Mismatch, SecretKept, holds

MOST_BYTES = 500_000
NOT_SENT = {
    "file",  # no verb of the tracker: how configuration is read
    "workflow_files",  # `doctor`'s
    "opinions",  # more than a hundred reviews of one pull request
    "remarks",  # nobody may ask for changes of a pull request of one's own: one token is too few
}


def _operation(text: str) -> str:
    found = re.search(r"^query (\w+)\(", text, re.MULTILINE)
    assert found
    return found[1]


def path_of(name: str) -> Path:
    return tape_of(SCENES[name]).path


@cache
def used(name: str) -> frozenset[str]:
    """Return the verbs that a scene uses when it is played."""
    return frozenset(play(SCENES[name])[2])


def interactions(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text())["interactions"]
    return found


@pytest.mark.parametrize("name", SCENES)
def test_a_kept_exchange_is_understood(name: str) -> None:
    facts, said, _ = play(SCENES[name])
    SCENES[name].check(facts, said)


def test_every_verb_and_every_effect_has_a_cassette() -> None:
    def verbs(*kinds: type) -> set[str]:
        return {n for kind in kinds for n, v in vars(kind).items()
                if inspect.isfunction(v) and not n.startswith("_")}  # fmt: skip

    wanted = {f"tracker.{verb}" for verb in verbs(TrackerReader, TrackerWriter)}
    wanted |= {
        f"tracker.{verb} {e.__name__}" for verb in ("create", "find") for e in get_args(Create)
    }
    wanted |= {f"tracker.set {effect.__name__}" for effect in get_args(SetEffect)}
    wanted |= {f"workflows.{verb}" for verb in verbs(Workflows)}
    wanted |= {f"artifacts.{verb}" for verb in verbs(Artifacts)}
    wanted.add("job_times")
    assert len(wanted) > len(get_args(SetEffect)) + 15
    assert wanted <= frozenset().union(*map(used, SCENES))


def test_every_document_has_been_sent() -> None:
    bodies = [one["request"]["body"] for name in SCENES for one in interactions(path_of(name))]
    sent = " ".join(json.loads(body)["query"] for body in bodies if body and '"query"' in body)
    mutations = {path.stem for path in (documents.FOLDER / "mutations").iterdir()}
    assert {name for name in mutations if f": {name}(input:" not in sent} == set()
    queries = {path.stem: path.read_text() for path in documents.FOLDER.glob("*.graphql")}
    unsent = {n for n, text in queries.items() if f"query {_operation(text)}(" not in sent}
    assert unsent == NOT_SENT


def test_every_cassette_is_played_and_says_what_recorded_it() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.yaml" for name in SCENES}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES
    for scene in SCENES.values():
        head = tape_of(scene).head()
        is_github = head.base_url == "https://api.github.com"
        assert ("no real GitHub recorded this" in head.recorded_by) is not is_github
        assert ("GitHub at https://api.github.com" in head.recorded_by) is is_github
        assert re.match(r"20\d\d-\d\d-\d\dT", head.recorded_at)
        assert "/" in head.repository


@pytest.mark.parametrize("name", SCENES)
def test_a_cassette_holds_nothing_that_opens_anything(name: str) -> None:
    path = tape_of(SCENES[name]).path
    assert not re.search(r"(?i)gh[pousr]_\w{20}|github_pat_|bearer |[?&]sig=", path.read_text())
    for one in interactions(path):
        assert {n.lower() for n in one["request"]["headers"]} <= KEPT_OF_REQUESTS
        assert {n.lower() for n in one["response"]["headers"]} <= KEPT_OF_ANSWERS


def _another_variable(request: dict[str, Any]) -> None:
    body = json.loads(request["body"])
    body["variables"]["strange"] = "x"
    request["body"] = json.dumps(body)


def _another_document(request: dict[str, Any]) -> None:
    request["body"] = request["body"].replace("query Milestone(", "query Milestones(")


def _another_field(request: dict[str, Any]) -> None:
    request["body"] = request["body"].replace("closed", "open")


def _another_path(request: dict[str, Any]) -> None:
    request["uri"] = request["uri"].replace("/repos/", "/repositories/")


def _another_query(request: dict[str, Any]) -> None:
    request["uri"] = request["uri"].replace("per_page=100", "per_page=99")


def _another_method(request: dict[str, Any]) -> None:
    request["method"] = "PUT" if request["method"] == "POST" else "POST"


STRANGE = [
    ("read", _another_variable),
    ("read", _another_document),
    ("set", _another_field),
    ("merge", _another_path),
    ("merge", _another_method),
    ("workflows", _another_query),
    ("prepare", _another_method),
]


@pytest.mark.parametrize(("name", "change"), STRANGE)
def test_another_request_is_noticed(
    tmp_path: Path, name: str, change: Callable[[dict[str, Any]], None]
) -> None:
    tape = tape_of(SCENES[name])
    cassette = yaml.safe_load(tape.path.read_text())
    changed = 0
    for one in cassette["interactions"]:
        before = dict(one["request"])
        change(one["request"])
        changed += one["request"] != before
    assert changed, "nothing was changed"
    (tmp_path / tape.path.name).write_text(yaml.safe_dump(cassette, sort_keys=False))
    with pytest.raises(Mismatch, match=r"not recorded: \[.+`make record`"):
        play(SCENES[name], tmp_path)


def test_an_answer_that_nobody_asked_for_is_noticed(tmp_path: Path) -> None:
    tape = tape_of(SCENES["permission"])
    cassette = yaml.safe_load(tape.path.read_text())
    cassette["interactions"] *= 2
    (tmp_path / tape.path.name).write_text(yaml.safe_dump(cassette, sort_keys=False))
    with pytest.raises(Mismatch, match="not asked for"):
        play(SCENES["permission"], tmp_path)


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with hub_ground() as ground:
        yield ground


def test_what_is_recorded_holds_no_token(ground: Ground, tmp_path: Path) -> None:
    record(SCENES["artifacts"], ground, tmp_path)
    path = tmp_path / "artifacts.yaml"
    assert not holds(yaml.safe_load(path.read_text()), ground.token)
    assert len(interactions(path)) == len(interactions(tape_of(SCENES["artifacts"]).path))
    (led,) = (one for one in interactions(path) if one["response"]["status"]["code"] == 302)
    assert led["response"]["headers"]["location"] == ["https://elsewhere.invalid/1"]


PLANTS: list[Callable[[str], str]] = [
    lambda token: f"The key is {token}.",
    lambda token: base64.b64encode(f"x-access-token:{token}".encode()).decode(),
    lambda token: base64.urlsafe_b64encode(f"{token}:".encode()).decode(),
    lambda token: f"https://example.org/?key={quote(token, safe='')}",
]


@pytest.mark.parametrize("plant", PLANTS, ids=["plain", "credentials", "at the start", "address"])
def test_what_would_hold_the_token_is_not_written(
    ground: Ground, tmp_path: Path, plant: Callable[[str], str]
) -> None:
    body = plant(ground.token)
    number = ground.call("POST", "/issues", title="A leak", body=body)["number"]
    leak = Scene(
        "leak",
        lambda _: {"root": number},
        lambda wire, facts: wire.tracker.read(facts["root"], None),
        lambda facts, view: None,
    )
    with pytest.raises(SecretKept):
        record(leak, ground, tmp_path)
    assert list(tmp_path.iterdir()) == []
    harmless = replace(leak, prepare=SCENES["set-refused"].prepare)
    record(harmless, ground, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["leak.yaml"]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SPECLOOP_RECORD_REPOSITORY": "me/scratch"}, "GITHUB_TOKEN is not set"),
        ({"SPECLOOP_RECORD_REPOSITORY": "me/shop", "GITHUB_TOKEN": "x"}, "has `scratch` in its"),
        ({"SPECLOOP_RECORD_REPOSITORY": "scratch", "GITHUB_TOKEN": "x"}, "as `owner/name`"),
    ],
)
def test_half_a_wish_is_refused(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence), ground_of(environment):
        pass
