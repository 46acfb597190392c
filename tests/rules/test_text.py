from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.text import KEY_LENGTH, digest, one_line, slug, visible
from tests.rules.builders import modest, table


@table(
    "title, expected",
    ("words", "Greet by name!", "greet-by-name"),
    ("nothing usable", " … ", "item"),
    ("other scripts", "数据", "item"),
    ("no dash at the ends", "--a--b--", "a-b"),
    ("cut at 48", "x" * 60, "x" * 48),
    ("no dash where it is cut", "x" * 47 + " yy", "x" * 47),
)
def test_slug(title: str, expected: str) -> None:
    assert slug(title) == expected


@modest
@given(st.text())
def test_a_slug_is_always_a_key_and_stays_the_same(title: str) -> None:
    key = slug(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
    assert len(key) <= KEY_LENGTH
    assert slug(key) == key


@modest
@given(st.lists(st.text(), max_size=4))
def test_a_digest_is_16_hex_digits_and_blind_to_white_space(parts: list[str]) -> None:
    found = digest(*parts)
    assert re.fullmatch(r"[0-9a-f]{16}", found)
    assert digest(*(f" \n{p}\t" for p in parts)) == found


@table(
    "one, other",
    ("another text", ("a",), ("b",)),
    ("another cut", ("a b", "c"), ("a", "b c")),
    ("another order", ("a", "b"), ("b", "a")),
    ("one part more", ("a",), ("a", "")),
)
def test_digests_differ(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert digest(*one) != digest(*other)


@table(
    "text, expected",
    ("lines become one", " a\n\n b\tc ", "a b c"),
    ("ten fit", "1234567890", "1234567890"),
    ("eleven do not", "12345678901", "123456789…"),
    ("no blank before the ellipsis", "12345678 01234", "12345678…"),
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text, 10) == expected


@modest
@given(st.text(), st.integers(1, 40))
def test_one_line_keeps_its_limit(text: str, limit: int) -> None:
    found = one_line(text, limit)
    assert len(found) <= limit
    assert len(found.splitlines()) <= 1


@table(
    "text, expected",
    ("plain text stays", "a <b> c", "a <b> c"),
    ("a marker goes", "<!-- specloop key -->\nWords", "Words"),
    ("over several lines", "a<!-- x\n/continue\n-->b", "a b"),
    ("each by itself", "a<!-- x -->b<!-- y -->c", "a b c"),
    ("one that never ends hides the rest", "a <!-- b", "a"),
)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


@modest
@given(st.lists(st.sampled_from(["<!--", "-->", "<!", "--", "!", "<", ">", "x"])).map("".join))
def test_what_is_visible_opens_no_comment(text: str) -> None:
    assert "<!--" not in visible(text)
