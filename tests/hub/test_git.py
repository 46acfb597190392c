"""git over HTTP with the real git."""

from __future__ import annotations

import gzip
import threading

import httpx

from tests.hub.conftest import set_up
from tests.hub.stage import Stage, git, try_git


def test_clone_push_fetch(stage: Stage) -> None:
    checkout = stage.clone()
    sha = checkout.commit({"file.txt": "text"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    other = stage.clone(stage.owner)
    assert other.git("rev-parse", "HEAD") == sha
    assert (other.path / "file.txt").read_text() == "text"


def test_the_address_works_without_its_ending(stage: Stage) -> None:
    bare = stage.remote(stage.bot).removesuffix(".git")
    assert "refs/heads/main" in git(stage.folder, "ls-remote", bare)


def test_without_a_token_git_is_asked_for_one(stage: Stage) -> None:
    address = f"{stage.hub.url}/maintainer/{stage.name}.git/info/refs?service=git-upload-pack"
    answer = httpx.get(address)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_readers_may_fetch_and_not_push(stage: Stage) -> None:
    reader = stage.newcomer("read")
    checkout = stage.clone(reader)
    checkout.commit({"f": "x"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main")
    assert refused.returncode != 0
    assert "403" in refused.stderr


def test_strangers_do_not_find_a_private_repository(stage: Stage) -> None:
    hidden = set_up(stage.hub, stage.folder, private=True)
    refused = try_git(stage.folder, "ls-remote", hidden.remote(stage.newcomer()))
    hidden.close()
    assert refused.returncode != 0
    assert "not found" in refused.stderr


def test_custom_refs_are_pushed_with_compare_and_swap(stage: Stage) -> None:
    checkout = stage.clone()
    first = checkout.commit({"state": "1"})
    create = ("push", "-q", "--force-with-lease=refs/specloop/7:", "origin", "HEAD:refs/specloop/7")
    checkout.git(*create)
    assert try_git(checkout.path, *create).returncode == 0  # the same value again
    checkout.commit({"state": "2"})
    assert try_git(checkout.path, *create).returncode != 0
    lease = f"--force-with-lease=refs/specloop/7:{first}"
    checkout.git("push", "-q", lease, "origin", "HEAD:refs/specloop/7")
    assert "specloop" not in stage.clone().git("branch", "-a")


def test_atomic_pushes_of_several_refs(stage: Stage) -> None:
    checkout = stage.clone()
    checkout.commit({"f": "1"})
    checkout.git("push", "-q", "--atomic", "origin", "HEAD:refs/specloop/a", "HEAD:refs/specloop/b")
    checkout.git("reset", "-q", "--hard", "HEAD~1")
    checkout.commit({"f": "2"})
    both = ("HEAD:refs/specloop/a", "HEAD:refs/specloop/c")
    assert try_git(checkout.path, "push", "--atomic", "origin", *both).returncode != 0
    assert "refs/specloop/c" not in checkout.git("ls-remote", "origin")


def test_shallow_and_by_sha(stage: Stage) -> None:
    sha = stage.branch("feature", {"f": "x"})
    place = stage.folder / "shallow"
    place.mkdir()
    git(place, "init", "-q")
    git(place, "fetch", "-q", "--depth=1", stage.remote(stage.bot), sha)
    assert git(place, "rev-list", "--count", "FETCH_HEAD") == "1"


def test_a_large_push_is_streamed(stage: Stage) -> None:
    """Over a megabyte git sends chunks and no length."""
    checkout = stage.clone()
    (checkout.path / "big").write_bytes(bytes(range(256)) * 1 + b"".join(
        i.to_bytes(8, "big") * 3 for i in range(200_000)
    ))  # fmt: skip
    checkout.git("config", "core.compression", "0")
    sha = checkout.commit({})
    checkout.git("-c", "http.postBuffer=65536", "push", "-q", "origin", "HEAD:big")
    assert stage.tip("big") == sha


def test_a_gzipped_body_is_understood(stage: Stage) -> None:
    want = stage.tip()
    lines = [f"want {want} no-progress\n", "", "done\n"]
    body = b"".join(f"{len(t) + 4:04x}{t}".encode() if t else b"0000" for t in lines)
    answer = stage.bot.http.post(
        f"/maintainer/{stage.name}.git/git-upload-pack",
        content=gzip.compress(body),
        headers={
            "Content-Encoding": "gzip",
            "Content-Type": "application/x-git-upload-pack-request",
        },
    )
    assert answer.status_code == 200
    assert b"PACK" in answer.content


def test_nobody_pushes_to_githubs_own_refs(stage: Stage) -> None:
    stage.pull("feature")
    checkout = stage.clone()
    refused = try_git(checkout.path, "push", "origin", "HEAD:refs/pull/1/head")
    assert refused.returncode != 0
    assert "hidden ref" in refused.stderr


def test_the_default_branch_is_not_deleted(stage: Stage) -> None:
    refused = try_git(stage.clone().path, "push", "origin", ":main")
    assert "refusing to delete the current branch" in refused.stderr


def test_hooks_in_the_bare_repository_never_run(stage: Stage) -> None:
    hooks = stage.bare / "hooks"
    hooks.mkdir(exist_ok=True)
    hook = hooks / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    stage.branch("feature", {"f": "x"})


def test_nothing_outside_the_repository_is_served(stage: Stage) -> None:
    for path in ("/maintainer/../tokens.json/info/refs", f"/maintainer/{stage.name}.git/HEAD",
                 f"/maintainer/{stage.name}.git/config"):  # fmt: skip
        assert stage.bot.http.get(path).status_code == 404
    dumb = stage.bot.http.get(f"/maintainer/{stage.name}.git/info/refs")
    assert dumb.status_code == 403


def test_pushes_to_one_repository_run_side_by_side(stage: Stage) -> None:
    checkouts = [stage.clone() for _ in range(6)]
    for number, checkout in enumerate(checkouts):
        checkout.commit({f"{number}": "x"})
    failures: list[str] = []

    def push(number: int) -> None:
        done = try_git(checkouts[number].path, "push", "origin", f"HEAD:branch-{number}")
        if done.returncode:
            failures.append(done.stderr)

    threads = [threading.Thread(target=push, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(stage.owner.get(f"{stage.path}/git/matching-refs/heads/branch-")) == 6
