"""What answers tell of their cost, read from anything a provider may send."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broker.counting import Counter
from bot.broker.leaks import KeyLeaked, LeakGuard
from bot.broker.passes import unsettled
from bot.broker.prices import Tokens, read_prices
from bot.domain.providers import Api
from bot.domain.usage import Usage

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "type message usage response input_tokens cache_creation delta".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut data at places, as a network would."""
    at = sorted({min(p, len(data)) for p in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(at)]


@given(st.sampled_from(Api), st.lists(JSON, max_size=4), st.lists(st.integers(0, 400), max_size=6))
def test_anything_is_read_without_an_error_and_never_counts_below_zero(api, events, places):
    data = b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events)
    counter = Counter(api, 7)
    for part in cut(data, places):
        counter.feed(part)
    tokens = counter.tokens()
    assert min(tokens.input, tokens.output, tokens.cache_read, tokens.cache_write) >= 0


@given(st.binary(max_size=200))
def test_bytes_that_are_nothing_are_read_without_an_error(data):
    counter = Counter(Api.ANTHROPIC, 7)
    counter.feed(data)
    counter.whole(data)


@given(st.lists(st.integers(0, 500), max_size=8))
def test_a_stream_is_counted_alike_wherever_the_network_cuts_it(places):
    start = {"input_tokens": 3, "cache_creation_input_tokens": 9, "cache_read_input_tokens": 5,
             "cache_creation": {"ephemeral_1h_input_tokens": 4}, "output_tokens": 1}  # fmt: skip
    events = [
        {"type": "message_start", "message": {"usage": start}},
        {"type": "content_block_delta", "delta": {"text": "data: {}"}},
        {"type": "message_delta", "usage": {"output_tokens": 40}},
        {"type": "message_delta", "usage": {"output_tokens": 77}},
    ]
    data = b"".join(b"event: e\ndata: " + json.dumps(e).encode() + b"\n\n" for e in events)
    counter = Counter(Api.ANTHROPIC, 100)
    for part in cut(data, places):
        counter.feed(part)
    assert counter.is_exact
    assert counter.tokens() == Tokens(3, 77, 5, 5, 4)


def test_a_stream_that_broke_off_counts_rather_too_much():
    counter = Counter(Api.ANTHROPIC, 100)
    counter.feed(b'data: {"type": "message_start", "message": {"usage": {"input_tokens": 3}}}\n')
    counter.feed(b'data: {"type": "content_block_delta", "delta": {"text": "x"}}\n' * 10)
    assert not counter.is_exact
    assert counter.tokens().input == 3
    assert counter.tokens().output > 10


@given(st.binary(max_size=40), st.binary(max_size=40), st.lists(st.integers(0, 99), max_size=8))
def test_no_byte_of_a_key_passes_wherever_it_is_cut(before, after, places):
    key = "abcabd"
    passed = b""
    guard = LeakGuard(key)
    with pytest.raises(KeyLeaked):
        for part in cut(before + key.encode() + after, places):
            passed += guard.feed(part)
    assert (before + key.encode()).startswith(passed)
    assert len(passed) <= len(before)


@given(st.text("abcd", max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_what_holds_no_key_passes_whole(text, places):
    key, data = "abcabd", text.replace("abcabd", "").encode()
    if key.encode() in data:
        return
    guard = LeakGuard(key)
    assert b"".join([*(guard.feed(part) for part in cut(data, places)), guard.end()]) == data


@pytest.mark.parametrize(
    ("model", "size", "row"),
    [
        ("claude-opus-4-20250514", 10, ("claude-opus-4", 15.0)),
        ("claude-opus-4-5-20251101", 10, ("claude-opus-4-5", 5.0)),
        ("anthropic/claude-sonnet-4-5", 10, ("claude-sonnet-4-5", 3.0)),
        ("claude-sonnet-4-5", 200_001, ("claude-sonnet-4-5", 6.0)),
        ("gpt-5-mini-2025-08-07", 10, ("gpt-5-mini", 0.25)),
    ],
)
def test_a_price_is_found_by_the_longest_beginning(model, size, row):
    price, own = read_prices().find(model, size)
    assert own
    assert (price.model, price.input) == row


def test_prices_of_ones_own_rank_before_the_shipped_ones():
    mine = {"model": "gpt-5-mini", "input": 1, "cache_write": 1, "cache_read": 1, "output": 1}
    assert read_prices([mine]).find("gpt-5-mini", 10)[0].output == 1


def test_an_unknown_model_costs_as_the_dearest():
    price, own = read_prices().find("nobody-knows", 10)
    assert not own
    assert price.output >= read_prices().find("claude-opus-4", 10)[0].output


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_ledger_of_anything_is_read(tmp_path_factory, data):
    path: Path = tmp_path_factory.mktemp("ledger") / "spend.jsonl"
    whole = {"invocation": "1/a", "what": "answered", "request": 1, "usage": {"requests": 1}}
    path.write_bytes(data + b"\n" + json.dumps(whole).encode() + b"\n")
    assert unsettled(path) == {"1/a": Usage(requests=1)}
