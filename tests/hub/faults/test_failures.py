"""Failures before and after the effect, for whole requests, aliases, batches and git."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import httpx
import pytest

from tests.hub.faults.rules import (
    CREATE,
    clear,
    fired,
    hangs_up,
    repository_id,
    switch_on,
    titles,
    write,
)
from tests.hub.stage import Stage, git, try_git

FAULTS = "/_hub/faults"
ONCE = {"fault": "fail", "times": 1, "match": {"method": "POST", "path": "/repos/**/issues"}}


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_failure_before_does_nothing_and_one_after_does_it(
    stage: Stage, status: int, when: str
) -> None:
    switch_on(stage, {**ONCE, "answer": status, "when": when})
    answer = write(stage.owner, f"{stage.path}/issues", {"title": "once"})
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert titles(stage) == (["once"] if when == "after" else [])
    assert fired(stage) == ["fail"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_dropped_connection_says_nothing(stage: Stage, when: str) -> None:
    switch_on(stage, {**ONCE, "answer": "drop", "when": when})
    hangs_up(stage.owner, "POST", f"{stage.path}/issues", {"title": "once"})
    assert titles(stage) == (["once"] if when == "after" else [])
    assert stage.issue("twice")["number"] == (2 if when == "after" else 1)


def test_an_error_of_the_clients_is_lost_too(stage: Stage) -> None:
    switch_on(stage, {**ONCE, "when": "after"})
    assert write(stage.owner, f"{stage.path}/issues", {"title": ""}).status_code == 502
    assert titles(stage) == []


def test_slow_answers_come(stage: Stage) -> None:
    match = {"path": "/repos/**"}
    switch_on(
        stage,
        {"fault": "slow", "seconds": 0.01, "match": match},
        {"fault": "slow", "seconds": 0.01, "when": "after", "match": match},
    )
    assert stage.issue("slow")["number"] == 1
    assert fired(stage) == ["slow", "slow"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_alias_fails_and_its_siblings_do_not(stage: Stage, when: str) -> None:
    match = {"operation": "Plan", "alias": "i1"}
    switch_on(stage, {"fault": "fail", "when": when, "match": match})
    answer = stage.owner.ask(CREATE, r=repository_id(stage))
    (error,) = answer["errors"]
    assert error["path"] == ["i1"]
    assert answer["data"]["i1"] is None
    assert answer["data"]["i2"]["issue"]["number"] == (3 if when == "after" else 2)
    assert titles(stage) == (["a", "b", "c"] if when == "after" else ["a", "c"])


@pytest.mark.parametrize("answer", [502, "drop"])
@pytest.mark.parametrize("applied", [0, 2])
def test_a_batch_is_applied_in_part(stage: Stage, applied: int, answer: int | str) -> None:
    home = repository_id(stage)
    switch_on(stage, {"fault": "partial_batch", "applied": applied, "answer": answer, "times": 1})
    body = {"query": CREATE, "variables": {"r": home}}
    if answer == "drop":
        hangs_up(stage.owner, "POST", "/graphql", body)
    else:
        assert write(stage.owner, "/graphql", body).status_code == answer
    assert titles(stage) == ["a", "b", "c"][:applied]
    stage.owner.data(CREATE, r=home)


def test_a_batch_that_is_no_longer_is_spared(stage: Stage) -> None:
    switch_on(stage, {"fault": "partial_batch", "applied": 3})
    stage.owner.data(CREATE, r=repository_id(stage))
    assert titles(stage) == ["a", "b", "c"]
    assert fired(stage) == []


def test_a_push_fails_before_or_is_done_without_an_answer(stage: Stage) -> None:
    checkout = stage.clone()
    first = checkout.commit({"x": "1"})
    match = {"api": "git", "path": "/**/git-receive-pack", "method": "POST"}
    switch_on(stage, {"fault": "fail", "answer": 503, "match": match, "times": 1})
    assert try_git(checkout.path, "push", "-q", "origin", "HEAD:refs/heads/x").returncode != 0
    assert try_git(stage.bare, "rev-parse", "--verify", "-q", "refs/heads/x").returncode != 0
    switch_on(stage, {"fault": "fail", "when": "after", "match": match, "times": 1})
    assert try_git(checkout.path, "push", "-q", "origin", "HEAD:refs/heads/x").returncode != 0
    assert git(stage.bare, "rev-parse", "refs/heads/x") == first
    assert fired(stage) == ["fail"]
    clear(stage)
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/x")


def test_a_fetch_may_be_dropped(stage: Stage) -> None:
    switch_on(stage, {"fault": "fail", "answer": "drop", "match": {"api": "git"}})
    assert try_git(stage.folder, "ls-remote", stage.remote(stage.bot)).returncode != 0
    clear(stage)
    git(stage.folder, "ls-remote", stage.remote(stage.bot))


def test_a_world_full_of_faults_stays_whole(stage: Stage) -> None:
    match = {"method": "POST", "path": f"{stage.path}/issues"}
    often = {"probability": 0.3, "match": match}
    switch_on(
        stage,
        {"fault": "slow", "seconds": 0.001, "when": "after", "seed": 1, **often},
        {"fault": "fail", "when": "after", "answer": "drop", "seed": 2, **often},
        {"fault": "secondary_limit", "seed": 3, **often},
        {"fault": "fail", "answer": "drop", "seed": 4, **often},
    )

    def work(worker: int) -> list[str]:
        made = []
        with httpx.Client(base_url=stage.hub.url, trust_env=False, timeout=30) as http:
            http.headers["Authorization"] = f"Bearer {stage.owner.token}"
            for number in range(15):
                title = f"{worker}/{number}"
                with suppress(httpx.RemoteProtocolError):
                    answer = http.post(f"{stage.path}/issues", json={"title": title})
                    assert answer.status_code in (201, 403)
                    made += [title] if answer.status_code == 201 else []
        return made

    with ThreadPoolExecutor(4) as pool:
        answered = [title for made in pool.map(work, range(4)) for title in made]
    counts = {rule["rule"]["seed"]: rule["fired"] for rule in stage.owner.get(FAULTS)["rules"]}
    clear(stage)
    there = titles(stage)
    assert len(there) == len(set(there)) == 60 - counts[3] - counts[4]
    assert set(answered) <= set(there)
    assert 0 < len(there) - len(answered) <= counts[2]
    with closing(sqlite3.connect(stage.hub.world.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_log_has_what_was_spoilt(stage: Stage) -> None:
    switch_on(stage, {**ONCE, "answer": "drop"})
    hangs_up(stage.owner, "POST", f"{stage.path}/issues", {"title": "x"})
    last = stage.hub.world.request_log.read_text().splitlines()[-1]
    assert '"status": 0' in last
    assert '"actor": "maintainer"' in last


def test_an_update_that_is_ignored_keeps_the_old_body(stage: Stage) -> None:
    stage.issue("kept")
    said = write(stage.owner, f"{stage.path}/issues/1/comments", {"body": "old"}).json()
    switch_on(stage, {"fault": "ignore_updates", "times": 1})
    update = """mutation($id: ID!, $body: String!) {
      updateIssueComment(input: {id: $id, body: $body}) { issueComment { body } } }"""
    bodies = []
    for body in ("ignored", "new"):
        variables = {"id": said["node_id"], "body": body}
        answer = stage.owner.data(update, **variables)
        bodies.append(answer["updateIssueComment"]["issueComment"]["body"])
    assert bodies == ["old", "new"]
    assert fired(stage) == ["ignore_updates"]
