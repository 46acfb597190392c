"""`specloop rehearse`: the same answers lead to the same effects, and a change is found."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import bot.loop.plan
from bot.rules.comparing import Difference
from bot.wiring.recorded import Recorded, recorded
from bot.wiring.rehearsal.run import rehearse
from bot.wiring.speaking import speaking
from tests.entry.stage import Laptop, git, story

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """The record of a small milestone: an item, a verdict, done."""
    laptop = Laptop(tmp_path / "mary")
    laptop.lay()
    laptop.plays(story(key="hello"))
    ended = laptop.run("--yes")
    assert ended.code == 0, ended
    monkeypatch.setenv("SPECLOOP_HOME", str(laptop.home))
    return recorded(laptop.repo, None)


def test_the_demonstration_rehearses_to_the_same(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "mary")
    process = laptop.starts("demo")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, (out, err)
    laptop.repo = laptop.home / "demo" / "doorsign"
    before = laptop.footprint()
    ended = laptop.specloop("rehearse", "--repo", laptop.repo)
    assert (ended.code, ended.err) == (0, ""), ended.out
    assert "answers and 2 words of people taken from the record" in ended.out
    assert ended.out.endswith("All is the same.\n")
    assert laptop.footprint() == before


def test_what_changed_is_found(found: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rehearse(found, gates=False).difference is None

    def renamed(reply: dict[str, Any]) -> None:
        reply["answer"]["items"][0]["title"] = "Do something else"

    with forged(found, "iterations/0001/answers/planner.json", renamed):
        difference = differs(found)
    assert difference.what.startswith("iteration 1, item/")
    assert difference.what.endswith(", title")
    assert difference.rehearsed == "Do something else"

    def again(reply: dict[str, Any]) -> None:  # leads to what was never asked
        reply["answer"]["decision"] = "CONTINUE"

    with forged(found, "iterations/0002/answers/planner.json", again):
        assert differs(found).what.startswith("iteration 2")
    monkeypatch.setattr(bot.loop.plan, "done_refusals", lambda *_: ("Not on a Saturday.",))
    assert differs(found).what.startswith("iteration 2")


def differs(found: Recorded) -> Difference:
    difference = rehearse(found, gates=False).difference
    assert difference is not None
    return difference


def test_approvals_a_run_in_two_parts_and_gates_are_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = Laptop(tmp_path / "mary")
    laptop.lay()
    laptop.plays(story(key="hello"))
    first = laptop.run("--yes", "--merge", "review")
    assert first.code == 3, first
    monkeypatch.setenv("SPECLOOP_HOME", str(laptop.home))
    found = recorded(laptop.repo, None)
    with speaking(found) as person:
        person.edit(1, "Say hello", "There is a file that says hello, and nothing else.")
        person.approve(3)
    assert [laptop.specloop("tick", "--repo", laptop.repo).code for _ in "12"] == [0, 0]
    ended = laptop.specloop("rehearse", "--repo", laptop.repo)
    assert (ended.code, ended.err) == (0, ""), ended.out
    assert "and 2 words of people taken" in ended.out
    base = git("rev-parse", "main^{tree}", cwd=laptop.repo)
    (path,) = (p for p in found.paths() if p.startswith("gates/") and base not in p)
    with forged(found, path, _red):
        told = laptop.specloop("rehearse", "--repo", laptop.repo)
        again = laptop.specloop("rehearse", "--repo", laptop.repo, "--gates")
    assert told.code == 1
    assert told.out.endswith("are not repeated; one of them may be why.\n")
    assert again.out.endswith("All is the same.\n"), again


def test_what_was_never_run_is_refused(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "mary")
    laptop.lay()
    ended = laptop.specloop("rehearse", "--repo", laptop.repo)
    assert ended.code == 2
    assert ended.err.startswith("specloop: Nothing was run for")


def _red(report: dict[str, Any]) -> None:
    for result in report["results"]:
        result["passed"] = False


@contextmanager
def forged(found: Recorded, path: str, change: Callable[[Any], None]) -> Iterator[None]:
    """Change one file of the record while the block runs."""

    def git(*args: str, data: bytes = b"") -> str:
        command = ["git", f"--git-dir={found.git_dir}", *args]
        environment = os.environ | {"GIT_INDEX_FILE": str(found.git_dir / "forged.index")}
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "Eve", f"GIT_{role}_EMAIL": "eve@example.org"}
        ran = subprocess.run(command, input=data, env=environment, capture_output=True, check=True)
        return ran.stdout.decode().strip()

    before = git("rev-parse", found.ref)
    reply = json.loads(git("show", f"{found.ref}:{path}"))
    change(reply)
    blob = git("hash-object", "-w", "--stdin", data=json.dumps(reply).encode())
    git("read-tree", found.ref)
    git("update-index", "--cacheinfo", f"100644,{blob},{path}")
    commit = git("commit-tree", "-p", before, "-m", "Forge", git("write-tree"))
    git("update-ref", found.ref, commit)
    try:
        yield
    finally:
        git("update-ref", found.ref, before)
