"""The `command` runtime: real processes, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.agents import ExecutorAnswer, ExecutorOutcome
from bot.domain.errors import AgentFailed, AgentUnavailable, Cancelled
from bot.domain.plan import Decision, PlannerAnswer
from bot.domain.verdict import VerifierAnswer
from bot.workspace.sandbox import Bubblewrap
from tests.agents.coding.stage import Stage
from tests.sandboxes import require_bubblewrap

LONG = "Nothing but words. " * 4_000
WHOLE = {
    "outcome": "done",
    "summary": "It says hello.",
    "title": "Say hello",
    "wish_known": ["The tests run with make."],
}


def answer(stage: Stage, script: str, **fields: object) -> ExecutorAnswer:
    reply = stage.ask(stage.agent(script, **fields))
    assert isinstance(reply.answer, ExecutorAnswer)
    return reply.answer


def failure(stage: Stage, script: str, role: str = "executor", **fields: object) -> str:
    with pytest.raises(AgentFailed) as error:
        stage.ask(stage.agent(script, **fields), role)
    return str(error.value)


def test_the_result_file_is_the_answer_and_lies_outside_the_worktree(stage: Stage) -> None:
    script = f"""
    pathlib.Path("hello.txt").write_text("hello")
    result.write_text({json.dumps(json.dumps(WHOLE))})
    """
    found = answer(stage, script)
    assert (found.outcome, found.title) == (ExecutorOutcome.DONE, "Say hello")
    assert found.wish_known == ("The tests run with make.",)
    assert [p.name for p in stage.tree.iterdir()] == ["hello.txt"]
    home = stage.sandbox.cells[0].home
    assert home is not None
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("done", "done", "It said done and nothing else."),
        ("DONE: all of it\n", "done", "all of it"),
        ("failed: the tests need a network", "failed", "the tests need a network"),
        ("blocked: Tabs or spaces?", "blocked", "Tabs or spaces?"),
        ("blocked\n\nTabs or spaces?\n", "blocked", "Tabs or spaces?"),
    ],
)
def test_one_word_and_a_sentence_are_an_answer(
    stage: Stage, text: str, outcome: str, said: str
) -> None:
    found = answer(stage, f"result.write_text({text!r})")
    assert found.outcome == outcome
    assert said == (found.question or found.summary)


def test_who_just_edits_files_and_ends_is_done_with_its_last_words(stage: Stage) -> None:
    script = r"""
    pathlib.Path("hello.txt").write_text("hello")
    print("\x1b[32mI wrote hello.txt.\x1b[0m")
    """
    found = answer(stage, script)
    assert (found.outcome, found.summary) == (ExecutorOutcome.DONE, "I wrote hello.txt.")
    assert stage.told == [("scripted", "I wrote hello.txt.")]


def test_the_exit_code_can_be_the_result(stage: Stage) -> None:
    found = answer(stage, "print('no way through'); sys.exit(3)", result="exit-code")
    assert found.outcome == ExecutorOutcome.FAILED
    assert found.summary == "Exit code 3; it last said: no way through"


def test_without_a_result_a_bad_exit_code_is_a_failure(stage: Stage) -> None:
    said = failure(stage, "print('no key'); sys.exit(3)")
    assert said == "scripted ended with exit code 3 and left no result; it last said: no key"


@pytest.mark.parametrize("way", ["stdin", "file", "argument"])
def test_the_prompt_arrives_whole_by_every_way(stage: Stage, way: str) -> None:
    script = """
    way = sys.argv[1]
    text = {"stdin": sys.stdin.read, "file": lambda: open(sys.argv[2]).read(),
            "argument": lambda: sys.argv[2]}[way]()
    pathlib.Path("prompt.txt").write_text(text)
    """
    more = {"stdin": [], "file": ["{prompt_file}"], "argument": ["{prompt}"]}[way]
    stage.ask(stage.agent(script, way, *more, prompt=way), spec={"title": "", "body": LONG})
    prompt = (stage.tree / "prompt.txt").read_text()
    assert prompt.startswith("You are an Executor of specloop.")
    assert LONG in prompt
    assert '"wish_known"' in prompt, "the schema"
    assert f"`{stage.tree}`" in prompt
    assert prompt.rstrip().endswith("- `blocked: the one question that a person must answer`")


def test_a_prompt_too_long_for_an_argument_is_pointed_to(stage: Stage) -> None:
    script = """
    told = sys.argv[1]
    file = told.removeprefix("Your task is in the file ").partition(". Read")[0]
    pathlib.Path("size.txt").write_text(str(len(pathlib.Path(file).read_text())))
    """
    agent = stage.agent(script, "{prompt}", prompt="argument")
    stage.ask(agent, spec={"title": "", "body": 2 * LONG})
    assert int((stage.tree / "size.txt").read_text()) > 2 * len(LONG)


def test_variables_are_filled_and_nothing_is_inherited(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    names = "role item iteration attempt round model folder"
    script = """
    told = {k: v for k, v in os.environ.items() if k not in ("LC_CTYPE",)}
    pathlib.Path("told.json").write_text(json.dumps({"env": told, "argv": sys.argv[1:]}))
    """
    environment = {f"V_{name}": f"<{{{name}}}>" for name in names.split()}
    options = ("--round={round}", ["--model", "{model}"])
    stage.ask(stage.agent(script, *options, environment=environment))
    told = json.loads((stage.tree / "told.json").read_text())
    assert told["argv"] == ["--round=3"], "the group with an empty variable is left out"
    own = {name: told["env"].pop(name) for name in list(told["env"]) if name.startswith("V_")}
    assert own == {
        "V_role": "<executor>",
        "V_item": "<hello>",
        "V_iteration": "<1>",
        "V_attempt": "<2>",
        "V_round": "<3>",
        "V_folder": f"<{stage.tree}>",
    }
    assert sorted(told["env"]) == ["HOME", "LANG", "PATH", "TMPDIR"]


def test_a_model_that_was_chosen_is_named(stage: Stage) -> None:
    stage.agent("print(sys.argv[1:])", ["--model", "{model}"])
    reply = stage.ask(stage.opened(stage.folder / "scripted.yml", "big-one"))
    assert isinstance(reply.answer, ExecutorAnswer)
    assert reply.answer.summary == "['--model', 'big-one']"


def test_an_answer_that_breaks_its_rules_is_mended(stage: Stage) -> None:
    script = """
    said = sys.stdin.read()
    again = "could not be used" in said
    with open("asked.txt", "a") as file:
        file.write(f"{'again' if again else 'first'}\\n")
    good = {"outcome": "blocked", "summary": "s", "question": "Which?"}
    result.write_text(json.dumps(good if "ask what a person" in said else {**good, "question": ""}))
    """
    found = answer(stage, script)
    assert found.question == "Which?"
    assert (stage.tree / "asked.txt").read_text() == "first\nagain\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ not json", "the result must be one JSON object or begin with done, failed or blocked"),
        ("[1, 2]", "Input should be a valid dictionary"),
        ('{"outcome": "perfect", "summary": "x"}', "Input should be 'done', 'blocked' or 'failed'"),
        ("blocked", "blocked without a question"),
    ],
)
def test_an_answer_that_stays_bad_is_a_failure_after_two_repairs(
    stage: Stage, text: str, told: str
) -> None:
    script = f"""
    with open("asked.txt", "a") as file: file.write("x")
    result.write_text({text!r})
    """
    said = failure(stage, script)
    assert said.startswith("scripted gave no usable answer, even after 2 repairs: ")
    assert told in said
    assert (stage.tree / "asked.txt").read_text() == "xxx"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("result.symlink_to('/etc/passwd')", "links are not followed"),
        ("result.write_bytes(b'x' * 3_000_000)", "2000000 are the limit"),
        ("result.write_bytes(b'\\xff\\xfe')", "not UTF-8 text"),
        ("os.mkfifo(result)", "is no file"),
        ("result.mkdir()", "Is a directory"),
    ],
)
def test_a_result_that_is_no_plain_small_file_is_not_read(
    stage: Stage, script: str, told: str
) -> None:
    said = failure(stage, script)
    assert said.startswith("scripted left a result that cannot be read: ")
    assert told in said


def test_a_prompt_that_became_a_link_is_not_written_through(stage: Stage) -> None:
    aim = stage.folder / "precious"
    aim.write_text("mine")
    script = f"""
    result.write_text("nonsense")
    prompt = home / ".specloop-prompt.md"
    prompt.unlink()
    prompt.symlink_to({str(aim)!r})
    """
    assert failure(stage, script) == "scripted put something else where its prompt is"
    assert aim.read_text() == "mine"


def test_a_program_that_is_missing_is_told_with_what_to_do(stage: Stage) -> None:
    agent = stage.agent("pass")
    (stage.folder / "agent.py").unlink()
    program = stage.folder / "program"
    program.write_text("#!/nowhere/at/all\n")
    program.chmod(0o755)
    path = stage.file("broken", command=[str(program)])
    broken = stage.opened(path)
    with pytest.raises(AgentUnavailable, match=r"^broken could not be started: No such file"):
        stage.ask(broken)
    program.unlink()
    with pytest.raises(AgentUnavailable, match="not on PATH: write it"):
        stage.ask(broken)
    with pytest.raises(AgentFailed, match="exit code 2 and left no result"):
        stage.ask(agent)  # a Python without its script


def test_a_crash_names_the_signal(stage: Stage) -> None:
    said = failure(stage, "print('so far', flush=True); os.kill(os.getpid(), signal.SIGSEGV)")
    assert said == "scripted was ended by the signal SIGSEGV; it last said: so far"


def test_the_deadline_ends_even_who_ignores_to_be_asked(stage: Stage) -> None:
    script = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-I", __file__ + ".child"])
    print("busy", flush=True)
    time.sleep(600)
    """
    (stage.folder / "agent.py.child").write_text("import time; time.sleep(600)")
    said = failure(stage, script, limits={"seconds": 1})
    assert "scripted gave no answer within" in said
    assert said.endswith("; it last said: busy")


def test_who_says_and_does_nothing_hangs(stage: Stage) -> None:
    said = failure(stage, "print('hm', flush=True); time.sleep(600)", limits={"silence": 1})
    assert said == (
        "scripted hung: for 1 seconds it printed nothing and did nothing; it last said: hm"
    )


def test_who_works_without_a_word_does_not_hang(stage: Stage) -> None:
    script = """
    end = time.monotonic() + 3
    while time.monotonic() < end: pass
    result.write_text("done")
    """
    assert answer(stage, script, limits={"silence": 1}).outcome == ExecutorOutcome.DONE


def test_a_daemon_of_its_group_ends_with_it_and_holds_nobody_up(stage: Stage) -> None:
    script = """
    subprocess.Popen([sys.executable, "-I", __file__ + ".child"])
    result.write_text("done")
    """
    (stage.folder / "agent.py.child").write_text("import time; time.sleep(600)")
    assert answer(stage, script).outcome == ExecutorOutcome.DONE


def test_a_daemon_that_fled_its_group_ends_with_the_cell(stage: Stage) -> None:
    require_bubblewrap()
    stage.sandbox = Bubblewrap(stage.folder / "cells")
    script = """
    daemon = pathlib.Path("daemon.py").absolute()
    daemon.write_text("import time; time.sleep(600)")
    subprocess.Popen([sys.executable, "-I", str(daemon)], start_new_session=True)
    result.write_text("done: " + str(sorted(os.listdir(home))))
    """
    readable = [str(stage.folder / "agent.py")]
    found = answer(stage, script, readable=readable)
    assert found.summary == "['.specloop-prompt.md']", "its home is the one that was laid"


def test_in_a_cell_a_signal_is_told_too(stage: Stage) -> None:
    require_bubblewrap()
    stage.sandbox = Bubblewrap(stage.folder / "cells")
    said = failure(
        stage, "os.kill(os.getpid(), signal.SIGSEGV)", readable=[str(stage.folder / "agent.py")]
    )
    assert said == "scripted was ended by the signal SIGSEGV"


def test_a_flood_of_output_fills_neither_log_nor_memory(stage: Stage) -> None:
    script = """
    line = b"x" * 99_999 + b"\\n"
    for _ in range(2_000): sys.stdout.buffer.write(line)
    print("the end")
    """
    found = answer(stage, script, limits={"output": 100_000})
    assert found.summary.endswith("the end")
    log = stage.logs / "1.executor.log"
    assert log.stat().st_size < 200_000
    assert " bytes left out ...]" in stage.log()
    assert stage.log().endswith("the end\n")
    assert len(stage.told) <= 400


def test_the_log_keeps_prompt_output_and_the_agents_own_log(stage: Stage) -> None:
    script = """
    print("working")
    (home / ".specloop-log").write_text("inner thoughts")
    """
    answer(stage, script)
    log = stage.log()
    assert log.startswith("=== prompt\nYou are an Executor")
    assert "=== conversation\nworking\n" in log
    assert log.endswith("=== its own log\ninner thoughts")


def test_json_lines_tell_words_tools_and_usage(stage: Stage) -> None:
    script = """
    print("warning: not JSON")
    for line in ({"tool": {"name": "Write"}}, {"tool": {"name": "Bash"}, "tokens": {"in": 5}},
                 {"tokens": {"in": 7, "out": 2}, "cost": 0.25, "text": "All done."}):
        print(json.dumps(line))
    """
    usage = {"input_tokens": "tokens.in", "output_tokens": "tokens.out", "cost_usd": "cost"}
    output = {"format": "json-lines", "words": ["text"], "tools": ["tool.name"], "usage": usage}
    reply = stage.ask(stage.agent(script, output=output))
    assert isinstance(reply.answer, ExecutorAnswer)
    assert reply.answer.summary == "All done."
    assert [detail for _, detail in stage.told] == ["Write", "Bash"]
    used = reply.usage
    assert (used.input_tokens, used.output_tokens, used.cost_usd) == (12, 2, 0.25)
    assert used.seconds > 0


def test_a_failure_tells_what_it_cost(stage: Stage) -> None:
    script = "print(json.dumps({'cost': 2.5})); result.write_text('{')"
    output = {"format": "json-lines", "usage": {"cost_usd": "cost"}}
    with pytest.raises(AgentFailed) as error:
        stage.ask(stage.agent(script, output=output))
    assert error.value.usage.cost_usd == 7.5, "three times asked"


def test_a_verifier_answers_by_schema_and_may_not_write(stage: Stage) -> None:
    verdict = {
        "met": True, "rationale": "r",
        "criteria": [{"criterion": "It works", "met": True, "evidence": [{"path": "a.py"}]}],
    }  # fmt: skip
    script = f"result.write_text({json.dumps(json.dumps(verdict))})"
    reply = stage.ask(stage.agent(script), "verifier")
    assert isinstance(reply.answer, VerifierAnswer)
    assert reply.answer.met
    assert not stage.sandbox.cells[0].writable
    assert "which you must not change" in stage.log("verifier")


def test_a_planner_has_no_folder_and_may_answer_in_its_last_words(stage: Stage) -> None:
    script = """
    assert os.listdir(".") == []
    plan = {"decision": "STUCK", "reason": "Nothing can be done."}
    print("Here is the plan:\\n```json\\n" + json.dumps(plan) + "\\n```")
    """
    reply = stage.ask(stage.agent(script), "planner")
    assert isinstance(reply.answer, PlannerAnswer)
    assert reply.answer.decision is Decision.STUCK


def test_a_simple_word_is_no_verdict(stage: Stage) -> None:
    said = failure(stage, "result.write_text('done: looks good')", "verifier")
    assert "the result must be one JSON object: " in said


def test_asked_to_end_it_ends(stage: Stage) -> None:
    stage.cancelled = (stage.tree / "started").exists
    script = "pathlib.Path('started').touch(); time.sleep(600)"
    with pytest.raises(Cancelled):
        stage.ask(stage.agent(script))


def test_who_asks_a_provider_needs_a_key(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "login.json").touch()
    agent = stage.agent(
        "pass",
        provider="anthropic",
        environment={"KEY": "{pass}"},
        subscription=["~/login.json"],
    )
    with pytest.raises(AgentUnavailable) as error:
        stage.ask(agent)
    assert str(error.value) == (
        "scripted asks anthropic, and no key for it is known: set ANTHROPIC_API_KEY "
        "(your login in ~/login.json cannot be used: agents see nothing of your home)"
    )
