"""Who may do what: readers read, triagers sort, writers write, strangers see nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.conftest import set_up
from tests.hub.stage import Stage


@pytest.fixture
def hidden(stage: Stage) -> Iterator[Stage]:
    made = set_up(stage.hub, stage.folder, private=True)
    yield made
    made.close()


def test_a_private_repository_does_not_exist_for_strangers(stage: Stage, hidden: Stage) -> None:
    stranger = stage.newcomer()
    stranger.get(hidden.path, status=404)
    stranger.get(f"{hidden.path}/issues", status=404)
    stranger.post(f"{hidden.path}/issues", {"title": "x"}, status=404)
    words = "Could not resolve to a Repository with the name"
    query = 'query($n:String!){repository(owner:"maintainer",name:$n){id}}'
    error = stranger.refusal(query, n=hidden.name)
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository"])
    assert error["message"].startswith(words)
    secret = hidden.issue()["node_id"]
    assert stranger.refusal("query($i:ID!){node(id:$i){id}}", i=secret)["type"] == "NOT_FOUND"


def test_anyone_may_open_issues_and_comment_in_public(stage: Stage) -> None:
    stranger = stage.newcomer()
    extras = {"labels": ["spec"], "milestone": 99, "assignees": []}
    issue = stranger.post(f"{stage.path}/issues", {"title": "Hi", **extras}, status=201)
    assert (issue["labels"], issue["milestone"], issue["author_association"]) == ([], None, "NONE")
    stranger.post(f"{stage.path}/issues/1/comments", {"body": "Hello"}, status=201)
    stranger.patch(f"{stage.path}/issues/1", {"body": "mine to edit"}, status=200)


def test_readers_cannot_change_what_is_not_theirs(stage: Stage) -> None:
    reader = stage.newcomer("read")
    stage.issue()
    comment = stage.owner.post(f"{stage.path}/issues/1/comments", {"body": "x"})["id"]
    refused = [
        reader.patch(f"{stage.path}/issues/1", {"title": "y"}, status=403),
        reader.post(f"{stage.path}/issues/1/labels", {"labels": ["bug"]}, status=403),
        reader.patch(f"{stage.path}/issues/comments/{comment}", {"body": "y"}, status=403),
        reader.post(f"{stage.path}/labels", {"name": "new", "color": "ff0000"}, status=403),
        reader.post(f"{stage.path}/milestones", {"title": "M"}, status=403),
        reader.get(f"{stage.path}/collaborators", status=403),
    ]
    assert all(answer["message"] for answer in refused)


def test_triagers_sort_and_do_not_write(stage: Stage) -> None:
    triager = stage.newcomer("triage")
    stage.issue()
    triager.post(f"{stage.path}/issues/1/labels", {"labels": ["bug", "unheard of"]}, status=200)
    triager.patch(f"{stage.path}/issues/1", {"state": "closed"}, status=200)
    triager.patch(f"{stage.path}/issues/1", {"title": "new"}, status=403)
    labels = stage.owner.get(f"{stage.path}/issues/1")["labels"]
    assert [label["name"] for label in labels] == ["bug"]


def test_an_app_is_told_that_it_is_one(stage: Stage) -> None:
    stage.owner.put(f"{stage.path}/collaborators/specloop[bot]", {"permission": "pull"})
    stage.issue()
    answer = stage.bot.patch(f"{stage.path}/issues/1", {"title": "x"}, status=403)
    assert answer["message"] == "Resource not accessible by integration"


def test_graphql_names_the_mutation_that_is_forbidden(stage: Stage) -> None:
    reader = stage.newcomer("read")
    issue = stage.issue()["node_id"]
    error = reader.refusal("mutation($i:ID!){closeIssue(input:{issueId:$i}){issue{id}}}", i=issue)
    assert error["type"] == "FORBIDDEN"
    assert "does not have the correct permissions to execute `CloseIssue`" in error["message"]


@pytest.mark.parametrize(
    ("role", "permission", "role_name"),
    [
        ("pull", "read", "read"),
        ("triage", "read", "triage"),
        ("push", "write", "write"),
        ("maintain", "write", "maintain"),
        ("admin", "admin", "admin"),
    ],
)
def test_the_permission_endpoint_has_two_words(
    stage: Stage, role: str, permission: str, role_name: str
) -> None:
    person = stage.newcomer(role)
    answer = stage.bot.get(f"{stage.path}/collaborators/{person.login}/permission")
    assert (answer["permission"], answer["role_name"]) == (permission, role_name)


def test_a_stranger_may_read_in_public_and_nothing_in_private(stage: Stage, hidden: Stage) -> None:
    stranger = stage.newcomer()
    path = f"collaborators/{stranger.login}/permission"
    assert stage.owner.get(f"{stage.path}/{path}")["permission"] == "read"
    assert stage.owner.get(f"{hidden.path}/{path}")["permission"] == "none"
    stage.owner.get(f"{stage.path}/collaborators/nobody-at-all/permission", status=404)


def test_a_removed_collaborator_loses_the_role_at_once(stage: Stage) -> None:
    writer = stage.newcomer("push")
    stage.owner.delete(f"{stage.path}/collaborators/{writer.login}", status=204)
    writer.post(f"{stage.path}/labels", {"name": "new", "color": "ff0000"}, status=403)


def test_only_the_first_account_makes_accounts(stage: Stage) -> None:
    stage.bot.post("/_hub/accounts", {"login": "another"}, status=403)
    made = stage.owner.post("/_hub/accounts", {"login": "helper", "type": "Bot"}, status=201)
    assert (made["login"], made["type"]) == ("helper[bot]", "Bot")
    assert stage.hub.world.tokens["helper[bot]"] == made["token"]
    stage.owner.post("/_hub/accounts", {"login": "helper", "type": "Bot"}, status=422)
