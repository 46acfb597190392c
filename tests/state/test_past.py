"""What a state ref held before, files that are removed, and a ref that a person may set back."""

import pytest

from bot.domain.errors import StateDiverged
from bot.state.ref import ref_of


def test_the_past_is_told_newest_first_and_no_further_than_asked(bench):
    store = bench.store()
    for number in range(4):
        store.commit({"a": b"%d" % number, "same": b"x"}, "x")
    assert [files["a"] for _, files in store.past(9)] == [b"2", b"1", b"0"]
    assert [files for _, files in store.past(1)] == [{"a": b"2", "same": b"x"}]
    assert list(bench.store("other").past(9)) == []


def test_a_removed_file_makes_room_for_a_folder_of_its_name(bench):
    store = bench.store()
    store.commit({"a": b"1", "b": b"2"}, "x")
    store.commit({"a": None, "a/c": b"3", "gone": None}, "x")
    store.publish()
    assert store.list("") == ("a/c", "b")
    other = bench.store("other")
    other.refresh()
    assert other.list("") == ("a/c", "b")


def test_a_ref_is_followed_back_only_where_a_person_may_set_it(bench):
    store = bench.store()
    commits = []
    for number in range(3):
        store.commit({"a": b"%d" % number}, "x")
        store.publish()
        commits.append(store.head)
    bench.git("update-ref", ref_of(7), commits[1])
    with pytest.raises(StateDiverged, match="rewound"):
        bench.store().refresh()
    store.allow(commits[1])
    again = bench.store()  # a later process on this machine
    again.refresh()
    assert (again.head, again.read("a")) == (commits[1], b"1")
    bench.git("update-ref", ref_of(7), commits[0])
    with pytest.raises(StateDiverged, match="rewound"):
        bench.store().refresh()
