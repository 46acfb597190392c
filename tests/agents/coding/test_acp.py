"""The `acp` runtime against little agents that speak the protocol by hand, well and badly."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bot.agents.coding.agent import CodingAgent
from bot.domain.agents import ExecutorAnswer, ExecutorOutcome
from bot.domain.errors import AgentFailed, AgentUnavailable, Cancelled
from tests.agents.coding.stage import Stage

pytest.importorskip("acp", reason="the extra `acp` is not installed")

AGENT = """\
waiting = []
def send(**message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
def receive(): return waiting.pop(0) if waiting else json.loads(sys.stdin.readline() or sys.exit(0))
def ask(method, **params):
    send(id="mine", method=method, params={"sessionId": "s", **params})
    while True:
        message = json.loads(sys.stdin.readline())
        if message.get("id") == "mine" and "method" not in message:
            return message
        waiting.append(message)
def update(what, **fields):
    send(method="session/update", params={"sessionId": "s", "update": {"sessionUpdate": what, **fields}})
def say(text): update("agent_message_chunk", content={"type": "text", "text": text})
def may(kind, path=None, options=(("yes-please", "allow_once"), ("never-ever", "reject_once"))):
    call = {"toolCallId": "t", "title": kind, "kind": kind}
    if path is not None: call["locations"] = [{"path": str(path)}]
    options = [{"optionId": o, "name": o, "kind": k} for o, k in options]
    return ask("session/request_permission", toolCall=call, options=options)["result"]["outcome"]
def initialized(message): return {"protocolVersion": 1, "agentCapabilities": {}}
def opened(message):
    global folder
    folder = pathlib.Path(message["params"]["cwd"])
    return {"sessionId": "s"}
def turn(prompt): pass
def stop(prompt): return {"stopReason": "end_turn"}
#HERE
while True:
    message = receive()
    method = message.get("method")
    if method == "initialize": send(id=message["id"], result=initialized(message))
    elif method == "session/new": send(id=message["id"], result=opened(message))
    elif method == "session/prompt":
        prompt = message["params"]["prompt"][0]["text"]
        turn(prompt)
        send(id=message["id"], result=stop(prompt))
"""  # fmt: skip  # noqa: E501


def agent(stage: Stage, script: str, **fields: object) -> CodingAgent:
    whole = AGENT.replace("#HERE", textwrap.dedent(script))
    return stage.agent(whole, **({"runtime": "acp"} | fields))


def answer(stage: Stage, script: str, **fields: object) -> ExecutorAnswer:
    reply = stage.ask(agent(stage, script, **fields))
    assert isinstance(reply.answer, ExecutorAnswer)
    return reply.answer


def failure(stage: Stage, script: str, **fields: object) -> str:
    with pytest.raises(AgentFailed) as error:
        stage.ask(agent(stage, script, **fields))
    return str(error.value)


def test_a_turn_is_prompted_watched_and_answered_by_the_result_file(stage: Stage) -> None:
    script = """
    def turn(prompt):
        assert prompt.startswith("You are an Executor of specloop.")
        say("I look around. ")
        update("tool_call", toolCallId="t", title="Write hello.txt", kind="edit", status="pending")
        (folder / "hello.txt").write_text("hello")
        result.write_text(json.dumps({"outcome": "done", "summary": "s", "title": "Say hello"}))
    """
    assert answer(stage, script).title == "Say hello"
    assert (stage.tree / "hello.txt").read_text() == "hello"
    assert stage.told == [("scripted", "Write hello.txt")]
    assert '"session/update"' in stage.log()


def test_without_a_result_its_last_message_is_the_summary(stage: Stage) -> None:
    script = """
    def turn(prompt):
        say("Looking. ")
        update("tool_call", toolCallId="t", title="Look")
        say("I did ")
        say("nothing.")
    """
    assert answer(stage, script).summary == "I did nothing."


def test_usage_is_what_the_session_says(stage: Stage) -> None:
    script = """
    def turn(prompt):
        cost = {"amount": 0.5, "currency": "USD"}
        update("usage_update", size=9, used=1, cost=cost)
    def stop(prompt):
        used = {"totalTokens": 9, "inputTokens": 7, "outputTokens": 2, "cachedReadTokens": 3}
        return {"stopReason": "end_turn", "usage": used}
    """
    used = stage.ask(agent(stage, script)).usage
    assert (used.input_tokens, used.output_tokens, used.cached_tokens) == (7, 2, 3)
    assert used.cost_usd == 0.5


def test_the_model_that_was_chosen_is_chosen_there(stage: Stage) -> None:
    script = """
    def opened(message):
        options = [{"value": "house/other", "name": "o"}, {"value": "house/big-one", "name": "b"}]
        models = {"id": "m", "name": "Model", "type": "select", "category": "model"}
        models |= {"currentValue": "house/other", "options": options}
        return {"sessionId": "s", "configOptions": [models]}
    other = receive
    def receive():
        message = other()
        if message.get("method") == "session/set_config_option":
            result.with_name("chosen").write_text(message["params"]["value"])
            send(id=message["id"], result={"configOptions": []})
        return message
    def turn(prompt): say(result.with_name("chosen").read_text())
    """
    agent(stage, script)
    reply = stage.ask(stage.opened(stage.folder / "scripted.yml", "big-one"))
    assert isinstance(reply.answer, ExecutorAnswer)
    assert reply.answer.summary == "house/big-one"


def test_a_bad_answer_is_mended_in_the_same_session(stage: Stage) -> None:
    script = """
    turns = []
    def turn(prompt):
        turns.append(prompt)
        result.write_text("nonsense" if len(turns) == 1 else f"done: after {len(turns)} turns")
        if len(turns) == 2: assert prompt.startswith("Your answer could not be used:")
    """
    assert answer(stage, script).summary == "after 2 turns"


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        ("may('edit', folder / 'a.txt')", "yes-please"),
        ("may('edit', 'a.txt')", "yes-please"),
        ("may('execute')", "yes-please"),
        ("may('read', '/etc/hosts')", "yes-please"),
        ("may('edit', home / '.specloop-result')", "yes-please"),
        ("may('edit', '/etc/hosts')", "never-ever"),
        ("may('edit', folder / '..' / 'other.txt')", "never-ever"),
        ("may('edit', folder / 'link' / 'other.txt')", "never-ever"),
        ("may('delete', '/')", "never-ever"),
        ("may('fetch')", "never-ever"),
        ("may('switch_mode')", "never-ever"),
        ("may('fetch', options=[('a', 'allow_always')])", None),
        ("may('execute', options=[('x', 'reject_once'), ('b', 'allow_always')])", "b"),
    ],
)
def test_permission_is_given_by_policy_and_by_kind(
    stage: Stage, wish: str, chosen: str | None
) -> None:
    (stage.tree / "link").symlink_to("/etc")
    script = f"""
    def turn(prompt): (folder / "chosen.txt").write_text(str({wish}.get("optionId")))
    """
    answer(stage, script)
    assert (stage.tree / "chosen.txt").read_text() == str(chosen)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("folder / 'new' / 'a.txt'", ""),
        ("home / '.specloop-result'", ""),
        ("'/etc/specloop-was-here'", "outside of the folder"),
        ("folder / '..' / 'other.txt'", ".. is not allowed"),
        ("folder / 'link' / 'specloop-was-here'", "links are not followed"),
        ("folder / '.git' / 'config'", ".git belongs to the bot"),
        ("'relative.txt'", "outside of the folder"),
    ],
)
def test_files_are_written_inside_only(stage: Stage, path: str, told: str) -> None:
    (stage.tree / "link").symlink_to("/etc")
    script = f"""
    def turn(prompt):
        got = ask("fs/write_text_file", path=str({path}), content="done: by request")
        print(json.dumps(got), file=sys.stderr)
        say(json.dumps(got.get("error", "written")))
    """
    assert told in answer(stage, script).summary
    assert not Path("/etc/specloop-was-here").exists()
    assert not (stage.folder / "other.txt").exists()


def test_files_are_read_inside_only_and_by_lines(stage: Stage) -> None:
    (stage.tree / "a.txt").write_text("1\n2\n3\n4")
    (stage.tree / "link.txt").symlink_to("/etc/passwd")
    script = """
    def turn(prompt):
        read = lambda path, **more: ask("fs/read_text_file", path=str(path), **more)
        assert read(folder / "a.txt")["result"]["content"] == "1\\n2\\n3\\n4"
        assert read(folder / "a.txt", line=2, limit=2)["result"]["content"] == "2\\n3"
        for path in (folder / "link.txt", "/etc/passwd", folder / "none.txt"):
            assert "error" in read(path)
        say("as it should be")
    """
    assert answer(stage, script).summary == "as it should be"


def test_who_only_reads_changes_nothing(stage: Stage) -> None:
    script = """
    def turn(prompt):
        got = ask("fs/write_text_file", path=str(folder / "a.txt"), content="x")
        assert "read-only" in json.dumps(got["error"])
        assert may("edit", folder / "a.txt")["optionId"] == "never-ever"
        assert may("edit", result)["optionId"] == "yes-please"
        criteria = [{"criterion": "c", "met": False, "gap": "all"}]
        result.write_text(json.dumps({"met": False, "rationale": "r", "criteria": criteria}))
    """
    assert stage.ask(agent(stage, script), "verifier").answer
    assert not (stage.tree / "a.txt").exists()


def test_terminals_are_declined(stage: Stage) -> None:
    script = """
    def turn(prompt): say(json.dumps(ask("terminal/create", command="id")))
    """
    assert "Method not found" in answer(stage, script).summary


def test_noise_between_messages_is_overheard(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    script = """
    def turn(prompt):
        print("a banner"); print("[1, 2]"); print('{"half": '); print("x" * 2_000_000)
        send(method="session/update", params={"sessionId": "s", "update": {"sessionUpdate": "?"}})
        send(method="some/news", params={})
        send(id=12345, result={})
        print("complaints", file=sys.stderr)
        result.write_text("done: anyway")
    """
    assert answer(stage, script).summary == "anyway"
    printed = capfd.readouterr()
    assert "Traceback" not in printed.err
    assert "complaints" in stage.log()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("def turn(prompt): print('bye', file=sys.stderr); sys.exit(3)",
         "scripted ended with exit code 3 in the middle of its turn; it last said: bye"),
        ("def turn(prompt): os.kill(os.getpid(), signal.SIGKILL)",
         "scripted was ended by the signal SIGKILL"),
        ("def stop(prompt): return {'stopReason': 'refusal'}", "scripted stopped early (refusal)"),
        ("def stop(prompt): return 'nothing'", "scripted does not keep to the protocol"),
        ("def opened(message): return {}", "scripted does not keep to the protocol"),
    ],
)  # fmt: skip
def test_how_it_ends_badly_is_told(stage: Stage, script: str, told: str) -> None:
    assert failure(stage, script).startswith(told)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("def initialized(message): return {'protocolVersion': 99}", "speaks version 99"),
        ("send(id=0, error={'code': -32000, 'message': 'Authentication required'})",
         "could not be asked: Authentication required"),
        ("import nothing_of_that_name", "exit code 1 in the middle of its turn"),
    ],
)  # fmt: skip
def test_who_cannot_be_asked_is_told(stage: Stage, script: str, told: str) -> None:
    with pytest.raises((AgentUnavailable, AgentFailed), match=told):
        stage.ask(agent(stage, script))


def test_out_of_time_it_is_asked_to_end_its_turn_then_ended(stage: Stage) -> None:
    script = """
    def turn(prompt):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (folder / "next.txt").write_text(sys.stdin.readline())
        time.sleep(600)
    """
    said = failure(stage, script, limits={"seconds": 2})
    assert said.startswith("scripted gave no answer within")
    assert '"session/cancel"' in (stage.tree / "next.txt").read_text()


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("", "half of it"),  # as the protocol wants it: the turn was cancelled
        ("send(id=message['id'], error={'code': -32603, 'message': 'aborted'})", "half of it"),
        ("result.write_text('done: all of it')", "all of it"),  # it had just finished
    ],
)
def test_when_time_is_nearly_up_it_is_told_to_finish_and_that_answer_counts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, ends: str, told: str
) -> None:
    monkeypatch.setattr("bot.agents.coding.acp.NEARLY", 0.01)
    script = f"""
    turns = []
    def turn(prompt):
        turns.append(prompt)
        if len(turns) == 1:
            (folder / "half.txt").write_text("half")
            assert json.loads(sys.stdin.readline())["method"] == "session/cancel"
            {ends or "pass"}
        else:
            assert prompt.startswith("Time is nearly up, so your turn was ended. Finish now: ")
            result.write_text("done: half of it")
    def stop(prompt): return {{"stopReason": "cancelled" if len(turns) == 1 else "end_turn"}}
    """
    assert answer(stage, script, limits={"seconds": 120}).summary == told
    assert (stage.tree / "half.txt").read_text() == "half"


def test_who_never_reads_is_ended_too(stage: Stage) -> None:
    script = "time.sleep(600)"
    said = failure(stage, script, limits={"seconds": 1})
    assert "gave no answer within" in said


def test_who_hangs_in_its_turn_is_ended(stage: Stage) -> None:
    said = failure(stage, "def turn(prompt): time.sleep(600)", limits={"silence": 1})
    assert said.startswith("scripted hung: for 1 seconds")


def test_a_flood_of_updates_is_taken_in(stage: Stage) -> None:
    script = """
    def turn(prompt):
        for number in range(20_000): say(f"{number} ")
        result.write_text("done: all told")
    """
    assert answer(stage, script, limits={"output": 100_000}).outcome == ExecutorOutcome.DONE
    assert (stage.logs / "1.executor.log").stat().st_size < 300_000


def test_asked_to_end_it_ends(stage: Stage) -> None:
    stage.cancelled = (stage.tree / "started").exists
    script = """
    def turn(prompt):
        (folder / "started").touch()
        time.sleep(600)
    """
    with pytest.raises(Cancelled):
        stage.ask(agent(stage, script))
