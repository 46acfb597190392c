"""What a prompt shows of many files, and what a spec asks of the code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.overview import CHARACTERS, LINES, overview
from bot.rules.questions import QUESTIONS, questions

STEP = st.sampled_from(["a", "b", "src", "x.py", "long" * 20])
PATHS = st.lists(st.lists(STEP, min_size=1, max_size=6).map("/".join), unique=True)


def test_few_files_are_all_listed() -> None:
    assert overview(["b.py", "a/b.py"]) == ["a/b.py", "b.py"]


def test_of_many_files_folders_are_counted_and_the_fullest_opened() -> None:
    paths = [f"big/p{n % 3}/f{n}.py" for n in range(600)]
    paths += [f"lib/{n}.py" for n in range(150)] + ["README.md", "one/x.py"]
    assert overview(paths) == [
        "README.md",
        "big/p0/ (200 files)",
        "big/p1/ (200 files)",
        "big/p2/ (200 files)",
        "lib/ (150 files)",
        "one/x.py",
    ]


@given(PATHS, st.integers(0, 500))
def test_an_overview_is_bounded_and_the_same_in_any_order(paths: list[str], more: int) -> None:
    every = [*paths, *(f"more/{n}.py" for n in range(more))]
    shown = overview(every)
    assert shown == overview(every[::-1])
    assert len(shown) <= LINES + 1
    assert sum(len(line) + 1 for line in shown) <= CHARACTERS + 40
    assert bool(shown) == bool(every)


def test_sentences_and_points_are_questions() -> None:
    body = (
        "# Holidays\n\nShops close. They say so:\n\n- on *Sundays* all day\n- twice\n1. after six"
    )
    assert questions("Opening hours", body, "Opening hours") == [
        "Opening hours",
        "Shops close.",
        "They say so:",
        "on *Sundays* all day",
        "after six",
    ]


@given(st.lists(st.text()))
def test_questions_are_few_and_on_one_line(texts: list[str]) -> None:
    asked = questions(*texts)
    assert len(asked) <= QUESTIONS
    assert all(line == " ".join(line.split()) for line in asked)
