"""What no client should send: GitHub's answer or one sentence, and the world stays whole."""

from __future__ import annotations

import json
import resource
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.conftest import set_up
from tests.hub.stage import Person, Stage

PATIENCE = 0.5
WRONG: tuple[Any, ...] = ({"a": 1}, [[1]], True, 10**30, 1.5)
FIELDS = {
    "POST /issues": ["title", "body", "labels", "milestone", "assignees"],
    "PATCH /issues/1": ["title", "body", "labels", "milestone", "assignees", "state"],
    "POST /issues/1/comments": ["body"],
    "POST /issues/1/labels": ["labels"],
    "POST /issues/1/sub_issues": ["sub_issue_id"],
    "POST /issues/1/dependencies/blocked_by": ["issue_id"],
    "POST /labels": ["name", "color", "description"],
    "POST /milestones": ["title", "due_on", "state", "description"],
    "POST /pulls": ["title", "head", "base", "body", "draft"],
    "PATCH /pulls/2": ["title", "body", "base", "state"],
    "PUT /pulls/2/merge": ["sha", "merge_method", "commit_title"],
    "POST /pulls/2/reviews": ["event", "body", "commit_id", "comments"],
    "POST /git/refs": ["ref", "sha"],
    "PATCH ": ["private", "default_branch", "description"],
}
SOUND = {"title": "t", "body": "b", "name": "n", "color": "ff0000", "head": "feature",
         "base": "main", "ref": "refs/x/y", "sha": "0" * 40, "event": "COMMENT"}  # fmt: skip


@pytest.mark.parametrize("route", FIELDS)
def test_a_value_of_a_wrong_type_is_told_by_its_field(stage: Stage, route: str) -> None:
    stage.issue()
    stage.pull("feature")
    method, _, rest = route.partition(" ")
    for name in FIELDS[route]:
        for value in WRONG:
            body = {key: SOUND[key] for key in FIELDS[route] if key in SOUND} | {name: value}
            answer = stage.owner.http.request(method, stage.path + rest, json=body)
            assert answer.status_code < 500, f"{route} {name}={value!r}: {answer.text}"
            if isinstance(value, dict):
                assert answer.status_code == 422, f"{route} {name}={value!r}: {answer.text}"
                assert answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"[" * 100_000, b'{"title": "\\ud800"}', b'{"title": "a" "b"}'],
    ids=["cut", "no text", "deep", "half a character", "two values"],
)
def test_what_is_no_json_is_told(stage: Stage, body: bytes) -> None:
    answer = stage.owner.http.post(f"{stage.path}/issues", content=body)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


@pytest.mark.parametrize(
    "query",
    ["{ viewer {", "", "{" * 5_000, "query A{viewer{login}} query B{viewer{login}}",
     "{viewer{login}} }", "mutation{createIssue(input:{}){issue{id}}}", "{nothing}",
     "{...F} fragment F on Query {...F}", "{a" + "{a" * 20_000],
)  # fmt: skip
def test_graphql_that_cannot_be_run_is_explained(stage: Stage, query: str) -> None:
    content = stage.owner.ask(query)
    assert content["errors"][0]["message"]
    assert not content.get("data")


@pytest.mark.parametrize("body", [[], "text", 1, {"query": 1}, {"query": None}, {"variables": []}])
def test_a_graphql_request_of_another_shape_is_refused(stage: Stage, body: Any) -> None:
    answer = stage.owner.http.post("/graphql", content=json.dumps(body))
    assert answer.status_code in (200, 400)
    assert "message" in json.dumps(answer.json())


@pytest.mark.parametrize(
    "path", ["issues/99999999999999999999", "issues/-1", "issues/0", "issues/%00", "labels/%ff"]
)
def test_odd_paths_are_not_found(stage: Stage, path: str) -> None:
    assert stage.owner.http.get(f"{stage.path}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["commits/main/check-runs", "commits/a/b/pulls", "branches/main/protection/enforce_admins",
     "commits/main/nothing-like-that", "issues/1/timeline", "actions/caches"],
)  # fmt: skip
def test_a_route_of_github_is_missing_and_not_a_branch(stage: Stage, path: str) -> None:
    answer = stage.owner.http.get(f"{stage.path}/{path}")
    is_name = path.endswith("nothing-like-that")
    assert answer.status_code == (422 if is_name else 404)
    assert answer.headers.get("x-hub-missing") == (None if is_name else "route")
    assert ("The hub does not have GET" in answer.json()["message"]) is not is_name


@pytest.mark.parametrize("listing", ["issues", "pulls"])
def test_a_state_that_is_none_is_told(stage: Stage, listing: str) -> None:
    for word in ("open", "closed", "all", ""):
        stage.owner.get(f"{stage.path}/{listing}?state={word}", status=200)
    refused = stage.owner.get(f"{stage.path}/{listing}?state=merged", status=422)
    assert refused["errors"][0]["field"] == "state"


@pytest.mark.parametrize("query", ["page=x&per_page=-1", "page=99999999999", "since=x", "sort=x"])
def test_odd_queries_do_no_harm(stage: Stage, query: str) -> None:
    assert stage.owner.http.get(f"{stage.path}/issues?{query}").status_code in (200, 422)


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[HubProcess]:
    """A hub that waits half a second for what a client has to say."""
    with start_hub(found_world(tmp_path), extra=("--patience", str(PATIENCE))) as hub:
        yield hub


HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "said",
    [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\n{", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["nothing", "half a head", "half a body", "no chunk"],
)
def test_a_client_that_never_finishes_is_dropped(hasty: HubProcess, said: bytes) -> None:
    port = int(hasty.url.rpartition(":")[2])
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(said)
        heard = b""
        while chunk := connection.recv(65536):
            heard += chunk
    assert PATIENCE * 0.9 < time.monotonic() - began < 15
    assert heard == b"" or heard.startswith(b"HTTP/1.1 408")


def test_a_slow_client_is_served_within_its_time(hasty: HubProcess) -> None:
    token = hasty.world.tokens["maintainer"]
    text = f"GET /user HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {token}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(hasty.url.rpartition(":")[2]))) as connection:
        for part in (text[:20], text[20:50], text[50:]):
            connection.sendall(part.encode())
            time.sleep(PATIENCE / 10)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Stage]:
    """A repository on a hub of its own."""
    with start_hub(found_world(tmp_path / "world"), lag=0) as hub:
        stage = set_up(hub, tmp_path)
        yield stage
        stage.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_a_full_disk_is_one_sentence_and_the_world_lives(mortal: Stage) -> None:
    mortal.issue("before")
    wal = mortal.hub.world.database.with_name("hub.sqlite-wal")
    old = resource.prlimit(mortal.hub.pid, resource.RLIMIT_FSIZE)
    limit(mortal.hub.pid, wal.stat().st_size + 40_000, old[1])
    answers = [
        mortal.owner.http.post(f"{mortal.path}/issues", json={"title": "x", "body": "y" * 30_000})
        for _ in range(8)
    ]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert refused
    assert {answer.status_code for answer in refused} == {507}
    assert "The hub cannot write its world" in refused[0].json()["message"]
    assert mortal.owner.get(f"{mortal.path}/issues/1")["title"] == "before"
    limit(mortal.hub.pid, old[0], old[1])
    mortal.issue("after")
    kept = 2 + len(answers) - len(refused)
    mortal.hub.kill()
    with closing(sqlite3.connect(mortal.hub.world.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with start_hub(mortal.hub.world, lag=0) as hub:
        owner = Person("maintainer", mortal.owner.token, hub.url)
        listed = owner.get(f"{mortal.path}/issues?per_page=100")
        owner.http.close()
    assert len(listed) == kept


def limit(pid: int, soft: int, hard: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
