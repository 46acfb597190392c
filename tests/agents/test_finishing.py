"""An agent that comes near a bound is told to finish, and can: real pydantic-ai around a model
that works on until it is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage, RunUsage

from bot.agents.access import Access
from bot.agents.finishing import finish_now
from bot.agents.runtime import ModelAgent, Surroundings
from bot.domain.agents import Reply
from bot.domain.errors import AgentFailed
from tests.agents.conftest import SHIPPED, WORDS, Stage, invocation
from tests.rules.builders import table

DONE = {"outcome": "done", "summary": "As far as I came."}
ROLE = replace(SHIPPED["executor"], requests=20, seconds=1000.0)


def told(messages: list[ModelMessage]) -> str:
    """What the last tool's result says."""
    last = messages[-1]
    assert isinstance(last, ModelRequest)
    return "".join(str(p.content) for p in last.parts if isinstance(p, ToolReturnPart))


def eager(stage: Stage, *, obeys: bool = True, seconds: float = 0.0) -> FunctionModel:
    """A model that lists files over and over, ten tokens each time, until it is told to finish."""

    def turn(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        stage.clock.sleep(seconds)
        finish = obeys and "Finish now" in told(messages)
        call = ToolCallPart("answer", DONE) if finish else ToolCallPart("list_files", {})
        return ModelResponse(parts=[call], usage=RequestUsage(input_tokens=8, output_tokens=2))

    return FunctionModel(turn)


def ask(stage: Stage, model: FunctionModel, **caps: Any) -> Reply:
    class Source:
        def open(self, asked: object, role: object) -> Access:
            return Access(model, "function")

    world = Surroundings(WORDS, stage.clock, save=lambda key, text: keep(stage, text))
    return stage.ask(ModelAgent({"executor": ROLE}, Source(), world), invocation(**caps))


def keep(stage: Stage, text: str) -> str:
    (stage.folder / "transcript").write_text(text)
    return "digest"


@table(
    "caps, seconds, requests",
    ("requests: 17 of 20, and one to answer", {}, 0.0, 18),
    ("time: 850 of 1000 seconds", {}, 100.0, 10),
    ("reserved time: 170 of 200 seconds", {"cap_seconds": 200.0}, 10.0, 18),
    ("tokens: 85 of 100", {"cap_tokens": 100}, 0.0, 10),
)
def test_it_is_told_at_85_per_cent(
    stage: Stage, caps: dict[str, Any], seconds: float, requests: int
) -> None:
    reply = ask(stage, eager(stage, seconds=seconds), **caps)
    assert reply.answer.summary == "As far as I came."  # type: ignore[union-attr]
    assert reply.usage.requests == requests


@table(
    "caps, words",
    ("requests", {}, "its 20 requests"),
    ("tokens", {"cap_tokens": 100}, "its 100 tokens"),
)
def test_one_that_does_not_listen_ends_at_the_bound(
    stage: Stage, caps: dict[str, Any], words: str
) -> None:
    with pytest.raises(AgentFailed, match=f"used up {words} without an answer") as ended:
        ask(stage, eager(stage, obeys=False), **caps)
    assert ended.value.usage.requests > 0
    assert ended.value.talk.transcript == "digest"
    said = json.dumps((stage.folder / "transcript").read_text())
    assert said.count("Finish now") >= 1


def test_it_is_told_each_bound_that_is_near() -> None:
    role = replace(ROLE, tokens=100, cost_usd=2.0, output_tokens=50)

    def words(**used: Any) -> str:
        return finish_now(role, RunUsage(**used), 0.0)

    assert words(requests=16, input_tokens=84) == ""
    assert "requests and tokens and output tokens" in words(
        requests=17, input_tokens=40, output_tokens=45
    )
    assert "cost of this" in words(cost="1.7")
    assert "time of this" in finish_now(role, RunUsage(), 850.0)
    assert "requests of this" in finish_now(replace(role, requests=2), RunUsage(requests=1), 0.0)
