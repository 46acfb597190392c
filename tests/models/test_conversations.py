"""Conversations with a provider over real HTTP: both wire formats, and all that goes wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import bot.agents.providers
from bot.domain.agents import ExecutorAnswer, ExecutorOutcome
from bot.domain.errors import AgentFailed, AgentUnavailable, LimitReached
from tests.models.desk import ANTHROPIC, DONE, OPENAI, Desk, executor
from tests.models.server import Asked, Cut, Reaction, Refuse, Say, Use


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from pydantic_ai import models

    monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", True)
    monkeypatch.setattr(bot.agents.providers, "RETRIES", 1)
    return Desk(tmp_path)


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_an_executor_works_and_answers(desk: Desk, name: str) -> None:
    reply = desk.ask(name, script=executor)
    assert reply.answer == ExecutorAnswer(ExecutorOutcome.DONE, "It says hello.", "Say hello")
    assert (desk.tree / "hello.txt").read_text() == "hello\n"
    assert desk.ran == [["make", "test"]]
    assert desk.server is not None
    asked = desk.server.asked
    assert {a.key for a in asked} == {"pass-of-1/execute/7.1/1"}
    assert {a.system for a in asked} == {asked[0].system}
    assert set(asked[0].tools) >= {"read_file", "write_file", "run", "answer"}
    used = reply.usage
    assert (used.requests, used.output_tokens, used.cached_tokens) == (3, 60, 300)
    assert used.input_tokens > used.cached_tokens
    assert used.cost_usd > 0
    log = (desk.folder / "kept" / "1.execute.7.1.1.log").read_text()
    assert "I begin with the file." in log
    assert "> run" in log


def test_what_never_changes_is_cached(desk: Desk) -> None:
    desk.ask(ANTHROPIC, script=executor)
    assert desk.server is not None
    for asked in desk.server.asked:
        assert asked.body["tools"][-1]["cache_control"]["type"] == "ephemeral"
        assert asked.body["system"][-1]["cache_control"]["type"] == "ephemeral"
        assert asked.body["cache_control"]["type"] == "ephemeral"


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
@pytest.mark.parametrize("status", [429, 500, 529])
def test_one_busy_moment_is_waited_for(desk: Desk, name: str, status: int) -> None:
    seen: list[Asked] = []

    def script(asked: Asked) -> Reaction:
        seen.append(asked)
        if len(seen) == 1:
            return Refuse(status, "busy", "overloaded_error", {"retry-after": "0"})
        return Say((DONE,))

    assert desk.ask(name, script=script).usage.requests == 1
    assert len(seen) == 2


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_a_provider_that_stays_busy_is_asked_again_when_it_says(desk: Desk, name: str) -> None:
    def script(asked: Asked) -> Reaction:
        wait = "0" if asked.turns else "900"
        return Refuse(429, "Your quota is used up", "rate_limit_error", {"retry-after": wait})

    with pytest.raises(LimitReached, match=r"busy.*Your quota is used up") as caught:
        desk.ask(name, script=script)
    assert caught.value.again_at - desk.clock.now() == timedelta(seconds=900)


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_an_answer_cut_in_the_middle_is_no_failure_of_the_agent(desk: Desk, name: str) -> None:
    with pytest.raises(LimitReached, match="could not be reached"):
        desk.ask(name, script=lambda asked: Cut())


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "refused the key"), (403, "refused the key"), (404, "does not know the model"),
     (400, "refused the request"), (402, "budget of executor is used up")],
)  # fmt: skip
def test_what_a_person_must_mend_is_said(desk: Desk, name: str, status: int, says: str) -> None:
    with pytest.raises(AgentUnavailable, match=f"{says}.*because I say so"):
        desk.ask(name, script=lambda asked: Refuse(status, "because I say so"))


def test_the_next_model_answers_when_the_first_cannot(desk: Desk) -> None:
    def script(asked: Asked) -> Reaction:
        return Refuse(529, "overloaded") if asked.api == "anthropic" else Say((DONE,))

    reply = desk.ask(ANTHROPIC, OPENAI, script=script)
    assert isinstance(reply.answer, ExecutorAnswer)


def test_when_none_can_be_asked_the_shortest_wait_counts(desk: Desk) -> None:
    def script(asked: Asked) -> Reaction:
        if asked.api == "anthropic":
            return Refuse(401, "no such key")
        return Refuse(429, "later", headers={"retry-after": "120"})

    with pytest.raises(LimitReached) as caught:
        desk.ask(ANTHROPIC, OPENAI, script=script)
    assert caught.value.again_at - desk.clock.now() == timedelta(seconds=120)


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_garbage_is_the_agents_failure_and_is_paid_for(desk: Desk, name: str) -> None:
    nonsense = [{"outcome": "perhaps"}, {}, "{not json", {"outcome": 7}, {"summary": []}]

    def script(asked: Asked) -> Reaction:
        return Say((Use("answer", nonsense[asked.turns % len(nonsense)]),))

    with pytest.raises(AgentFailed, match="no usable answer, even after 2 repairs") as caught:
        desk.ask(name, script=script)
    assert caught.value.usage.requests == 3


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_words_instead_of_an_answer_are_asked_again(desk: Desk, name: str) -> None:
    def script(asked: Asked) -> Reaction:
        return Say((DONE,)) if asked.turns else Say(text="All is well.")

    assert isinstance(desk.ask(name, script=script).answer, ExecutorAnswer)


def test_unknown_tools_and_foreign_paths_are_told_and_can_be_mended(desk: Desk) -> None:
    def script(asked: Asked) -> Reaction:
        match asked.turns:
            case 0:
                return Say((Use("launch_rocket", {}),))
            case 1:
                assert "launch_rocket" in asked.last
                return Say((Use("write_file", {"path": "../../escape.txt", "text": "x"}),))
            case 2:
                assert "leads out of the folder" in asked.last
        return Say((DONE,))

    desk.ask(ANTHROPIC, script=script)
    assert not list(desk.folder.rglob("escape.txt"))


def test_one_that_never_stops_is_stopped(desk: Desk) -> None:
    def script(asked: Asked) -> Reaction:
        return Say((Use("list_files", {"path": "."}),))

    with pytest.raises(AgentFailed, match="used up its 100 requests"):
        desk.ask(ANTHROPIC, script=script)


@pytest.mark.parametrize("name", [ANTHROPIC, OPENAI])
def test_a_refusal_is_said_to_be_one(desk: Desk, name: str) -> None:
    with pytest.raises(AgentFailed, match="refused to answer"):
        desk.ask(name, script=lambda asked: Say(text="", stop="refusal"))
