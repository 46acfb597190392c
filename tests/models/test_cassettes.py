"""The kept conversations, played again: the wire exchange is what it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.agents import providers
from bot.domain.agents import ExecutorAnswer
from tests.models.cassettes import MODELS, cassette, play, recorded_by
from tests.models.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from pydantic_ai import models

    monkeypatch.setattr(models, "ALLOW_MODEL_REQUESTS", True)
    return Desk(tmp_path)


@pytest.mark.parametrize("api", MODELS)
def test_a_kept_conversation_is_held_again(desk: Desk, api: str) -> None:
    reply = play(api, desk)
    assert isinstance(reply.answer, ExecutorAnswer)
    assert reply.usage.requests >= 2
    assert reply.usage.output_tokens > 0
    assert list(desk.tree.iterdir()), "it wrote nothing"


@pytest.mark.parametrize("api", MODELS)
def test_another_form_of_request_is_noticed(
    desk: Desk, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "OUTPUT_TOKENS", 1234)
    with pytest.raises(Exception, match=r"could not be reached|no recorded interaction"):
        play(api, desk)


@pytest.mark.parametrize("api", MODELS)
def test_a_cassette_says_what_recorded_it_and_holds_no_key(api: str) -> None:
    assert recorded_by(api)
    text = cassette(api).read_text()
    assert not re.search(r"(?i)x-api-key|authorization|sk-[a-z0-9]|127\\.0\\.0\\.1:(?!9/)", text)
