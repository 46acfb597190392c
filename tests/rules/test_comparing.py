from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.comparing import Deed, Difference, first_difference, plain, plain_key
from tests.rules.builders import modest, table


def deed(key: str, iteration: int = 1, **says: str) -> Deed:
    return Deed(iteration, key, tuple(says.items()))


@table(
    "text, expected",
    ("a commit", "at 1a2b3c4 now", "at <commit> now"),
    ("a commit without a digit", "at defaced now", "at <commit> now"),
    ("a short word of the same letters", "a facade", "a facade"),
    ("a time", "until 2026-11-21T17:50:27+00:00.", "until <time>."),
    ("seconds", "in 0.3 s", "in <time>"),
    ("an address", "see http://127.0.0.1:4567/o/r/issues/7", "see <here>/o/r/issues/7"),
    ("an item's number", "closes #7", "closes #7"),
)
def test_what_differs_from_run_to_run_is_left_aside(text: str, expected: str) -> None:
    assert plain(text) == expected


@table(
    "key, expected",
    ("a command", "command/98231/0/reaction", "command/*/0/reaction"),
    ("the progress comment", "progress/0a1b2c3d", "progress/*"),
    ("an item", "item/hello", "item/hello"),
)
def test_what_the_tracker_chose_is_left_aside(key: str, expected: str) -> None:
    assert plain_key(key) == expected


A, B, C = deed("item/a", title="A"), deed("pr/2.1", number="3"), deed("end", 1, reason="Met.")


@table(
    "recorded, rehearsed, to_the_end, expected",
    ("the same", [A, B], [A, B], True, None),
    ("one text", [A, C], [A, deed("end", 1, reason="No.")], True,
     Difference(2, "iteration 1, end, reason", "Met.", "No.")),
    ("another deed", [A, B], [A, C], True,
     Difference(2, "iteration 1, pr/2.1", "iteration 1, pr/2.1 (number: 3)",
                "iteration 1, end (reason: Met.)")),
    ("less", [A, B], [A], True,
     Difference(2, "iteration 1, pr/2.1", "iteration 1, pr/2.1 (number: 3)", "nothing more")),
    ("more", [A], [A, B], True,
     Difference(2, "iteration 1, pr/2.1", "nothing more", "iteration 1, pr/2.1 (number: 3)")),
    ("more than a run that was stopped in the middle", [A], [A, B], False, None),
    ("a long text, from where it differs", [deed("x", body="1\n2\n3")],
     [deed("x", body="1\n2\n4")], True, Difference(1, "iteration 1, x, body", "3", "4")),
    ("a text that goes on", [deed("x", body="1")], [deed("x", body="1\n2")], True,
     Difference(1, "iteration 1, x, body", "(ends)", "2")),
)  # fmt: skip
def test_the_first_difference_is_told(
    recorded: list[Deed], rehearsed: list[Deed], to_the_end: bool, expected: Difference | None
) -> None:
    assert first_difference(recorded, rehearsed, to_the_end=to_the_end) == expected


DEEDS = st.lists(st.builds(deed, st.sampled_from("abc"), st.integers(1, 2), title=st.text("xy")))


@modest
@given(DEEDS, DEEDS)
def test_two_runs_differ_exactly_if_their_deeds_do(one, other) -> None:
    assert (first_difference(one, other, to_the_end=True) is None) is (one == other)
    assert first_difference(one, [*one, *other], to_the_end=False) is None
