"""SIGKILL at any instant: what was acknowledged is there, and no half-done thing remains."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.hub import HubProcess, found_world, start_hub
from bot.hub.git.locks import clear_stale_locks
from tests.hub.conftest import set_up
from tests.hub.stage import Person, Stage, git

PULLS = 6


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Stage]:
    """A repository on a hub of its own, which the test may kill."""
    with start_hub(found_world(tmp_path / "world"), lag=0) as hub:
        stage = set_up(hub, tmp_path)
        yield stage
        stage.close()


def restart(stage: Stage) -> HubProcess:
    """Serve the world again and let everyone talk to the new server."""
    hub = start_hub(stage.hub.world, lag=0)
    for name in ("owner", "bot"):
        person: Person = getattr(stage, name)
        person.http.close()
        setattr(stage, name, Person(person.login, person.token, hub.url))
    stage.hub = hub
    return hub


@dataclass
class Writer(threading.Thread):
    """Writes until the server is gone and remembers what was acknowledged."""

    stage: Stage
    round: int
    issues: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    pulls: list[int] = field(default_factory=list)
    warm: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    def run(self) -> None:
        try:
            while True:
                self.write_once()
        except httpx.HTTPError:
            pass
        finally:
            self.warm.set()

    def write_once(self) -> None:
        owner, path = self.stage.owner, self.stage.path
        self.issues.append(
            self.stage.issue("written", labels=[f"label {len(self.issues)}"])["number"]
        )
        number = self.issues[-1]
        comment = owner.post(f"{path}/issues/{number}/comments", {"body": "written"})
        self.comments.append(comment["id"])
        if self.pulls:
            pull = self.pulls.pop()
            if len(self.pulls) == PULLS - 2:
                self.warm.set()
            owner.put(f"{path}/pulls/{pull}/merge", {})
            self.merged.append(pull)

    __hash__ = threading.Thread.__hash__


@pytest.mark.parametrize("delay", [0.0, 0.004, 0.011, 0.023, 0.037])
def test_killed_in_a_stream_of_writes_and_merges(mortal: Stage, delay: float) -> None:
    targets = [mortal.issue(f"target {n}")["number"] for n in range(PULLS)]
    pulls = [
        mortal.pull(f"feature-{n}", body=f"Closes #{t}")["number"] for n, t in enumerate(targets)
    ]
    writer = Writer(mortal, 0)
    writer.pulls = list(pulls)
    writer.start()
    writer.warm.wait(20)
    writer.join(delay)
    mortal.hub.kill()
    writer.join()
    with restart(mortal):
        check_acknowledged(mortal, writer)
        check_consistent(mortal, dict(zip(pulls, targets, strict=True)))
        for pull in pulls:
            if not mortal.owner.get(f"{mortal.path}/pulls/{pull}")["merged"]:
                mortal.owner.put(f"{mortal.path}/pulls/{pull}/merge", {}, status=200)
        check_consistent(mortal, dict(zip(pulls, targets, strict=True)))
        mortal.close()


def check_acknowledged(stage: Stage, writer: Writer) -> None:
    for number in writer.issues:
        assert stage.owner.get(f"{stage.path}/issues/{number}")["title"] == "written"
    for comment in writer.comments:
        assert stage.owner.get(f"{stage.path}/issues/comments/{comment}")["body"] == "written"
    for pull in writer.merged:
        assert stage.owner.get(f"{stage.path}/pulls/{pull}")["merged"]


def check_consistent(stage: Stage, closes: dict[int, int]) -> None:
    """A pull request is merged exactly when main holds its head, and then its issue is closed."""
    checkout = stage.clone()
    merged_here = checkout.git("branch", "-r", "--merged", "origin/main").split()
    for pull, target in closes.items():
        seen = stage.owner.get(f"{stage.path}/pulls/{pull}")
        assert seen["merged"] == (f"origin/{seen['head']['ref']}" in merged_here)
        state = stage.owner.get(f"{stage.path}/issues/{target}")["state"]
        assert state == ("closed" if seen["merged"] else "open")
        if seen["merged"]:
            checkout.git("merge-base", "--is-ancestor", seen["merge_commit_sha"], "origin/main")
    numbers = [issue["number"] for issue in everything(stage)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    with closing(sqlite3.connect(stage.hub.world.database)) as database:
        assert database.execute("SELECT count(*) FROM pending_merges").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def everything(stage: Stage) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    address = f"{stage.path}/issues?state=all&per_page=100"
    while address:
        answer = stage.owner.http.get(address)
        found += answer.json()
        address = answer.links.get("next", {}).get("url", "")
    return found


def note_intent(stage: Stage, pull: int, new: str) -> None:
    """Leave what a server leaves that was killed after it noted a merge."""
    with closing(sqlite3.connect(stage.hub.world.database)) as database, database:
        row = database.execute(
            "SELECT p.id, p.repo_id, i.author_id, p.base_ref FROM pulls p "
            "JOIN issues i ON i.id = p.issue_id WHERE i.number = ? AND p.ended = 1 << 62",
            (pull,),
        ).fetchone()
        old = git(stage.bare, "rev-parse", "refs/heads/main")
        database.execute("INSERT INTO pending_merges VALUES (?, ?, ?, ?, ?, ?)", (*row, old, new))


def merge_commit(stage: Stage) -> str:
    head, base = (
        git(stage.bare, "rev-parse", f"refs/heads/{name}") for name in ("feature", "main")
    )
    tree = git(stage.bare, "merge-tree", "--write-tree", base, head).splitlines()[0]
    return git(stage.bare, "commit-tree", tree, "-p", base, "-p", head, "-m", "Merge")


def test_killed_before_the_branch_moved_the_merge_never_was(mortal: Stage) -> None:
    mortal.pull("feature")
    mortal.hub.kill()
    note_intent(mortal, 1, merge_commit(mortal))
    with restart(mortal):
        assert not mortal.owner.get(f"{mortal.path}/pulls/1")["merged"]
        mortal.bot.put(f"{mortal.path}/pulls/1/merge", {}, status=200)
        mortal.close()


def test_killed_after_the_branch_moved_the_merge_is_finished(mortal: Stage) -> None:
    mortal.issue()
    mortal.pull("feature", body="Closes #1")
    mortal.hub.kill()
    commit = merge_commit(mortal)
    note_intent(mortal, 2, commit)
    git(mortal.bare, "update-ref", "refs/heads/main", commit)
    with restart(mortal):
        pull = mortal.owner.get(f"{mortal.path}/pulls/2")
        assert (pull["merged"], pull["merge_commit_sha"]) == (True, commit)
        assert pull["merged_by"]["login"] == "specloop[bot]"
        assert mortal.owner.get(f"{mortal.path}/issues/1")["state"] == "closed"
        mortal.close()


def test_a_push_nobody_saw_is_absorbed_at_the_next_start(mortal: Stage) -> None:
    mortal.pull("feature")
    mortal.hub.kill()
    base = git(mortal.bare, "rev-parse", "refs/heads/feature")
    tree = git(mortal.bare, "rev-parse", "refs/heads/feature^{tree}")
    new = git(mortal.bare, "commit-tree", tree, "-p", base, "-m", "More")
    git(mortal.bare, "update-ref", "refs/heads/feature", new)
    with restart(mortal):
        assert mortal.owner.get(f"{mortal.path}/pulls/1")["head"]["sha"] == new
        mortal.close()


def test_the_lock_of_a_dead_git_is_removed(mortal: Stage) -> None:
    mortal.hub.kill()
    lock = mortal.bare / "refs" / "heads" / "main.lock"
    lock.touch()
    clear_stale_locks(mortal.bare)
    assert not lock.exists()
    with restart(mortal):
        checkout = mortal.clone()
        checkout.commit({"f": "x"})
        checkout.git("push", "-q", "origin", "HEAD:main")
        mortal.close()
