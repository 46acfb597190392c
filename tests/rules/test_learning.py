"""Learnings: curated by the Planner, taught and taken back by people, told within bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.run import Learnings
from bot.rules.learning import (
    LENGTH,
    MORE,
    SHARED,
    TAUGHT,
    curated,
    current,
    forget,
    inbox_with,
    tag,
    teach,
    told,
    with_words_of,
)
from tests.rules.builders import modest

TEXTS = st.lists(st.text(st.characters(codec="ascii", categories=("L", "Zs")), max_size=500))


def test_people_come_first_and_the_planner_cannot_take_their_words_back() -> None:
    known = teach(Learnings(curated=("The parser is in a.py.",)), "Use tabs.")
    assert current(known) == ("Use tabs.", "The parser is in a.py.")
    assert current(curated(known, [])) == ("Use tabs.",)


def test_what_the_planner_repeats_of_people_is_there_once() -> None:
    known = curated(teach(Learnings(), "Use tabs."), ["Use tabs.", " ", "Run make.", "Run make."])
    assert known == Learnings(curated=("Run make.",), taught=("Use tabs.",))


def test_what_people_took_back_does_not_come_back_in_the_same_words() -> None:
    known = forget(Learnings(curated=("Use tabs.",), inbox=("Use tabs.",)), tag("Use tabs."))
    assert known is not None
    known = inbox_with(curated(known, ["Use tabs."]), ["Use tabs.", "Run make."], 60)
    assert (known.curated, known.inbox) == ((), ("Run make.",))
    assert current(teach(known, "Use tabs.")) == ("Use tabs.",)


def test_a_code_that_is_gone_forgets_nothing() -> None:
    assert forget(Learnings(curated=("Use tabs.",)), "abcdef") is None


def test_words_of_people_outlive_a_decision_that_was_made_before_them() -> None:
    decided = Learnings(curated=("a", "b"), inbox=("c",))
    now = Learnings(taught=("d",), forgotten=("b",))
    assert with_words_of(decided, now) == Learnings(("a",), ("c",), ("d",), ("b",))


def test_the_oldest_words_of_people_give_way() -> None:
    known = Learnings()
    for number in range(TAUGHT + 1):
        known = teach(known, f"Lesson {number}.")
    assert len(known.taught) == TAUGHT
    assert "Lesson 0." not in known.taught


def test_all_are_told_while_they_fit() -> None:
    assert told(["a", "b"], "whatever") == (("a", "b"), ())


def test_of_the_rest_those_near_to_the_task_are_told() -> None:
    filler = ["x" * 300 for _ in range(SHARED // 300 + 1)]
    rest = ["Menus are cached.", "The parser reads dashes.", "The parser is slow."]
    first, more = told([*filler, *rest], "Let the parser read dashes")
    assert first == tuple(filler[1:])
    assert more == ("The parser reads dashes.", "The parser is slow.")


@modest
@given(TEXTS, st.text(max_size=200), st.text(max_size=200))
def test_the_beginning_is_the_same_for_every_task_and_all_is_bounded(
    texts: list[str], one: str, other: str
) -> None:
    known = curated(Learnings(), texts)
    assert all(len(text) <= LENGTH for text in known.curated)
    first, more = told(current(known), one)
    assert told(current(known), other)[0] == first
    assert sum(map(len, first)) <= SHARED
    assert sum(map(len, more)) <= MORE
    assert not set(first) & set(more)
