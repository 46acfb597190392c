"""git itself, as people use it; what the protocol allows in corners is in ``test_git.py`` above."""

from __future__ import annotations

from tests.hub.stage import Stage, git, try_git


def test_clone_push_and_pull_between_two_people(stage: Stage) -> None:
    mine, theirs = stage.clone(stage.owner), stage.clone(stage.bot)
    sha = mine.commit({"new.txt": "x"})
    mine.git("push", "-q", "origin", "main")
    theirs.git("pull", "-q", "--ff-only")
    assert theirs.git("rev-parse", "HEAD") == sha


def test_a_shallow_fetch_can_be_deepened(stage: Stage) -> None:
    checkout = stage.clone()
    for number in range(5):
        checkout.commit({"f.txt": str(number)}, f"Change {number}")
    checkout.git("push", "-q", "origin", "main")
    place = stage.folder / "shallow"
    git(stage.folder, "clone", "-q", "--depth", "2", stage.remote(stage.bot), str(place))
    assert git(place, "rev-list", "--count", "HEAD") == "2"
    git(place, "fetch", "-q", "--deepen", "1")
    assert git(place, "rev-list", "--count", "HEAD") == "3"
    git(place, "fetch", "-q", "--unshallow")
    assert git(place, "rev-list", "--count", "HEAD") == "6"


def test_a_partial_clone_fetches_blobs_when_they_are_needed(stage: Stage) -> None:
    place = stage.folder / "partial"
    address = stage.remote(stage.bot)
    git(stage.folder, "clone", "-q", "--filter=blob:none", "--no-checkout", address, str(place))
    assert git(place, "show", "HEAD:README.md").startswith(f"# {stage.name}")


def test_a_forced_push_with_a_lease(stage: Stage) -> None:
    stage.branch("work", {"a.txt": "a"})
    mine, theirs = stage.clone(), stage.clone()
    for checkout in (mine, theirs):
        checkout.git("checkout", "-q", "work")
        checkout.git("commit", "-q", "--amend", "-m", f"Rewritten in {checkout.path.name}")
    mine.git("push", "-q", "--force-with-lease", "origin", "work")
    refused = try_git(theirs.path, "push", "--force-with-lease", "origin", "work")
    assert refused.returncode != 0
    assert "stale info" in refused.stderr
    theirs.git("fetch", "-q")
    seen = theirs.git("rev-parse", "origin/work")
    theirs.git("push", "-q", f"--force-with-lease=work:{seen}", "origin", "work")


def test_refs_of_ones_own_namespace(stage: Stage) -> None:
    checkout = stage.clone()
    first = checkout.commit({"state.json": "{}"})
    checkout.git("push", "-q", "origin", f"{first}:refs/specloop/state")
    second = checkout.commit({"state.json": "{1}"})
    lease = f"--force-with-lease=refs/specloop/state:{first}"
    checkout.git("push", "-q", lease, "origin", f"{second}:refs/specloop/state")
    again = try_git(checkout.path, "push", lease, "origin", f"{first}:refs/specloop/state")
    assert again.returncode != 0
    other = stage.clone(stage.owner)
    other.git("fetch", "-q", "origin", "refs/specloop/*:refs/specloop/*")
    assert other.git("rev-parse", "refs/specloop/state") == second
    assert "specloop" not in other.git("branch", "-a")


def test_tags_and_the_head_of_a_pull_request(stage: Stage) -> None:
    head = stage.pull("feature")["head"]["sha"]
    checkout = stage.clone()
    checkout.git("tag", "-a", "v1", "-m", "First")
    checkout.git("push", "-q", "origin", "v1")
    checkout.git("fetch", "-q", "origin", "pull/1/head")
    assert checkout.git("rev-parse", "FETCH_HEAD") == head
    assert "refs/tags/v1^{}" in checkout.git("ls-remote", "origin")
