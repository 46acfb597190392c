"""Tokens with fine-grained permissions: what REST, GraphQL and git let them do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.conftest import set_up
from tests.hub.stage import Person, Stage, git, try_git

APP = "Resource not accessible by integration"
PERSON = "Resource not accessible by personal access token"
CLOSE = "mutation($i:ID!){closeIssue(input:{issueId:$i}){issue{number}}}"


def make(stage: Stage, **wish: Any) -> Person:
    """Make a token of the bot for the repository of the stage, unless told otherwise."""
    chosen = {"login": stage.bot.login, "repositories": [f"maintainer/{stage.name}"], **wish}
    made = stage.owner.post("/_hub/tokens", chosen, status=201)
    stage.people.append(Person(made["login"], made["token"], stage.hub.url))
    return stage.people[-1]


def workflow(stage: Stage, **permissions: str) -> Person:
    return make(stage, kind="workflow", permissions=permissions)


def test_only_the_first_account_makes_tokens(stage: Stage) -> None:
    wish = {"login": "maintainer", "permissions": {}}
    stage.bot.post("/_hub/tokens", wish, status=403)
    own = make(stage, login="maintainer", permissions={"contents": "write"})
    own.post("/_hub/tokens", wish, status=403)


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "classic"},
        {"permissions": {"packages": "write"}},
        {"permissions": {"issues": "admin"}},
        {"permissions": ["issues"]},
        {"login": "nobody-at-all"},
        {"repositories": ["maintainer/nowhere"]},
        {"repositories": "maintainer/x"},
        {"kind": "workflow", "repositories": None},
    ],
)
def test_a_wrong_wish_is_refused(stage: Stage, wish: dict[str, Any]) -> None:
    chosen = {"login": "maintainer", "permissions": {}, **wish}
    refused = stage.owner.post("/_hub/tokens", chosen, status=422)
    assert refused["errors"][0]["resource"] == "Token"


def test_reading_issues_is_not_writing_them(stage: Stage) -> None:
    issue = stage.issue()
    reader = make(stage, permissions={"issues": "read"})
    assert reader.get(f"{stage.path}/issues/1")["number"] == 1
    refused = reader.post(f"{stage.path}/issues", {"title": "x"}, status=403)
    assert refused["message"] == APP
    assert reader.refusal(CLOSE, i=issue["node_id"])["message"] == APP
    assert reader.get(stage.path)["name"] == stage.name
    reader.get(f"{stage.path}/pulls", status=403)
    reader.get(f"{stage.path}/branches", status=403)


def test_writing_issues_is_not_writing_code(stage: Stage) -> None:
    issue = stage.issue()
    pull = stage.pull("feature")
    writer = make(stage, permissions={"issues": "write", "pull_requests": "write"})
    writer.post(f"{stage.path}/issues", {"title": "x"}, status=201)
    writer.post(f"{stage.path}/issues/2/comments", {"body": "x"}, status=201)
    writer.data(CLOSE, i=issue["node_id"])
    writer.put(f"{stage.path}/pulls/2/merge", {}, status=403)
    query = "mutation($i:ID!){mergePullRequest(input:{pullRequestId:$i}){clientMutationId}}"
    error = writer.refusal(query, i=pull["node_id"])
    assert (error["type"], error["message"]) == ("FORBIDDEN", APP)
    sha = pull["head"]["sha"]
    writer.post(f"{stage.path}/statuses/{sha}", {"state": "success"}, status=403)
    writer.put(f"{stage.path}/branches/main/protection", {}, status=403)


def test_graphql_refuses_at_the_place_that_needs_more(stage: Stage) -> None:
    stage.pull("feature")
    reader = make(stage, permissions={"pull_requests": "read"})
    query = (
        'query($n:String!){repository(owner:"maintainer",name:$n){pullRequest(number:1){'
        "title commits(first:1){nodes{commit{oid}}}}}}"
    )
    content = reader.ask(query, n=stage.name)
    assert content["data"]["repository"]["pullRequest"]["title"] == "Add feature"
    error = content["errors"][0]
    assert error["message"] == APP
    place = ["repository", "pullRequest", "commits", "nodes", 0, "commit"]
    assert error["path"] == place


def test_a_comment_on_a_pull_request_needs_either_permission(stage: Stage) -> None:
    stage.issue()
    stage.pull("feature")
    writer = make(stage, permissions={"pull_requests": "write"})
    writer.post(f"{stage.path}/issues/2/comments", {"body": "x"}, status=201)
    writer.post(f"{stage.path}/issues/1/comments", {"body": "x"}, status=403)


def test_git_needs_contents(stage: Stage) -> None:
    writer, reader, none = (
        make(stage, permissions={"contents": level}) for level in ("write", "read", "none")
    )
    checkout = stage.clone(writer)
    checkout.commit({"f.txt": "x"})
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/free")
    git(stage.folder, "ls-remote", stage.remote(reader))
    refused = try_git(checkout.path, "push", stage.remote(reader), "HEAD:refs/heads/other")
    assert "403" in refused.stderr
    assert "403" in try_git(stage.folder, "ls-remote", stage.remote(none)).stderr


def test_repositories_that_were_not_chosen(stage: Stage) -> None:
    hidden, open_one = (set_up(stage.hub, stage.folder, private=p) for p in (True, False))
    everything = {"contents": "write", "issues": "write"}
    token = make(stage, login="maintainer", permissions=everything)
    token.get(hidden.path, status=404)
    assert "not found" in try_git(stage.folder, "ls-remote", hidden.remote(token)).stderr.lower()
    assert token.get(f"{open_one.path}/issues") == []
    refused = token.post(f"{open_one.path}/issues", {"title": "x"}, status=403)
    assert refused["message"] == PERSON
    query = 'mutation($r:ID!){createIssue(input:{repositoryId:$r,title:"x"}){issue{number}}}'
    repository = stage.owner.get(open_one.path)["node_id"]
    assert token.refusal(query, r=repository)["type"] == "FORBIDDEN"
    assert "403" in try_git(
        stage.clone().path, "push", open_one.remote(token), "HEAD:refs/heads/x"
    ).stderr  # fmt: skip
    hidden.close()
    open_one.close()


def test_a_token_never_gives_more_than_its_account_has(stage: Stage) -> None:
    reader = stage.newcomer("read")
    token = make(stage, login=reader.login, permissions={"contents": "write", "issues": "write"})
    token.post(f"{stage.path}/labels", {"name": "x", "color": "ff0000"}, status=403)
    assert "403" in try_git(
        stage.clone().path, "push", stage.remote(token), "HEAD:refs/heads/x"
    ).stderr  # fmt: skip


def test_a_workflow_acts_as_github_actions(stage: Stage) -> None:
    job = workflow(stage, contents="write", issues="write", statuses="write")
    assert job.login == "github-actions[bot]"
    assert job.post(f"{stage.path}/issues", {"title": "x"})["user"]["type"] == "Bot"
    sha = stage.branch("feature", {"f.txt": "Closes nothing"})
    job.post(f"{stage.path}/statuses/{sha}", {"state": "success", "context": "ci"}, status=201)
    checkout = stage.clone(job)
    checkout.commit({"g.txt": "x"}, "Fixes #1")
    checkout.git("push", "-q", "origin", "HEAD:main")
    assert stage.owner.get(f"{stage.path}/issues/1")["state"] == "closed"
    job.patch(stage.path, {"description": "x"}, status=403)
    assert '"triggers": false' in stage.hub.world.request_log.read_text().splitlines()[-1]


def test_a_workflow_has_a_thousand_requests_for_its_repository(stage: Stage) -> None:
    job, other = workflow(stage, issues="read"), set_up(stage.hub, stage.folder)
    job.get(f"{stage.path}/issues")
    core = job.get("/rate_limit")["resources"]["core"]
    assert (core["limit"], core["used"]) == (1000, 1)
    assert job.get("/rate_limit")["resources"]["graphql"]["limit"] == 1000
    elsewhere = make(stage, kind="workflow", permissions={}, repositories=[
        f"maintainer/{other.name}"
    ])  # fmt: skip
    assert elsewhere.get("/rate_limit")["resources"]["core"]["used"] == 0
    other.close()


def test_a_merge_by_a_workflow_closes_issues(stage: Stage) -> None:
    stage.issue()
    stage.pull("feature", body="Closes #1")
    job = workflow(stage, contents="write", pull_requests="write")
    job.put(f"{stage.path}/pulls/2/merge", {}, status=200)
    assert stage.owner.get(f"{stage.path}/issues/1")["state"] == "closed"
    assert stage.owner.get(f"{stage.path}/pulls/2")["merged_by"]["login"] == "github-actions[bot]"
