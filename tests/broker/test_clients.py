"""The providers' own clients, which know nothing of a broker, speak through it."""

from __future__ import annotations

import anthropic
import openai
import pytest

from bot.broker import BrokerProcess
from bot.ports.broker import Pass
from tests.broker.provider import Provider

USAGE = {"input_tokens": 1000, "output_tokens": 100}
MESSAGE = {
    "id": "m1", "type": "message", "role": "assistant", "model": "cheap-1",
    "content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn",
    "stop_sequence": None, "usage": USAGE,
}  # fmt: skip
START = {**MESSAGE, "content": [], "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}}
ENDED = {"stop_reason": "end_turn", "stop_sequence": None}
EVENTS = (
    {"type": "message_start", "message": START},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": ENDED, "usage": {"output_tokens": 100}},
    {"type": "message_stop"},
)
CHUNK = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "cheap-1"}
HELLO = [{"role": "user", "content": "Hello"}]


def claude(admitted: Pass, retries: int = 2) -> anthropic.Anthropic:
    url = f"{admitted.url}/anthropic"
    return anthropic.Anthropic(api_key=admitted.token, base_url=url, max_retries=retries)


def gpt(admitted: Pass) -> openai.OpenAI:
    return openai.OpenAI(api_key=admitted.token, base_url=f"{admitted.url}/openai")


def test_anthropics_client_streams(broker: BrokerProcess, admitted: Pass, upstream: Provider):
    parts = [f"event: {e['type']}\n" for e in EVENTS]
    upstream.streams(*EVENTS)
    stream = upstream.answers[0].stream
    assert stream is not None
    named = [p.replace(b"event: x\n", n.encode()) for p, n in zip(stream, parts, strict=True)]
    object.__setattr__(upstream.answers[0], "stream", named)
    with (
        claude(admitted) as client,
        client.messages.stream(model="cheap-1", max_tokens=1000, messages=HELLO) as answer,
    ):
        assert "".join(answer.text_stream) == "Hi"
    used = broker.settle(admitted)
    assert (used.input_tokens, used.output_tokens) == (1000, 100)
    assert used.cost_usd == pytest.approx(0.0015)


def test_openais_client_streams(broker: BrokerProcess, admitted: Pass, upstream: Provider):
    delta = {"index": 0, "delta": {"content": "Hi"}, "finish_reason": None}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    upstream.streams({**CHUNK, "choices": [delta]}, {**CHUNK, "choices": [], "usage": usage})
    with gpt(admitted) as client:
        answer = client.chat.completions.create(model="cheap-1", messages=HELLO, stream=True)
        assert [c.delta.content for chunk in answer for c in chunk.choices] == ["Hi"]
    used = broker.settle(admitted)
    assert (used.input_tokens, used.output_tokens) == (1000, 100)


def test_they_wait_and_repeat_as_the_provider_asks(admitted: Pass, upstream: Provider):
    upstream.says({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, 529,
                  retry_after="0")  # fmt: skip
    upstream.says(MESSAGE)
    with claude(admitted) as client:
        answer = client.messages.create(model="cheap-1", max_tokens=1000, messages=HELLO)
    assert answer.content[0].text == "Hi"
    assert len(upstream.asked) == 2


def test_they_do_not_repeat_what_the_cap_refuses(broker: BrokerProcess, upstream: Provider):
    admitted = broker.admit("1/plan", 0.001)
    with claude(admitted) as client, pytest.raises(anthropic.APIStatusError) as refused:
        client.messages.create(model="cheap-1", max_tokens=1000, messages=HELLO)
    assert refused.value.status_code == 402
    with gpt(admitted) as other, pytest.raises(openai.APIStatusError, match="is used up"):
        other.chat.completions.create(model="cheap-1", messages=HELLO, max_tokens=1000)
    assert upstream.asked == []
