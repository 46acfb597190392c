"""Locked conversations, and assigning people one by one."""

from __future__ import annotations

import pytest

from tests.hub.stage import Stage

COMMENT = 'mutation($i:ID!){addComment(input:{subjectId:$i,body:"x"}){clientMutationId}}'
WORDS = "Unable to create comment because issue is locked."


def test_only_writers_talk_where_it_is_locked(stage: Stage) -> None:
    issue = stage.issue()
    one, reader, triager = (
        f"{stage.path}/issues/1",
        stage.newcomer("read"),
        stage.newcomer("triage"),
    )
    stage.owner.put(f"{one}/lock", {"lock_reason": "too heated"}, status=204)
    shown = stage.owner.get(one)
    assert (shown["locked"], shown["active_lock_reason"]) == (True, "too heated")
    for person in (reader, triager):
        refused = person.post(f"{one}/comments", {"body": "x"}, status=403)
        assert refused["message"] == WORDS
        assert person.refusal(COMMENT, i=issue["node_id"])["message"] == WORDS
    stage.bot.post(f"{one}/comments", {"body": "x"}, status=201)
    stage.owner.delete(f"{one}/lock", status=204)
    shown = stage.owner.get(one)
    assert (shown["locked"], shown["active_lock_reason"]) == (False, None)
    reader.post(f"{one}/comments", {"body": "x"}, status=201)


def test_a_pull_request_is_locked_too(stage: Stage) -> None:
    stage.pull("feature")
    stage.bot.put(f"{stage.path}/issues/1/lock", status=204)
    stage.bot.put(f"{stage.path}/issues/1/lock", {"lock_reason": "spam"}, status=204)
    shown = stage.bot.get(f"{stage.path}/pulls/1")
    assert (shown["locked"], shown["active_lock_reason"]) == (True, "spam")


def test_who_may_not_lock(stage: Stage) -> None:
    stage.issue()
    for role in ("read", "triage"):
        person = stage.newcomer(role)
        person.put(f"{stage.path}/issues/1/lock", {}, status=403)
        person.delete(f"{stage.path}/issues/1/lock", status=403)
    refused = stage.owner.put(f"{stage.path}/issues/1/lock", {"lock_reason": "x"}, status=422)
    assert refused["errors"][0]["field"] == "lock_reason"
    stage.owner.put(f"{stage.path}/issues/9/lock", {}, status=404)
    assert stage.owner.get(f"{stage.path}/issues/1")["locked"] is False


def test_people_are_assigned_one_by_one(stage: Stage) -> None:
    stage.issue(assignees=["maintainer"])
    one, writer, reader = f"{stage.path}/issues/1", stage.newcomer("write"), stage.newcomer("read")
    wish = {"assignees": [writer.login, reader.login, "nobody-at-all"]}
    made = stage.owner.post(f"{one}/assignees", wish, status=201)
    assert {who["login"] for who in made["assignees"]} == {"maintainer", writer.login}
    left = stage.owner.delete(f"{one}/assignees", {"assignees": ["maintainer"]}, status=200)
    assert [who["login"] for who in left["assignees"]] == [writer.login]
    reader.post(f"{one}/assignees", {"assignees": [writer.login]}, status=403)
    able = {who["login"] for who in stage.owner.get(f"{stage.path}/assignees")}
    assert able == {"maintainer", stage.bot.login, writer.login}


@pytest.mark.parametrize("name", ["maintainer", "nobody-at-all"])
def test_who_can_be_assigned(stage: Stage, name: str) -> None:
    status = 204 if name == "maintainer" else 404
    stage.owner.get(f"{stage.path}/assignees/{name}", status=status)
