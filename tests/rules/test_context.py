"""A prompt stays within its budget, and says what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agents.given import GIVEN
from bot.domain.agents import RoleKind
from bot.domain.work import Status
from bot.rules.context import (
    BUDGETS,
    CLOSED,
    SHARED,
    Keep,
    Shorten,
    fitted,
    moving_size,
    shown_items,
)
from tests.rules.builders import HIGH, LOW, board, item, modest


def test_a_small_prompt_is_left_as_it_is() -> None:
    prompt = {"items": [{"description": "x"}], "notes": ["y"], "round": 1}
    assert fitted(prompt, RoleKind.EXECUTOR) == prompt


def test_the_newest_or_the_first_are_kept_and_the_others_counted() -> None:
    prompt: dict[str, object] = {"history": [1, 2, 3], "tree": [1, 2, 3], "left_out": {"tree": 4}}
    assert Keep("history", 2, newest=True).taken(prompt)["history"] == [2, 3]
    kept = Keep("tree", 1).taken(prompt)
    assert (kept["tree"], kept["left_out"]) == ([1], {"tree": 6})


def test_long_texts_lose_their_middle_wherever_they_stand_but_not_what_is_spared() -> None:
    long = "a" * 30 + "z" * 30
    prompt: dict[str, object] = {"notes": [{"text": long}], "spec": long, "items": [long]}
    cut = Shorten(20, spared=("items",)).taken(prompt)
    assert cut["notes"] == [{"text": "a" * 10 + "\n[40 characters left out]\n" + "z" * 10}]
    assert (cut["spec"], cut["items"]) == (long, [long])


@modest
@given(
    kind=st.sampled_from(RoleKind),
    entries=st.sampled_from([1, 30, 1_000, 5_000]),
    length=st.sampled_from([10, 300, 20_000]),
)
def test_no_prompt_is_longer_than_its_budget(kind: RoleKind, entries: int, length: int) -> None:
    if entries * length > 20_000_000:
        entries = 1_000
    text = "x" * length
    prompt = {name: grown(value, entries, text) for name, value in GIVEN[kind].items()}
    if "verdict" in prompt:  # an answer has at most forty criteria
        criteria = [{"criterion": text, "gap": text}] * 40
        prompt["verdict"] = {"criteria": criteria, "gaps": [text] * 40}
    kept = fitted(prompt, kind)
    assert moving_size(kept) <= BUDGETS[kind]
    assert kept.keys() == prompt.keys()


def test_what_is_shared_is_never_cut() -> None:
    prompt: dict[str, object] = dict.fromkeys(SHARED, "x" * 100000) | {"items": ["y"]}
    assert fitted(prompt, RoleKind.EXECUTOR) == prompt


@pytest.mark.parametrize("count", [0, 5, 300])
def test_open_items_are_shown_all_and_closed_ones_counted_beyond_the_latest(count: int) -> None:
    closed = [
        item(n, status=Status.DONE if n % 2 else Status.DROPPED) for n in range(10, 10 + count)
    ]
    some = board(item(3, priority=LOW), item(4, priority=HIGH), *closed)
    shown, counts = shown_items(some)
    assert [i.number for i in shown[:2]] == [4, 3]
    assert [i.number for i in shown[2:]] == [i.number for i in reversed(closed)][:CLOSED]
    assert sum(counts.values()) == max(0, count - CLOSED)
    assert counts == ({"done": 135, "dropped": 135} if count == 300 else {})


def grown(value: Any, entries: int, text: str) -> Any:
    """The example with that many entries in each list, and that text for each text."""
    if isinstance(value, list):
        return [grown(value[0], 3, text)] * entries
    if isinstance(value, dict):
        return {name: grown(part, min(entries, 3), text) for name, part in value.items()}
    return text if isinstance(value, str) and len(value) > 6 else value
