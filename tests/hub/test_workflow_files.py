"""Files below .github/workflows: which tokens may change them, by push and by merge."""

from __future__ import annotations

import pytest

from tests.hub.stage import Stage, try_git
from tests.hub.test_scopes import make, workflow

FILE = ".github/workflows/ci.yml"
WORDS = f"create or update workflow `{FILE}` without `workflows` permission"


def test_a_workflow_pushes_no_workflow_file(stage: Stage) -> None:
    job = workflow(stage, contents="write")
    checkout = stage.clone(job)
    checkout.commit({FILE: "on: push\n", "other.txt": "x"})
    for ref in ("refs/heads/new", "refs/heads/main", "refs/specloop/7"):
        refused = try_git(checkout.path, "push", "origin", f"HEAD:{ref}")
        assert f"(refusing to allow a GitHub App to {WORDS})" in refused.stderr
    checkout.git("rm", "-q", "-r", ".github")
    checkout.commit({}, "Take it away again")
    assert WORDS in try_git(checkout.path, "push", "origin", "HEAD:main").stderr
    assert len(stage.owner.get(f"{stage.path}/branches")) == 1


@pytest.mark.parametrize("level", ["write", "none"])
def test_an_app_needs_the_permission(stage: Stage, level: str) -> None:
    app = make(stage, permissions={"contents": "write", "workflows": level})
    checkout = stage.clone(app)
    checkout.commit({FILE: "on: push\n"})
    pushed = try_git(checkout.path, "push", "-q", "origin", "HEAD:main")
    assert (pushed.returncode == 0) == (level == "write")


def test_a_person_is_told_of_the_token(stage: Stage) -> None:
    token = make(stage, login="maintainer", permissions={"contents": "write"})
    checkout = stage.clone(token)
    checkout.commit({FILE: "on: push\n"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main")
    assert f"refusing to allow a Personal Access Token to {WORDS}" in refused.stderr
    checkout.git("push", "-q", stage.remote(stage.owner), "HEAD:main")


def test_other_pushes_go_through(stage: Stage) -> None:
    stage.branch("setup", {FILE: "on: push\n"})
    job = workflow(stage, contents="write")
    checkout = stage.clone(job)
    checkout.commit({"f.txt": "x"})
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/work", "HEAD:refs/specloop/7")
    checkout.git("merge", "-q", "--no-ff", "-m", "Take over what is there", "origin/setup")
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/work")
    checkout.git("commit", "-q", "--amend", "-m", "Other words")
    lease = f"--force-with-lease=work:{stage.tip('work')}"
    checkout.git("push", "-q", "--atomic", lease, "origin", "HEAD:work", "HEAD:refs/heads/also")
    checkout.git("push", "-q", "origin", ":also", ":refs/specloop/7")
    assert stage.tip("work") == checkout.git("rev-parse", "HEAD")


def test_one_refused_ref_of_several(stage: Stage) -> None:
    job = workflow(stage, contents="write")
    checkout = stage.clone(job)
    checkout.commit({"f.txt": "x"})
    checkout.git("branch", "fine")
    checkout.commit({FILE: "on: push\n"})
    both = ("origin", "fine", "HEAD:refs/heads/not")
    assert "new branch" in try_git(checkout.path, "push", *both).stderr
    assert [b["name"] for b in stage.owner.get(f"{stage.path}/branches")] == ["fine", "main"]
    checkout.git("push", "-q", "origin", ":fine")
    assert try_git(checkout.path, "push", "--atomic", *both).returncode != 0
    assert [b["name"] for b in stage.owner.get(f"{stage.path}/branches")] == ["main"]


def test_a_protected_branch_keeps_its_own_words(stage: Stage) -> None:
    rules = {"required_pull_request_reviews": {"required_approving_review_count": 1}}
    whole = {"required_status_checks": None, "enforce_admins": None, "restrictions": None, **rules}
    stage.owner.put(f"{stage.path}/branches/main/protection", whole)
    job = workflow(stage, contents="write")
    checkout = stage.clone(job)
    checkout.commit({FILE: "on: push\n"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main")
    assert "protected branch hook declined" in refused.stderr


def test_a_workflow_merges_no_workflow_file(stage: Stage) -> None:
    pull = stage.pull("feature", {FILE: "on: push\n"})
    before = stage.tip()
    job = workflow(stage, contents="write", pull_requests="write")
    refused = job.put(f"{stage.path}/pulls/1/merge", {}, status=403)
    assert refused["message"] == f"refusing to allow a GitHub App to {WORDS}"
    query = "mutation($i:ID!){mergePullRequest(input:{pullRequestId:$i}){clientMutationId}}"
    assert WORDS in job.refusal(query, i=pull["node_id"])["message"]
    assert stage.tip() == before
    stage.bot.put(f"{stage.path}/pulls/1/merge", {}, status=200)


def test_the_permission_is_not_to_be_had_for_a_workflow(stage: Stage) -> None:
    wish = {"kind": "workflow", "repositories": [f"maintainer/{stage.name}"],
            "permissions": {"workflows": "write"}}  # fmt: skip
    refused = stage.owner.post("/_hub/tokens", wish, status=422)
    assert refused["errors"][0]["field"] == "permissions.workflows"
