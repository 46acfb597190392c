from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Board
from bot.domain.verdict import Feedback
from bot.domain.work import Status
from bot.rules.triage import likeness, triage
from tests.rules.builders import board, feedback, item, modest, table

CUT = "Long names are cut"
KNOWN = board(item(3, CUT, body="See `src/greet.py`. None."))


def repeats(given: Feedback, known: Board = KNOWN) -> str:
    (filed,) = triage([("reviewer", given)], known, frozenset(), 5)
    return filed.repeats


@table(
    "given, expected",
    ("the same words", feedback(CUT), "#3"),
    ("the same words otherwise written", feedback("cut: the LONG names!"), "#3"),
    ("other words", feedback("Empty input crashes"), ""),
    ("half the words elsewhere", feedback("Long names crash"), ""),
    ("half the words in the same file", feedback("Long names crash", path="src/greet.py"), "#3"),
    ("half the words in another file", feedback("Long names crash", path="src/x.py"), ""),
    ("three words of five suffice", feedback("Long names cut off here"), "#3"),
    ("three words of six do not", feedback("Long names cut off right here"), ""),
    ("other words in the same file", feedback("Empty input crashes", path="src/greet.py"), ""),
)
def test_compared_with_known_items(given: Feedback, expected: str) -> None:
    assert repeats(given) == expected


@table("status", *((f"an item that is {s.value} counts", s) for s in Status))
def test_every_known_item_counts(status: Status) -> None:
    assert repeats(feedback(CUT), board(item(3, CUT, status=status))) == "#3"


@table(
    "first, second, expected",
    ("the same twice", feedback(CUT), feedback(CUT), "long-names-are-cut"),
    ("two things", feedback(CUT), feedback("Empty input crashes"), ""),
    (
        "half the words in one file",
        feedback(CUT, path="a.py"),
        feedback("Long names crash", path="a.py"),
        "long-names-are-cut",
    ),
    (
        "three words of five",
        feedback(CUT),
        feedback("Long names cut off here"),
        "long-names-are-cut",
    ),
    ("half the words in no file", feedback(CUT), feedback("Long names crash"), ""),
    (
        "half the words in two files",
        feedback(CUT, path="a.py"),
        feedback("Long names crash", path="b.py"),
        "",
    ),
)
def test_compared_with_each_other(first: Feedback, second: Feedback, expected: str) -> None:
    one, two = triage([("a", first), ("b", second)], board(), frozenset(), 5)
    assert (one.repeats, two.repeats) == ("", expected)


def test_what_is_repeated_was_itself_new() -> None:
    filed = triage([(s, feedback(CUT)) for s in "abc"], board(), frozenset(), 5)
    assert [f.repeats for f in filed] == ["", filed[0].key, filed[0].key]


def test_repeats_count_for_no_limit() -> None:
    given = [("a", feedback(t)) for t in (CUT, CUT, "Empty input crashes", "Slow on large files")]
    filed = triage(given, board(), frozenset(), 2)
    assert [f.feedback.title for f in filed if not f.repeats] == [CUT, "Empty input crashes"]
    assert [f.feedback.title for f in filed if f.repeats] == [CUT]


@table(
    "title, taken, key",
    ("the first", "Names", (), "names"),
    ("the second", "Names", ("names",), "names-2"),
    ("the third", "Names", ("names", "names-2"), "names-3"),
    ("a long one stays short enough", "x" * 60, ("x" * 48,), "x" * 44 + "-2"),
)
def test_a_taken_key_gets_a_number(title: str, taken: tuple[str, ...], key: str) -> None:
    (filed,) = triage([("a", feedback(title))], board(), frozenset(taken), 5)
    assert filed.key == key


@table(
    "one, other, expected",
    ("the same", "Names are cut", "names cut", 1.0),
    ("nothing in common", "Names", "Files", 0.0),
    ("half", "long names", "names", 0.5),
    ("words of any script", "数据丢失", "程序崩溃", 0.0),
    ("the same in any script", "数据 丢失", "丢失 数据", 1.0),
    ("letters with accents are letters", "größe", "grüße", 0.0),
    ("signs only, and different ones", "!?", "??", 0.0),
    ("signs only, and the same", " !?", "!? ", 1.0),
)
def test_likeness(one: str, other: str, expected: float) -> None:
    assert likeness(one, other) == likeness(other, one) == expected


WORDS = st.sampled_from(["names", "files", "cut", "slow", "crash", "empty", "数据", "!"])
TITLES = st.lists(WORDS, max_size=4).map(" ".join)
GIVEN = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.builds(lambda t, p: feedback(t, path=p), TITLES, st.sampled_from([None, "a.py"])),
    ),
    max_size=12,
)


@modest
@given(GIVEN, st.lists(TITLES, max_size=3), st.sets(st.just("names")), st.integers(0, 3))
def test_each_is_new_or_a_repeat_within_limits_and_under_a_key_of_its_own(
    given: list[tuple[str, Feedback]], titles: list[str], taken: set[str], limit: int
) -> None:
    known = board(*(item(n, t) for n, t in enumerate(titles, 3)))
    filed = triage(given, known, frozenset(taken), limit)
    keys = [f.key for f in filed]
    assert len({*keys, *taken}) == len(keys) + len(taken)
    new = Counter(f.specialist for f in filed if not f.repeats)
    assert all(count <= limit for count in new.values())
    names = {f"#{i.number}" for i in known.items} | {f.key for f in filed if not f.repeats}
    assert all(f.repeats in names for f in filed if f.repeats)
    rest = iter(given)
    assert all((f.specialist, f.feedback) in rest for f in filed), "in the order given"
    left_out = Counter(s for s, _ in given) - Counter(f.specialist for f in filed)
    assert all(new[s] == limit for s in left_out), "only a limit leaves something out"
