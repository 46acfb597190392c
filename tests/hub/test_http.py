"""What surrounds every answer: tokens, limits, pages, entity tags, hosts, errors, the log."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.hub import HubProcess, found_world, start_hub
from tests.hub.stage import Person, Stage


@pytest.mark.parametrize("scheme", ["Bearer {}", "token {}", "bearer {}"])
def test_a_token_is_taken_in_every_scheme(stage: Stage, scheme: str) -> None:
    headers = {"Authorization": scheme.format(stage.bot.token)}
    assert httpx.get(f"{stage.hub.url}/user", headers=headers).json()["login"] == "specloop[bot]"


def test_basic_takes_the_token_as_password(stage: Stage) -> None:
    pair = base64.b64encode(f"anyone:{stage.bot.token}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    assert httpx.get(f"{stage.hub.url}/user", headers=headers).json()["login"] == "specloop[bot]"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic ###", "Digest x"])
def test_an_unknown_token_is_bad_credentials(stage: Stage, header: str) -> None:
    answer = httpx.get(f"{stage.hub.url}/user", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_nobody_is_answered_without_a_token(stage: Stage) -> None:
    answer = httpx.get(f"{stage.hub.url}{stage.path}")
    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


def test_a_foreign_host_name_is_refused(stage: Stage) -> None:
    answer = stage.owner.http.get("/user", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "loopback" in answer.json()["message"]


def test_urls_are_built_from_the_host_the_client_used(stage: Stage) -> None:
    port = stage.hub.url.rpartition(":")[2]
    answer = stage.owner.http.get("/user", headers={"Host": f"localhost:{port}"})
    assert answer.json()["url"] == f"http://localhost:{port}/users/maintainer"


def test_an_unknown_route_says_that_the_hub_lacks_it(stage: Stage) -> None:
    answer = stage.owner.http.put("/repos/a/b/unheard/of")
    assert answer.status_code == 404
    assert answer.json()["message"] == "The hub does not have PUT /repos/a/b/unheard/of"
    assert answer.headers["X-Hub-Missing"] == "route"


def test_a_missing_object_is_not_a_missing_route(stage: Stage) -> None:
    answer = stage.owner.http.get(f"{stage.path}/issues/99")
    assert answer.status_code == 404
    assert "X-Hub-Missing" not in answer.headers
    assert set(answer.json()) == {"message", "documentation_url", "status"}


def test_malformed_json_is_told(stage: Stage) -> None:
    answer = stage.owner.http.post(f"{stage.path}/issues", content=b"{nope")
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_a_body_of_another_type_is_told(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/issues", ["not", "an", "object"], status=400)
    stage.owner.post(f"{stage.path}/issues", {"title": {"a": 1}}, status=422)


def test_a_huge_body_is_refused(stage: Stage) -> None:
    answer = stage.owner.http.post(f"{stage.path}/issues", content=b" " * (9 * 1024 * 1024))
    assert answer.status_code == 413


@pytest.mark.parametrize("version", [None, "2022-11-28", "2026-03-10"])
def test_known_api_versions_are_taken(stage: Stage, version: str | None) -> None:
    headers = {"X-GitHub-Api-Version": version} if version else {}
    assert stage.owner.http.get("/user", headers=headers).status_code == 200


def test_an_unknown_api_version_is_refused(stage: Stage) -> None:
    answer = stage.owner.http.get("/user", headers={"X-GitHub-Api-Version": "1999-01-01"})
    assert answer.status_code == 400


def test_every_answer_carries_the_headers_clients_read(stage: Stage) -> None:
    headers = stage.owner.http.get("/user").headers
    for name in ("X-RateLimit-Remaining", "X-RateLimit-Reset", "X-GitHub-Request-Id"):
        assert headers[name]
    assert headers["X-RateLimit-Resource"] == "core"
    assert "repo" in headers["X-OAuth-Scopes"]


def test_an_unchanged_answer_is_304_and_free(stage: Stage) -> None:
    path = f"{stage.path}/labels"
    stage.settle()
    first = stage.owner.http.get(path)
    again = stage.owner.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]


def test_a_changed_answer_has_another_tag(stage: Stage) -> None:
    first = stage.owner.http.get(stage.path)
    stage.issue()
    again = stage.owner.http.get(stage.path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


def test_pages_are_linked(stage: Stage) -> None:
    for number in range(5):
        stage.issue(f"Issue {number}")
    stage.settle()
    answer = stage.owner.http.get(f"{stage.path}/issues?per_page=2&page=2&state=all")
    assert [issue["number"] for issue in answer.json()] == [3, 2]
    pages = {name: httpx.URL(link["url"]).params["page"] for name, link in answer.links.items()}
    assert pages == {"prev": "1", "next": "3", "last": "3", "first": "1"}
    assert stage.owner.http.get(answer.links["next"]["url"]).json()[0]["number"] == 1


def test_a_page_has_at_most_a_hundred(stage: Stage) -> None:
    for number in range(101):
        name = f"label-{number}"
        stage.owner.post(f"{stage.path}/labels", {"name": name, "color": "ff0000"})
    stage.settle()
    assert len(stage.owner.get(f"{stage.path}/labels?per_page=500")) == 100


def test_every_request_is_logged(stage: Stage) -> None:
    stage.owner.get(f"{stage.path}/issues?state=all")
    stage.bot.data("query Who { viewer { login } }")
    lines = stage.hub.world.request_log.read_text().splitlines()
    entries = [json.loads(line) for line in lines[-2:]]
    assert [(e["method"], e["path"], e["operation"], e["status"], e["actor"]) for e in entries] == [
        ("GET", f"{stage.path}/issues", None, 200, "maintainer"),
        ("POST", "/graphql", "Who", 200, "specloop[bot]"),
    ]


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[HubProcess]:
    """A hub whose hourly pools are tiny."""
    with start_hub(
        found_world(tmp_path), extra=("--rest-limit", "3", "--graphql-limit", "2")
    ) as hub:
        yield hub


def test_a_spent_pool_refuses_and_the_other_is_its_own(poor: HubProcess) -> None:
    person = Person("maintainer", poor.world.tokens["maintainer"], poor.url)
    statuses = [person.http.get("/user").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 403]
    answer = person.http.get("/user")
    assert answer.json()["message"].startswith("API rate limit exceeded for user ID")
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert person.data("{viewer{login}}") and person.data("{viewer{login}}")
    assert person.refusal("{viewer{login}}")["type"] == "RATE_LIMITED"
    pools = person.get("/rate_limit")["resources"]
    assert (pools["core"]["remaining"], pools["graphql"]["remaining"]) == (0, 0)
    person.http.close()
