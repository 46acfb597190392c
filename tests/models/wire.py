"""Two wire formats, from the provider's side: what a request says, and how an answer is written.

After the published references of Anthropic's Messages API and OpenAI's Chat Completions API.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IDS = itertools.count(1)
OUTPUT = 20
"""Tokens that every answer is said to have."""


class WrongRequest(ValueError):
    """What a real provider would answer 400 to."""


@dataclass(frozen=True)
class Words:
    """One answer of a model."""

    text: str
    uses: tuple[tuple[str, Mapping[str, Any] | str], ...]
    input_tokens: int
    cached: int
    stop: str = ""


@dataclass(frozen=True)
class Api:
    """One wire format."""

    name: str
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    message: Callable[[str, Words], Mapping[str, Any]]
    events: Callable[[str, Words], Sequence[str]]
    error: Callable[[str, str], Mapping[str, Any]]


def tokens(body: Mapping[str, Any]) -> int:
    """A count that grows with what was said."""
    return len(json.dumps(body)) // 4


def _texts(content: object) -> list[str]:
    if isinstance(content, str):
        return [content]
    assert isinstance(content, list)
    return [block["text"] for block in content if block.get("type") == "text"]


# Anthropic.


def _read_anthropic(body: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(body.get("max_tokens"), int):
        raise WrongRequest("max_tokens: field required")
    said, results, turns, open_calls = [], [], 0, set[str]()
    role_before = "assistant"
    for message in body["messages"]:
        if message["role"] == role_before:
            raise WrongRequest("messages: roles must alternate")
        role_before = message["role"]
        blocks = message["content"]
        blocks = [{"type": "text", "text": blocks}] if isinstance(blocks, str) else blocks
        if message["role"] == "assistant":
            turns += 1
            open_calls = {b["id"] for b in blocks if b["type"] == "tool_use"}
            continue
        results = []
        for block in blocks:
            if block["type"] == "tool_result":
                open_calls.discard(block["tool_use_id"])
                results += _texts(block["content"])
        if open_calls:
            raise WrongRequest(f"tool_use ids without tool_result: {sorted(open_calls)}")
        said += [*_texts(blocks), *results]
    if _cache_points(body) > 4:
        raise WrongRequest("A maximum of 4 blocks with cache_control may be provided.")
    return {
        "model": body["model"],
        "system": "\n".join(_texts(body.get("system", ""))),
        "said": "\n".join(said),
        "turns": turns,
        "results": tuple(results),
        "tools": tuple(tool["name"] for tool in body.get("tools", ())),
    }


def _cache_points(value: object) -> int:
    if isinstance(value, Mapping):
        return ("cache_control" in value) + sum(map(_cache_points, value.values()))
    return sum(map(_cache_points, value)) if isinstance(value, list) else 0


def _anthropic_blocks(words: Words) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if words.text:
        blocks.append({"type": "text", "text": words.text})
    for name, arguments in words.uses:
        blocks.append(
            {"type": "tool_use", "id": f"toolu_{next(_IDS)}", "name": name, "input": arguments}
        )
    return blocks


def _anthropic_message(model: str, words: Words) -> dict[str, Any]:
    return {
        "id": f"msg_{next(_IDS)}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": _anthropic_blocks(words),
        "stop_reason": words.stop or ("tool_use" if words.uses else "end_turn"),
        "stop_sequence": None,
        "usage": _anthropic_usage(words),
    }


def _anthropic_usage(words: Words) -> dict[str, int]:
    return {
        "input_tokens": words.input_tokens - words.cached,
        "cache_read_input_tokens": words.cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": OUTPUT,
    }


def _anthropic_events(model: str, words: Words) -> list[str]:
    whole = _anthropic_message(model, words)
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    ]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            start: dict[str, Any] = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": part} for part in _parts(block["text"])]
        else:
            given = block["input"]
            text = given if isinstance(given, str) else json.dumps(given)
            start = {**block, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": part} for part in _parts(text)]
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [{"type": "content_block_delta", "index": index, "delta": d} for d in deltas]
        events.append({"type": "content_block_stop", "index": index})
    events.append(
        {
            "type": "message_delta",
            "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
            "usage": whole["usage"],
        }
    )
    events.append({"type": "message_stop"})
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]


def _parts(text: str) -> list[str]:
    return [text[:7], text[7:]] if len(text) > 7 else [text]


# OpenAI.


def _read_openai(body: Mapping[str, Any]) -> dict[str, Any]:
    said, results, turns, system, open_calls = [], [], 0, [], set[str]()
    for message in body["messages"]:
        role = message["role"]
        if role in ("system", "developer"):
            system += _texts(message["content"])
        elif role == "assistant":
            turns += 1
            results = []
            open_calls = {call["id"] for call in message.get("tool_calls") or ()}
        elif role == "tool":
            open_calls.discard(message["tool_call_id"])
            results += _texts(message["content"])
            said += _texts(message["content"])
        else:
            said += _texts(message["content"])
    if open_calls:
        raise WrongRequest(f"tool_call_ids without an answer: {sorted(open_calls)}")
    return {
        "model": body["model"],
        "system": "\n".join(system),
        "said": "\n".join(said),
        "turns": turns,
        "results": tuple(results),
        "tools": tuple(tool["function"]["name"] for tool in body.get("tools", ())),
    }


def _openai_calls(words: Words) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{next(_IDS)}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given),
            },
        }
        for name, given in words.uses
    ]


def _openai_usage(words: Words) -> dict[str, Any]:
    return {
        "prompt_tokens": words.input_tokens,
        "completion_tokens": OUTPUT,
        "total_tokens": words.input_tokens + OUTPUT,
        "prompt_tokens_details": {"cached_tokens": words.cached},
    }


def _openai_message(model: str, words: Words) -> dict[str, Any]:
    message = {"role": "assistant", "content": words.text or None, "refusal": None}
    if words.uses:
        message["tool_calls"] = _openai_calls(words)
    return {
        "id": f"chatcmpl-{next(_IDS)}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [
            {"index": 0, "message": message, "finish_reason": _openai_stop(words), "logprobs": None}
        ],
        "usage": _openai_usage(words),
    }


def _openai_stop(words: Words) -> str:
    named = {"refusal": "content_filter", "max_tokens": "length"}
    return named.get(words.stop) or ("tool_calls" if words.uses else "stop")


def _openai_events(model: str, words: Words) -> list[str]:
    head = {
        "id": f"chatcmpl-{next(_IDS)}",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
    }
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": part} for part in _parts(words.text) if part]
    for index, call in enumerate(_openai_calls(words)):
        first, *rest = _parts(call["function"]["arguments"])
        function = {"name": call["function"]["name"], "arguments": first}
        deltas.append({"tool_calls": [{**call, "index": index, "function": function}]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": part}}]} for part in rest
        ]
    chunks = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    stop = _openai_stop(words)
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": stop}]})
    chunks.append({**head, "choices": [], "usage": _openai_usage(words)})
    return [*(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks), "data: [DONE]\n\n"]


ANTHROPIC = Api(
    "anthropic",
    _read_anthropic,
    _anthropic_message,
    _anthropic_events,
    lambda kind, message: {"type": "error", "error": {"type": kind, "message": message}},
)
OPENAI = Api(
    "openai",
    _read_openai,
    _openai_message,
    _openai_events,
    lambda kind, message: {"error": {"type": kind, "message": message, "code": None}},
)
