"""What a push does to the rest of the world."""

from __future__ import annotations

from tests.hub.stage import Stage


def test_a_push_moves_the_head_before_git_returns(stage: Stage) -> None:
    stage.pull("feature")
    checkout = stage.clone()
    checkout.git("checkout", "-q", "feature")
    sha = checkout.commit({"more.txt": "x"})
    checkout.git("push", "-q", "origin", "feature")
    pull = stage.owner.get(f"{stage.path}/pulls/1")
    assert (pull["head"]["sha"], pull["commits"]) == (sha, 2)
    assert checkout.git("ls-remote", "origin", "refs/pull/1/head").split()[0] == sha


def test_a_force_push_counts_too(stage: Stage) -> None:
    stage.pull("feature")
    checkout = stage.clone()
    checkout.git("checkout", "-q", "-b", "feature", "origin/main")
    sha = checkout.commit({"other.txt": "x"})
    checkout.git("push", "-q", "--force", "origin", "feature")
    assert stage.owner.get(f"{stage.path}/pulls/1")["head"]["sha"] == sha


def test_pushing_the_head_into_the_base_merges(stage: Stage) -> None:
    stage.issue()
    stage.pull("feature", body="Closes #1")
    checkout = stage.clone(stage.owner)
    checkout.git("merge", "-q", "--no-ff", "-m", "By hand", "origin/feature")
    checkout.git("push", "-q", "origin", "HEAD:main")
    pull = stage.owner.get(f"{stage.path}/pulls/2")
    assert (pull["merged"], pull["merged_by"]["login"]) == (True, "maintainer")
    assert stage.owner.get(f"{stage.path}/issues/1")["state"] == "closed"


def test_deleting_the_head_closes(stage: Stage) -> None:
    head = stage.pull("feature")["head"]["sha"]
    stage.clone().git("push", "-q", "origin", ":feature")
    pull = stage.owner.get(f"{stage.path}/pulls/1")
    assert (pull["state"], pull["merged"], pull["head"]["sha"]) == ("closed", False, head)


def test_a_head_reset_to_its_base_closes(stage: Stage) -> None:
    stage.pull("feature")
    stage.clone().git("push", "-q", "--force", "origin", "origin/main:feature")
    pull = stage.owner.get(f"{stage.path}/pulls/1")
    assert (pull["state"], pull["merged"]) == ("closed", False)


def test_a_push_to_another_branch_changes_nothing(stage: Stage) -> None:
    before = stage.pull("feature")
    stage.branch("unrelated", {"u": "x"})
    after = stage.owner.get(f"{stage.path}/pulls/1")
    assert after["head"]["sha"] == before["head"]["sha"]
    assert after["updated_at"] == before["updated_at"]


def test_commit_messages_on_the_default_branch_close(stage: Stage) -> None:
    stage.issue("one"), stage.issue("two")
    checkout = stage.clone(stage.owner)
    checkout.commit({"f": "x"}, "Fixes #1")
    checkout.git("push", "-q", "origin", "HEAD:main")
    checkout.commit({"g": "x"}, "Fixes #2")
    checkout.git("push", "-q", "origin", "HEAD:elsewhere")
    states = [stage.owner.get(f"{stage.path}/issues/{n}")["state"] for n in (1, 2)]
    assert states == ["closed", "open"]


def test_a_stacked_pull_request_merges_with_the_one_that_contains_it(stage: Stage) -> None:
    stage.pull("below")
    checkout = stage.clone()
    checkout.git("checkout", "-q", "-b", "above", "origin/below")
    checkout.commit({"above.txt": "x"})
    checkout.git("push", "-q", "origin", "above")
    stage.bot.post(f"{stage.path}/pulls", {"title": "t", "head": "above", "base": "main"})
    stage.bot.put(f"{stage.path}/pulls/2/merge", {})
    assert stage.owner.get(f"{stage.path}/pulls/1")["merged"]


def test_the_first_branch_pushed_becomes_the_default(stage: Stage) -> None:
    stage.owner.post("/user/repos", {"name": f"{stage.name}-empty"})
    checkout = stage.clone()
    target = stage.remote(stage.owner).replace(stage.name, f"{stage.name}-empty")
    checkout.git("push", "-q", target, "HEAD:refs/heads/trunk")
    repository = stage.owner.get(f"/repos/maintainer/{stage.name}-empty")
    assert repository["default_branch"] == "trunk"
    checkout.git("clone", "-q", target, "copy")
    assert (checkout.path / "copy" / "README.md").exists()
