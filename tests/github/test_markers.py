"""The hidden marker: whatever surrounds it, it is read back, and foreign text is no marker."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from bot.github.markers import LONGEST, Marker, fitted, read, render, signed, without_markers

TEXT = st.text()
MARKERS = st.builds(Marker, TEXT, TEXT)
TRICKY = st.lists(
    st.sampled_from(
        ["<!--", "-->", "<!-- specloop", " key=a", " nonce=b", " -->", "\n", "<", "!", "--", "x"]
    )
).map("".join)


@given(MARKERS)
@example(Marker("", ""))
@example(Marker("%", "-->"))
@example(Marker("item/login form", "a b\nc"))
def test_a_marker_is_read_back_as_it_was_written(marker: Marker) -> None:
    assert read(render(marker)) == marker


@given(MARKERS)
def test_a_marker_ends_its_comment_once_and_stays_on_its_line(marker: Marker) -> None:
    assert render(marker).count("-->") == 1
    assert len(render(marker).splitlines()) == 1


@given(TRICKY | TEXT, MARKERS)
def test_the_last_marker_counts_whatever_stands_before_it(body: str, marker: Marker) -> None:
    assert read(signed(body, marker)) == marker


@given(TRICKY | TEXT)
def test_foreign_text_never_raises(text: str) -> None:
    read(text)
    without_markers(text)


@given(TRICKY | TEXT)
def test_cleaned_text_holds_no_marker_not_even_one_made_by_the_cleaning(text: str) -> None:
    cleaned = without_markers(text)
    assert read(cleaned) is None
    assert without_markers(cleaned) == cleaned
    assert "<!-- specloop" not in cleaned


def test_cleaning_leaves_other_comments_alone() -> None:
    text = "a <!-- note --> b <!-- specloop key=x nonce=y --> c"
    assert without_markers(text) == "a <!-- note --> b  c"


def test_a_written_marker_looks_like_this() -> None:
    assert render(Marker("item/login", "4f2a")) == "<!-- specloop key=item/login nonce=4f2a -->"


@given(st.integers(0, 3 * LONGEST))
def test_a_body_is_never_longer_than_github_stores_and_keeps_its_marker(length: int) -> None:
    marker = Marker("item/x", "n")
    body = signed("é" * length, marker)
    assert len(body) <= LONGEST
    assert read(body) == marker


def test_a_cut_text_says_so() -> None:
    assert fitted("a" * 100, 80).endswith("*The rest was left out: GitHub takes no longer text.*")
    assert fitted("a" * 80, 80) == "a" * 80
