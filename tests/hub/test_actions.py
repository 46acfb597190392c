"""Workflows on the hub: dispatched, listed, cancelled; artifacts; what a workflow's token may."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hub.actions.expressions import BadExpression, evaluate, fill
from tests.hub.stage import Person, Stage
from tests.hub.test_scopes import workflow

FILE = """\
name: Loop
run-name: "loop #${{ inputs.milestone }} by ${{ github.event_name }}"
on:
  issues: {types: [labeled]}
  workflow_dispatch:
    inputs:
      milestone: {required: true, type: string}
      depth: {default: "2"}
"""
REFUSED = "GitHub Actions is not permitted to create or approve pull requests."


@pytest.fixture
def loop(stage: Stage) -> str:
    """The address of a workflow that can be dispatched."""
    checkout = stage.clone(stage.owner)
    folder = ".github/workflows"
    checkout.commit({f"{folder}/loop.yml": FILE, f"{folder}/ci.yml": "on: [push, issues]\n"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    return f"{stage.path}/actions/workflows/loop.yml"


def dispatches(person: Person, address: str, **inputs: str) -> int:
    """Dispatch it at main and return the run's id."""
    wish = {"ref": "main", "inputs": inputs, "return_run_details": True}
    made: int = person.post(f"{address}/dispatches", wish)["workflow_run_id"]
    return made


def test_a_dispatched_run_is_listed_taken_and_ended(stage: Stage, loop: str) -> None:
    job = workflow(stage, actions="write")
    run, other = dispatches(job, loop, milestone="7"), dispatches(job, loop, milestone="8")
    actions = f"{stage.path}/actions"
    listed = stage.owner.get(f"{actions}/runs?event=workflow_dispatch&status=queued&per_page=1")
    assert listed["total_count"] == 2
    [newest] = listed["workflow_runs"]
    assert (newest["id"], newest["display_title"]) == (other, "loop #8 by workflow_dispatch")
    assert newest["actor"]["login"] == "github-actions[bot]"
    assert newest["head_sha"] == stage.tip()
    [taken, _] = [r for r in stage.owner.get("/_hub/runs") if r["id"] in (run, other)]
    assert taken["payload"]["inputs"] == {"milestone": "7", "depth": "2"}
    assert (taken["path"], taken["status"]) == (".github/workflows/loop.yml", "queued")

    stage.owner.patch(f"/_hub/runs/{run}", {"status": "in_progress"})
    job.post(f"{actions}/runs/{run}/cancel", status=202)
    assert job.get(f"{actions}/runs/{run}")["status"] == "in_progress"
    [taken] = [r for r in stage.owner.get("/_hub/runs") if r["id"] == run]
    assert taken["is_cancelled"]
    stage.owner.patch(f"/_hub/runs/{run}", {"status": "completed", "conclusion": "cancelled"})
    words = job.post(f"{actions}/runs/{run}/cancel", status=409)["message"]
    assert words == "Cannot cancel a workflow run that is completed."
    job.post(f"{actions}/runs/{other}/cancel", status=202)
    ended = job.get(f"{loop}/runs?status=cancelled&actor=github-actions[bot]&branch=main")
    assert [r["id"] for r in ended["workflow_runs"]] == [other, run]
    assert stage.owner.get(f"{actions}/runs?head_sha={'0' * 40}")["total_count"] == 0


def test_what_cannot_be_dispatched_is_refused_in_githubs_words(stage: Stage, loop: str) -> None:
    def refused(address: str, status: int = 422, **wish: Any) -> str:
        words: str = stage.owner.post(f"{address}/dispatches", wish, status)["message"]
        return words

    assert refused(f"{stage.path}/actions/workflows/no.yml", 404, ref="main") == "Not Found"
    assert refused(f"{stage.path}/actions/workflows/99", 404, ref="main") == "Not Found"
    assert refused(loop, ref="away") == "No ref found for: away"
    assert refused(loop, ref="main") == "Required input 'milestone' not provided"
    unknown = {"milestone": "1", "x": "y"}
    assert refused(loop, ref="main", inputs=unknown) == 'Unexpected inputs provided: ["x"]'
    ci = f"{stage.path}/actions/workflows/ci.yml"
    assert refused(ci, ref="main") == "Workflow does not have 'workflow_dispatch' trigger"
    assert stage.owner.get(f"{stage.path}/actions/runs/1", 404)


def test_a_job_needs_the_permission_actions(stage: Stage, loop: str) -> None:
    reader = workflow(stage, actions="read", contents="write")
    wish = {"ref": "main", "inputs": {"milestone": "1"}}
    reader.post(f"{loop}/dispatches", wish, status=403)
    none = workflow(stage, contents="write", issues="write")
    none.get(f"{stage.path}/actions/runs", status=403)
    run = dispatches(stage.owner, loop, milestone="1")
    reader.post(f"{stage.path}/actions/runs/{run}/cancel", status=403)
    assert reader.get(f"{stage.path}/actions/runs/{run}")["run_number"] == 1
    writer = workflow(stage, actions="write")
    writer.get(f"{stage.path}/actions/permissions/workflow", status=403)
    for path, body in (("/_hub/runs", None), (f"/_hub/runs/{run}/artifacts/x", {"content": ""})):
        writer.call("PUT" if body else "GET", path, body, status=403)


def test_opening_pull_requests_needs_the_setting(stage: Stage) -> None:
    stage.branch("feature", {"f.txt": "x"})
    job = workflow(stage, contents="write", pull_requests="write")
    wish = {"title": "x", "head": "feature", "base": "main"}
    assert job.post(f"{stage.path}/pulls", wish, status=403)["message"] == REFUSED
    mutation = (
        'mutation($r:ID!){createPullRequest(input:{repositoryId:$r,title:"x",'
        'headRefName:"feature",baseRefName:"main"}){clientMutationId}}'
    )
    repository = stage.owner.get(stage.path)["node_id"]
    assert job.refusal(mutation, r=repository)["message"] == REFUSED
    setting = f"{stage.path}/actions/permissions/workflow"
    expected = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    assert stage.owner.get(setting) == expected
    stage.owner.put(setting, {"can_approve_pull_request_reviews": True}, status=204)
    job.post(f"{stage.path}/pulls", wish, status=201)
    stage.bot.get(setting, status=403)
    stage.owner.put(setting, {"default_workflow_permissions": "admin"}, status=422)


def test_a_run_for_an_event_leaves_artifacts(stage: Stage, loop: str) -> None:
    name = f"maintainer/{stage.name}"
    payload = {"action": "labeled", "sender": {"login": stage.bot.login}}
    path = ".github/workflows/loop.yml"
    wish = {"repository": name, "path": path, "event": "issues", "payload": payload}
    run = stage.owner.post("/_hub/runs", wish, status=201)
    assert (run["actor"], run["title"]) == (stage.bot.login, "loop # by issues")
    stage.owner.post("/_hub/runs", {**wish, "path": "x.yml"}, status=404)
    stage.owner.post("/_hub/runs", {**wish, "payload": "x"}, status=422)
    address = f"/_hub/runs/{run['id']}"
    stage.owner.patch(address, {"status": "completed"}, status=422)
    stage.owner.call("PUT", f"{address}/artifacts/words", {"content": "%"}, status=422)
    for content in (b"old", b"new"):
        body = {"content": base64.b64encode(content).decode()}
        stage.owner.call("PUT", f"{address}/artifacts/words", body, status=201)
    job = workflow(stage, actions="read")
    listed = job.get(f"{stage.path}/actions/runs/{run['id']}/artifacts?name=words")
    [artifact] = listed["artifacts"]
    assert artifact["workflow_run"]["id"] == run["id"]
    assert job.get(f"{stage.path}/actions/artifacts?name=other")["total_count"] == 0
    led = job.http.get(artifact["archive_download_url"])
    assert led.status_code == 302
    assert job.http.get(led.headers["Location"]).content == b"new"
    spoilt = led.headers["Location"][:-1] + "~"
    assert httpx.get(spoilt, headers=dict(job.http.headers), trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.event_name == 'Issues' && inputs.n || 'none'", "7"),
        ("!(github.event_name != 'issues')", True),
        ("contains(github.event.comment.body, '/stop')", True),
        ("startsWith(github.event.comment.body, '/stop')", False),
        ("format('{1}-{0}', 1, inputs.n)", "7-1"),
        ("contains(fromJSON('[\"a\",\"b\"]'), 'B')", True),
        ("github.event.issue.number || github.nothing.at.all || 'it''s'", "it's"),
        ("null == '' && 1 == true && inputs.n == 7", True),
        ("contains(github.event.labels.*.name, 'Spec')", True),
        ("contains(github.event.*.name, 'spec') || contains(inputs.*, '7')", True),
        ("toJSON(inputs)", '{"n": "7"}'),
    ],
)
def test_expressions(text: str, value: object) -> None:
    event = {"comment": {"body": "please /stop"}, "labels": [{"name": "bug"}, {"name": "spec"}]}
    context = {"github": {"event_name": "issues", "event": event}, "inputs": {"n": "7"}}
    assert evaluate(text, context) == value


@given(st.text("'&|=!().,a1 ${}\\n", max_size=12))
def test_whatever_is_no_expression_is_told(text: str) -> None:
    try:
        fill(f"${{{{ {text} }}}}", {"a": "b"})
    except BadExpression as told:
        assert str(told)
