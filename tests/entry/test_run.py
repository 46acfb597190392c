"""`specloop run` on real checkouts: what it does, and all that it leaves alone."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from tests.entry.stage import SPEC, Laptop, eventually, git, interrupt, story

RESULT = "specloop/1-say-hello"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """A laptop on which a dirty checkout's spec was carried to DONE."""
    laptop = Laptop(tmp_path_factory.mktemp("finished") / "mary")
    laptop.lay()
    laptop.plays()
    git("branch", "mine", cwd=laptop.repo)
    git("tag", "v1", cwd=laptop.repo)
    (laptop.repo / "README.md").write_text("Not committed yet.\n")
    (laptop.repo / "untracked.txt").write_text("BROKEN\n")
    (laptop.repo / "staged.txt").write_text("staged\n")
    git("add", "staged.txt", cwd=laptop.repo)
    before = laptop.footprint()
    laptop.ended = laptop.run("--yes")
    laptop.before, laptop.after = before, laptop.footprint()
    return laptop


def test_a_dirty_checkout_is_worked_on_from_its_commit_and_left_as_it_is(finished: Laptop) -> None:
    ended = finished.ended
    assert ended.code == 0, ended
    assert "Your uncommitted changes are no part of this" in ended.out
    assert "The spec is met." in ended.out
    assert ended.err == ""
    assert finished.after == finished.before
    assert finished.branches() == ["main", "mine", RESULT, "v1"]


def test_the_result_is_a_branch_that_merges_with_the_printed_command(finished: Laptop) -> None:
    out = finished.ended.out
    assert f"git -C {finished.repo} merge {RESULT}" in out
    files = git("ls-tree", "-r", "--name-only", RESULT, cwd=finished.repo).split()
    assert files == ["README.md", "check.sh", "hello.txt"]
    assert git("show", f"{RESULT}:README.md", cwd=finished.repo) == "A project."
    copy = finished.folder / "copy"
    git("clone", "-q", str(finished.repo), str(copy), cwd=finished.folder)
    git("merge", "-q", "--ff-only", f"origin/{RESULT}", cwd=copy)


def test_status_log_and_show_answer_for_people_and_for_programs(finished: Laptop) -> None:
    def told(*args: str) -> str:
        ended = finished.specloop(*args, cwd=finished.repo)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    assert told("status").startswith("#1 Say hello\ndone · iteration 2 · 1 of 1 items done\n")
    status = json.loads(told("status", "--json"))
    assert (status["standing"], status["items"][0]["key"]) == ("done", "hello")
    assert "Iteration 1  CONTINUE (planner): One file is missing." in told("log")
    log = json.loads(told("log", "--json"))
    assert [line["decision"] for line in log["history"]] == ["CONTINUE", "DONE"]
    assert log["learnings"] == {"taught": [], "curated": [], "inbox": []}
    assert told("learnings") == "Nothing was learned yet.\n"
    assert json.loads(told("learnings", "--json")) == {"taught": [], "curated": [], "inbox": []}
    shown = told("show", "2")
    assert "done · medium · work · key hello" in shown
    assert "Pull request #3: merged" in shown
    assert json.loads(told("show", "2", "--json")) == json.loads(told("show", "3", "--json"))


def test_what_each_role_cost_is_shown_by_iteration(finished: Laptop) -> None:
    ended = finished.specloop("log", "--json", cwd=finished.repo)
    first, last = json.loads(ended.out)["history"]
    asked = {role: used["calls"] for role, used in first["roles"].items()}
    reviewers = {"verifier": 1, "code-reviewer": 1, "adversarial-tester": 1}
    assert asked == {"planner": 1, "executor": 1} | reviewers
    assert {role: used["calls"] for role, used in last["roles"].items()} == {"planner": 1}
    assert first["roles"]["executor"]["tokens"] > 0
    told = finished.specloop("log", cwd=finished.repo).out
    assert re.search(r"  executor +1 asked +2 requests .* 0\.00 USD", told)


def test_a_conversation_is_listed_and_replayed(finished: Laptop) -> None:
    def told(*args: str) -> str:
        ended = finished.specloop(*args, cwd=finished.repo)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    listed = [line.split()[0] for line in told("show").splitlines()]
    assert [k for k in listed if "review" not in k] == ["1/plan", "1/execute/2.1/1", "2/plan"]
    assert len(listed) == 6
    assert "1/execute/2.1/1" in told("show", "#2")
    (replayed,) = json.loads(told("show", "1/execute/2.1/1", "--json"))
    assert replayed["answer"]["title"] == "Do hello"
    assert replayed["talk"]["model"] == "playbook"
    assert len(replayed["talk"]["prompt"]) == 64
    assert [step["tool"] for step in replayed["steps"]] == ["write_file", "answer"]
    text = told("show", "1/execute/2.1/1")
    assert "answered" in text
    assert '    write_file {"path": "hello.txt", "text": "hello\\n"}' in text
    assert "(the one on record)" in text
    kept = Path(replayed["transcript"])
    kept.write_text(kept.read_text() + "{}\n")
    assert "not the one on record" in told("show", "1/execute/2.1/1")


def test_looking_at_what_is_not_there_is_refused_in_one_sentence(finished: Laptop) -> None:
    ended = finished.specloop("show", "77", cwd=finished.repo)
    assert (ended.code, ended.err) == (2, "specloop: #77 is no item of #1; there is #2.\n")
    ended = finished.specloop("show", "9/plan", cwd=finished.repo)
    known = "specloop: There is no invocation `9/plan`; `specloop show` lists them.\n"
    assert (ended.code, ended.err) == (2, known)
    ended = finished.specloop("show", "hello", cwd=finished.repo)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    ended = finished.specloop("status", "--milestone", "9", cwd=finished.repo)
    assert (ended.code, ended.err) == (2, "specloop: There is no milestone #9 here; there is #1.\n")


def test_looking_from_a_folder_below_the_top_finds_the_same(finished: Laptop) -> None:
    below = finished.repo / "below"
    below.mkdir()
    assert finished.specloop("status", cwd=below).out.startswith("#1 Say hello\n")
    below.rmdir()


def test_the_same_spec_after_done_says_so_again_and_does_nothing(finished: Laptop) -> None:
    before = git("rev-parse", RESULT, cwd=finished.repo)
    again = finished.run("--yes", spec="\n" + SPEC.replace("hello.", "hello.  "))
    assert again.code == 0
    assert "specloop goes on with spec #1" in again.out
    assert "The spec is met." in again.out
    assert git("rev-parse", RESULT, cwd=finished.repo) == before
    assert finished.footprint() == finished.before


def test_run_say_tick_and_approve_carry_a_detached_head_step_by_step(laptop: Laptop) -> None:
    laptop.lay()
    laptop.plays()
    git("checkout", "-q", "--detach", cwd=laptop.repo)
    before = laptop.footprint()

    def goes_on(*args: str, code: int = 0) -> str:
        ended = laptop.specloop(*args, "--repo", laptop.repo)
        assert (ended.code, ended.err) == (code, "")
        return ended.out

    first = laptop.run("--merge", "review")
    assert first.code == 3
    assert "HEAD is detached" in first.out
    assert "Waiting: The plan waits for a person: accept it with `/continue`." in first.out
    assert RESULT not in laptop.branches()
    goes_on("say", "/continue")
    assert "#3 waits" in goes_on("tick")
    goes_on("approve", "3")
    assert "#3 merged" in goes_on("tick")
    assert "The spec is met." in goes_on("tick")
    assert laptop.footprint() == before
    assert git("show", f"{RESULT}:hello.txt", cwd=laptop.repo) == "hello"


def test_a_second_spec_a_bare_copy_and_a_checkout_that_went_another_way(laptop: Laptop) -> None:
    laptop.lay()
    laptop.plays()
    assert laptop.run().code == 3
    second = laptop.run(spec="# Say bye\n\nAnd mean it.\n")
    assert second.code == 3
    assert "specloop opened spec #3: Say bye" in second.out
    status = laptop.specloop("status", "--repo", laptop.repo, "--milestone", "1")
    assert status.out.startswith("#1 Say hello\n")

    git("commit", "-q", "--amend", "-m", "Another beginning", cwd=laptop.repo)
    laptop.commits({"news.txt": "news\n"})
    third = laptop.run(spec="# Say more\n")
    assert third.code == 3
    assert "specloop opened spec #1: Say more" in third.out
    assert "maintainer/project-2" in third.out
    status = laptop.specloop("status", "--repo", laptop.repo)
    assert status.out.startswith("#1 Say more\n")

    bare = laptop.folder / "bare.git"
    git("clone", "-q", "--bare", str(laptop.repo), str(bare), cwd=laptop.folder)
    before = laptop.footprint(bare)
    assert laptop.run(repo=bare).code == 3
    assert laptop.footprint(bare) == before


def test_a_result_branch_that_the_person_moved_is_not_overwritten(laptop: Laptop) -> None:
    laptop.lay()
    laptop.plays()
    git("branch", RESULT, cwd=laptop.repo)
    git("checkout", "-q", RESULT, cwd=laptop.repo)
    laptop.commits({"mine.txt": "mine\n"})
    mine = git("rev-parse", RESULT, cwd=laptop.repo)
    git("checkout", "-q", "main", cwd=laptop.repo)
    ended = laptop.run("--yes")
    assert ended.code == 0
    assert f"the branch {RESULT} was not updated" in ended.out
    assert git("rev-parse", RESULT, cwd=laptop.repo) == mine
    git("branch", "-q", "-m", RESULT, "mine", cwd=laptop.repo)
    again = laptop.run("--yes")
    assert again.code == 0
    assert git("show", f"{RESULT}:hello.txt", cwd=laptop.repo) == "hello"


def test_a_run_that_is_stopped_goes_on_where_it_was(laptop: Laptop) -> None:
    laptop.lay()
    started = laptop.folder / "started"
    slow = f"test -e {started}2 && exit; test -e {started} && touch {started}2; "
    slow += f"touch {started}; sleep 60"
    laptop.plays(story(runs=["sh", "-c", slow]))
    spec = laptop.writes("spec.md", SPEC)
    before = laptop.footprint()
    call = ("run", spec, "--repo", laptop.repo, "--agent", f"playbook:{laptop.playbook}",
            "--gate", "sh check.sh", "--yes")  # fmt: skip

    first = laptop.starts(*call)
    eventually(started.exists, first)
    second = laptop.specloop(*call)
    assert second.code == 2
    assert len(second.err.splitlines()) == 1
    assert second.err.startswith("specloop: Another process (pid ")
    ended = interrupt(first, signal.SIGINT)
    assert ended.code == 130
    told = "Stopped; everything done so far is kept. Run the same command again to go on."
    assert ended.err.strip() == f"specloop: {told}"

    third = laptop.starts(*call)
    eventually(Path(f"{started}2").exists, third)
    ended = interrupt(third, signal.SIGTERM)
    assert ended.code == 143
    assert ended.err.strip() == f"specloop: {told}"

    last = laptop.specloop(*call)
    assert last.code == 0, last
    assert laptop.footprint() == before
    assert git("show", f"{RESULT}:hello.txt", cwd=laptop.repo) == "hello"
    log = json.loads(laptop.specloop("log", "--json", "--repo", laptop.repo).out)
    assert [line["created"] for line in log["history"]] == [1, 0]


def test_gates_that_hang_or_flood_or_kill_themselves_are_red_and_recorded(laptop: Laptop) -> None:
    gates = {
        "hangs": {"command": ["sh", "-c", "test -e hello.txt && sleep 60; true"], "timeout": 1},
        "floods": {"command": ["sh", "-c", "test -e hello.txt && yes; true"]},
        "dies": {"command": ["sh", "-c", "test -e hello.txt && kill -9 $$; true"]},
        "passes": {"command": ["true"]},
    }
    config = {"gates": gates, "limits": {"rounds": 1}, "specialists": []}
    laptop.lay({".github/specloop.yml": json.dumps(config)})
    laptop.plays()
    spec = laptop.writes("spec.md", SPEC)
    ended = laptop.specloop("run", spec, "--repo", laptop.repo, "--yes", "--iterations", "1",
                            "--agent", f"playbook:{laptop.playbook}")  # fmt: skip
    assert ended.code == 3
    assert ended.err == ""
    assert len(ended.out) < 10_000
    told = json.loads(laptop.specloop("show", "2", "--json", "--repo", laptop.repo).out)
    (attempt,) = told["attempts"]
    assert attempt["outcome"] == "failed"
    colours = {g["gate"]: g["passed"] for g in attempt["gates"]}
    assert colours == {"hangs": False, "floods": False, "dies": False, "passes": True}


def test_a_detected_gate_is_enough_and_a_playbook_that_runs_out_says_what_to_add(
    laptop: Laptop,
) -> None:
    test = "import unittest\n\nclass T(unittest.TestCase):\n    def test_it(self): pass\n"
    laptop.lay({"tests/test_it.py": test})
    laptop.plays(story()[:1])
    spec = laptop.writes("spec.md", SPEC)
    agent = f"playbook:{laptop.playbook}"
    ended = laptop.specloop("run", spec, "--repo", laptop.repo, "--agent", agent, "--yes")
    assert ended.code == 3
    assert ended.err == ""
    assert "gate tests green" in ended.out
    assert 'has no scene for executor, item "hello", iteration 1' in ended.out


def test_a_world_of_another_version_is_refused_and_kept(finished: Laptop) -> None:
    (index,) = finished.home.glob("worlds/*/world.json")
    kept = index.read_text()
    index.write_text(json.dumps(json.loads(kept) | {"version": 99}))
    ended = finished.run()
    assert ended.code == 2
    assert "was made by another version of specloop; move it away" in ended.err
    index.write_text("{")
    ended = finished.specloop("status", "--repo", finished.repo)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    index.write_text(kept)
