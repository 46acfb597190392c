"""A program that nobody here knows, described by a file of the repository, carries a spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.entry.stage import Laptop, git
from tests.entry.test_refusals import refused
from tests.sandboxes import require_bubblewrap

PLACE = ".github/specloop/agents/mine.yml"
FILE = """\
name: mine
title: A shell script
runtime: command
command: [mine, "{role}", "{iteration}"]
environment: {RESULT: "{result_file}"}
install: put it on your PATH
"""
PROGRAM = """\
#!/bin/sh
cat > prompt.txt 2>/dev/null || cat > /dev/null
rm -f prompt.txt
env | grep -q CANARY && exit 9
case "$1$2" in
planner1) cat > "$RESULT" <<'JSON'
{"decision": "CONTINUE", "reason": "One file is missing.",
 "items": [{"key": "hello", "title": "Hello", "description": "Write it."}]}
JSON
;;
planner*) echo '{"decision": "DONE", "reason": "The verdict says met."}' > "$RESULT" ;;
executor*) echo hello > hello.txt; echo "done: It is written." > "$RESULT" ;;
verifier*)
echo changed > README.md 2>/dev/null
cat > "$RESULT" <<'JSON'
{"met": true, "rationale": "Yes.", "criteria":
 [{"criterion": "It is there", "met": true, "evidence": [{"path": "hello.txt"}]}]}
JSON
;;
*) echo '{"summary": "Nothing."}' > "$RESULT" ;;
esac
"""


def run(laptop: Laptop, *more: str, program: str = PROGRAM):
    laptop.writes("mine", program).chmod(0o755)
    path = f"{laptop.environment['PATH']}:{laptop.folder}"
    return laptop.specloop(
        "run", "-", "--repo", laptop.repo, "--agent", "mine", "--yes", "--gate", "sh check.sh",
        *more, stdin="# Say hello\n\nThere is a file.\n", extra={"PATH": path, "CANARY": "key"},
    )  # fmt: skip


@pytest.mark.parametrize("more", [(), ("--unsandboxed",)], ids=["sandbox", "unsandboxed"])
def test_an_agent_of_the_repositorys_own_answers_for_every_role(
    laptop: Laptop, more: tuple[str, ...]
) -> None:
    if not more:
        require_bubblewrap()
    laptop.lay({PLACE: FILE})
    ended = run(laptop, *more)
    assert ended.code == 0, ended.out + ended.err
    branch = next(name for name in laptop.branches() if name != "main")
    assert git("show", f"{branch}:hello.txt", cwd=laptop.repo) == "hello"
    assert git("diff", "--name-only", "main", branch, cwd=laptop.repo) == "hello.txt"
    replayed = laptop.specloop("show", "1/execute/2.1/1", "--repo", laptop.repo, "--json")
    (told,) = json.loads(replayed.out)
    assert told["talk"]["runtime"] == "command: mine"
    assert len(told["talk"]["prompt"]) == 64
    assert told["answer"]["summary"] == "It is written."
    assert "You are an Executor of specloop." in Path(told["transcript"]).read_text()


def test_what_an_agent_left_that_never_stopped_is_what_the_next_one_goes_on_from(
    laptop: Laptop,
) -> None:
    """It ignores SIGTERM, leaves a daemon and is killed; the next one crashes after 200 MB."""
    require_bubblewrap()
    never = """executor1) echo half > half.txt; trap "" TERM; setsid sleep 600 & sleep 600 ;;
executor2) cat half.txt > whole.txt; head -c 200000000 /dev/zero | tr "\\0" x; kill -SEGV $$ ;;
executor*) test -e whole.txt || exit 7;"""
    file = FILE.replace("install", "limits: {seconds: 8, output: 100000}\ninstall")
    laptop.lay({PLACE: file})
    ended = run(laptop, program=PROGRAM.replace("executor*)", never))
    assert ended.code == 0, ended.out + ended.err
    branch = next(name for name in laptop.branches() if name != "main")
    assert git("show", f"{branch}:whole.txt", cwd=laptop.repo) == "half"
    told = laptop.specloop("show", "2", "--repo", laptop.repo).out
    assert "mine gave no answer within 8 seconds" in told
    assert "mine was ended by the signal SIGSEGV" in told
    rehearsed = laptop.specloop("rehearse", "--repo", laptop.repo)
    assert rehearsed.out.endswith("All is the same.\n"), rehearsed


def test_a_broken_file_is_refused_before_anything_is_written(laptop: Laptop) -> None:
    laptop.lay({PLACE: FILE.replace("command: [mine", "command: [mine, '{prompt_fiel}'")})
    refused(run(laptop), rf".*{PLACE}:4: command.1: {{prompt_fiel}} is no variable.*")
    assert not laptop.home.exists()


def test_a_program_that_is_missing_is_refused_before_anything_is_written(laptop: Laptop) -> None:
    laptop.lay({PLACE: FILE.replace("[mine", "[mine-of-nobody")})
    refused(run(laptop), r".*`mine-of-nobody`, which is not on PATH: put it on your PATH.*")
    assert not laptop.home.exists()
