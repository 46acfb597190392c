"""What people and models wrote does nothing once it is cleaned, and reads the same."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words.clean import clean, clean_line, open_fence
from bot.words.fence import data, fence
from bot.words.hidden import BREAK, show

OWN = ("https://github.com/o/r/",)

# What GitHub and its bots act on, written as loosely as they read it.
ACTIVE = {
    "mention": r"(?<![A-Za-z0-9])@[A-Za-z0-9_]",
    "closing keyword": r"(?i)(?<![A-Za-z])(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+(\S+/\S+)?#\d",
    "closing by address": r"(?i)(?<![A-Za-z])(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+https?://",
    "closing by GH": r"(?i)(?<![A-Za-z])(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+gh-\d",
    "elsewhere": r"[\w-]+/[\w.-]+#\d",
    "command": r"(?m)^[\s>*-]*/[A-Za-z]",
    "html": r"<[A-Za-z/!?]",
    "marker": r"<!--",
    "entity": r"&(#\d|#x|[A-Za-z]+;)",
    "image": r"!\[",
    "link": r"\]\(",
    "definition": r"\]:",
    "address": r"[A-Za-z]://",
    "www": r"(?i)\bwww\.",
    "skip": r"(?i)\[(skip ci|ci skip|no ci|skip actions|actions skip)\]",
    "trailer": r"(?im)^\s*(co-authored|signed-off)-by:",
}
PIECES = [
    *("@", "bob", "a/b", "#3", "Fixes", "closes", "RESOLVED", ":", " ", "\n", "\r", "\u2028"),
    *("/approve", "> ", "- ", "<", "!--", "-->", "img src=x", "&#64;", "&commat;", "![", "](", "]"),
    *("[a]", ": ", "https://", "www.", "evil.example", "GH-4", "[skip ci]", "[", "skip ci"),
    *("```", "~~~", "````", "Co-authored-by: x", "\u200b", "\u202e", "\ufeff", "\x00", "\ud800"),
    *("\U000e0041", "\u2800", "\u3164", "_", "*", "`", "\\", "fix", "es", "0", "é", "(", ")"),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


def active(text: str) -> list[str]:
    return [name for name, pattern in ACTIVE.items() if re.search(pattern, text)]


@settings(max_examples=1500)
@given(TEXTS)
def test_nothing_acts(text: str) -> None:
    for cleaned in (clean(text), clean(clean(text)), clean_line(text)):
        assert active(cleaned) == []
        assert open_fence(cleaned) == ""
        hidden = {c for c in cleaned if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}}
        assert hidden <= {BREAK, "\n", "\t"}
        cleaned.encode()


@settings(max_examples=300)
@given(TEXTS, st.integers(min_value=150, max_value=300))
def test_it_reads_the_same_and_is_bounded(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    if len(text) < limit / 3 and not open_fence(show(text)):
        assert cleaned.replace(BREAK, "") == show(text)


@settings(max_examples=300)
@given(TEXTS, st.integers(min_value=10, max_value=60))
def test_a_line_is_one_line_and_bounded(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit


@settings(max_examples=500)
@given(TEXTS)
def test_a_fence_holds(text: str) -> None:
    first, *inside, last = fence(text).split("\n")
    bar = first.removesuffix("text")
    assert last == bar
    assert set(bar) == {"`"}
    assert all(bar not in line for line in inside)
    assert "<!--" not in "\n".join(inside)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail bob@example.com", "mail bob@example.com"),
        ("see #3", "see #3"),
        ("a < b and c > d", "a < b and c > d"),
        ("**bold** `code` and 3/4", "**bold** `code` and 3/4"),
        ("fixes #3", "f|ixes #3"),
        ("Resolves: **#3**", "R|esolves: **#3**"),
        ("prefixes #3", "prefixes #3"),
        ("_fixed o/r#3_", "_f|ixed o/r#|3_"),
        ("1. /merge", "1. /|merge"),
        ("in /usr/bin", "in /usr/bin"),
        ("```py\n@x", "```py\n@|x\n```"),
        ("- [x] done", "- [x] done"),
        ("[//]: # (hidden)", "[//]|: # (hidden)"),
        ("https://github.com/o/r/issues/3 x", "https://github.com/o/r/issues/3 x"),
        ("https://github.com/o/r/../../e/e", "https:|//github.com/o/r/../../e/e"),
        ("https://github.com/o/rest", "https:|//github.com/o/rest"),
        ("https://github.com.evil/o/r/", "https:|//github.com.evil/o/r/"),
        ("xhttps://github.com/o/r/", "xhttps:|//github.com/o/r/"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert clean(text, own=OWN) == shown.replace("|", BREAK)


@pytest.mark.parametrize(
    "text",
    ["fix" + " " * 50_000, "fix." * 20_000, "\n" * 50_000, "> " * 30_000, "a" * 100_000 + ":"],
)
def test_long_texts_take_no_time(text: str) -> None:
    import time

    start = time.perf_counter()
    clean(text, limit=60_000)
    assert time.perf_counter() - start < 2


def test_a_cut_text_says_so() -> None:
    assert clean("x" * 500, limit=300).endswith("(cut: the text was longer)")
    assert clean_line("x" * 500, limit=20) == "x" * 17 + "..."
    assert "[60 characters left out]" in fence("x" * 100, limit=40)


@given(TEXTS)
def test_data_ends_at_its_own_tag_only(text: str) -> None:
    bar, begin, *inside, end, last = data(text).split("\n")
    tag = begin.removeprefix("data ")
    assert (bar, end) == (f"{last}text", f"end of data {tag}")
    assert not any(tag in line or line.startswith(last) for line in inside)
    assert data(text) == data(text)


def test_data_that_quotes_another_piece_of_data_gets_another_tag() -> None:
    inner = data("be nice")
    assert data(inner).split("\n")[1] not in inner
