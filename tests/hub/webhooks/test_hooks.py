"""Hooks as an API: making, changing, refusing; deliveries, signed and kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.stage import Stage, eventually
from tests.hub.webhooks.ear import SECRET, Ear, hook


def test_a_hook_is_made_and_pinged(stage: Stage, ear: Ear) -> None:
    made = hook(stage, ear, "issues", "push")
    assert (made["type"], made["name"], made["active"]) == ("Repository", "web", True)
    assert made["events"] == ["issues", "push"]
    assert made["config"] == {
        "url": ear.url,
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
    }
    (ping,) = ear.heard
    assert ping.event == "ping"
    assert ping.is_signed
    assert (ping.payload["hook_id"], ping.payload["hook"]["id"]) == (made["id"], made["id"])
    assert SECRET.encode() not in ping.body
    path = f"{stage.path}/hooks"
    assert [one["id"] for one in stage.owner.get(path)] == [made["id"]]
    shown = eventually(
        lambda: stage.owner.get(f"{path}/{made['id']}"),
        lambda found: found["last_response"]["code"] is not None,
    )
    assert shown["last_response"] == {"code": 200, "status": "active", "message": "OK"}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no config": ({"config": None}, "config"),
    "no url": ({"config": {}}, "url"),
    "far away": ({"config": {"url": "http://192.0.2.1/x"}}, "url"),
    "by name": ({"config": {"url": "http://example.org/x"}}, "url"),
    "a name like ours": ({"config": {"url": "http://localhost.example.org/x"}}, "url"),
    "a user": ({"config": {"url": "http://me:pw@127.0.0.1/x"}}, "url"),
    "encrypted": ({"config": {"url": "https://127.0.0.1/x"}}, "url"),
    "a file": ({"config": {"url": "file:///etc/passwd"}}, "url"),
    "a port": ({"config": {"url": "http://127.0.0.1:99999/"}}, "url"),
    "two lines": ({"config": {"url": "http://127.0.0.1/\r\nX: y"}}, "url"),
    "content type": ({"config": {"url": "http://[::1]/", "content_type": "xml"}}, "content_type"),
    "event": ({"events": ["workflow_run"]}, "events"),
    "events": ({"events": "push"}, "events"),
    "name": ({"name": "email"}, "name"),
    "active": ({"active": "yes"}, "active"),
}


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD.keys())
def test_a_bad_hook_is_refused(stage: Stage, change: dict[str, Any], field: str) -> None:
    wish = {"config": {"url": "http://127.0.0.1:9/"}, "events": ["push"], **change}
    answer = stage.owner.post(f"{stage.path}/hooks", wish, status=422)
    assert answer["errors"][0]["field"] == field
    assert stage.owner.get(f"{stage.path}/hooks") == []


def test_a_twin_is_refused(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "push")
    wish = {"config": {"url": ear.url}}
    answer = stage.owner.post(f"{stage.path}/hooks", wish, status=422)
    assert answer["errors"][0]["message"] == "Hook already exists on this repository"


def test_only_admins_know_of_hooks(stage: Stage, ear: Ear) -> None:
    made = hook(stage, ear)
    for path in ("hooks", f"hooks/{made['id']}", f"hooks/{made['id']}/deliveries"):
        stage.bot.get(f"{stage.path}/{path}", status=404)
    stage.bot.post(f"{stage.path}/hooks", {"config": {"url": ear.url}}, status=404)
    stage.owner.get(f"{stage.path}/hooks/1", status=404)


def test_a_hook_changes_and_ends(stage: Stage, ear: Ear) -> None:
    path = f"{stage.path}/hooks/{hook(stage, ear, 'push')['id']}"
    changed = stage.owner.patch(path, {"add_events": ["issues", "label"]})
    assert changed["events"] == ["push", "issues", "label"]
    assert stage.owner.patch(path, {"remove_events": ["push"]})["events"] == ["issues", "label"]
    stage.owner.patch(path, {"config": {"url": "http://far.example/"}}, status=422)
    stage.issue("one")
    (first,) = ear.wait(1)
    assert first.is_signed
    assert stage.owner.patch(path, {"active": False})["active"] is False
    stage.issue("two")
    assert stage.owner.patch(path, {"active": True, "events": ["issues"]})["active"] is True
    stage.issue("three")
    titles = [one.payload["issue"]["title"] for one in ear.wait(2)]
    assert titles == ["one", "three"]
    stage.owner.delete(path, status=204)
    stage.owner.get(path, status=404)


def test_deliveries_are_kept_and_sent_again(stage: Stage, ear: Ear) -> None:
    path = f"{stage.path}/hooks/{hook(stage, ear)['id']}/deliveries"
    ear.status = 500
    stage.issue("x")
    (heard,) = ear.wait(1)
    found = eventually(lambda: stage.owner.get(path), lambda seen: len(seen) == 2)
    latest = found[0]
    assert (latest["event"], latest["action"], latest["status_code"]) == ("issues", "opened", 500)
    assert (latest["guid"], latest["redelivery"]) == (heard.guid, False)
    whole = stage.owner.get(f"{path}/{latest['id']}")
    assert whole["request"]["payload"] == heard.payload
    assert whole["response"]["payload"] == "heard"
    assert SECRET not in str(whole)
    ear.status = 200
    stage.owner.post(f"{path}/{latest['id']}/attempts", status=202)
    again = ear.wait(2)[1]
    assert (again.guid, again.body) == (heard.guid, heard.body)
    newest = eventually(lambda: stage.owner.get(path), lambda seen: len(seen) == 3)[0]
    assert (newest["redelivery"], newest["status"]) == (True, "OK")


def test_nobody_listening_is_no_trouble(stage: Stage) -> None:
    wish = {"config": {"url": "http://127.0.0.1:9/"}, "events": ["*"]}
    made = stage.owner.post(f"{stage.path}/hooks", wish)
    stage.issue("x")
    path = f"{stage.path}/hooks/{made['id']}/deliveries"
    found = eventually(lambda: stage.owner.get(path), lambda seen: len(seen) == 2)
    assert {one["status_code"] for one in found} == {0}


def test_a_form_carries_the_payload(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues", content_type="form")
    stage.issue("ü & =")
    (heard,) = ear.wait(1)
    assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
    assert heard.payload["issue"]["title"] == "ü & ="
    assert heard.is_signed


def test_a_slow_receiver_holds_up_no_request(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "issues")
    ear.open.clear()
    made = [stage.issue(str(number))["number"] for number in range(3)]
    assert made == [1, 2, 3]
    assert ear.names() == ["ping"]
    ear.open.set()
    assert [one.payload["issue"]["number"] for one in ear.wait(3)] == made


def test_other_repositories_and_events_are_not_told(stage: Stage, ear: Ear) -> None:
    hook(stage, ear, "milestone")
    other = stage.owner.post("/user/repos", {"name": f"{stage.name}-b"})["name"]
    stage.owner.post(f"/repos/{stage.owner.login}/{other}/milestones", {"title": "far"})
    stage.issue("x")
    stage.owner.post(f"{stage.path}/milestones", {"title": "near"})
    ear.wait(1)
    assert ear.names() == ["ping", "milestone.created"]
