from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.effects import CloseIssue, ClosePullRequest, HideComment
from bot.domain.work import CloseReason, PullRequestState
from bot.rules.folding import fold, fold_comments, without_copies
from tests.rules.builders import issue, modest, pull_request, snapshot, table

DUPLICATE = CloseReason.DUPLICATE
SEEN = snapshot(
    [issue(3), issue(5), issue(7, closed=CloseReason.COMPLETED), issue(8)],
    [pull_request(9), pull_request(10), pull_request(11, state=PullRequestState.CLOSED)],
)


@table(
    "marked, effects",
    ("nothing marked", [], ()),
    ("each key once", [("item/a", 3), ("item/b", 5)], ()),
    ("one object listed twice is one", [("item/a", 3), ("item/a", 3)], ()),
    (
        "the higher issue is closed as a duplicate of the lower",
        [("item/a", 5), ("item/a", 3)],
        (CloseIssue("fold/item/a/5", 5, DUPLICATE, 3),),
    ),
    ("a copy that is closed already is left alone", [("item/a", 3), ("item/a", 7)], ()),
    (
        "the lowest counts even when it is closed: the work was done",
        [("item/a", 7), ("item/a", 8)],
        (CloseIssue("fold/item/a/8", 8, DUPLICATE, 7),),
    ),
    (
        "pull requests are closed too",
        [("pr/3.1", 10), ("pr/3.1", 9)],
        (ClosePullRequest("fold/pr/3.1/10", 10),),
    ),
    ("one that is closed already is left alone", [("pr/3.1", 9), ("pr/3.1", 11)], ()),
    ("what is not in sight is left alone", [("item/a", 3), ("item/a", 99)], ()),
)
def test_fold(marked: list[tuple[str, int]], effects: tuple) -> None:
    assert fold(SEEN, marked, {}) == effects


def test_the_one_that_the_journal_works_with_lives() -> None:
    marked = [("item/a", 3), ("item/a", 5), ("pr/3.1", 9), ("pr/3.1", 10)]
    kept = {"item/a": 5, "pr/3.1": 10}
    assert fold(SEEN, marked, kept) == (
        CloseIssue("fold/item/a/3", 3, DUPLICATE, 5),
        ClosePullRequest("fold/pr/3.1/9", 9),
    )
    left = without_copies(SEEN, marked, kept)
    assert [i.number for i in left.items] == [5, 7, 8]
    assert [p.number for p in left.pull_requests] == [10, 11]


def test_copies_of_comments_are_hidden() -> None:
    marked = [("plan/1", 70, "IC_70"), ("plan/1", 71, "IC_71"), ("progress", 72, "IC_72")]
    assert fold_comments(marked, {}) == (HideComment("fold/plan/1/71", "IC_71"),)
    assert fold_comments(marked, {"plan/1": 71}) == (HideComment("fold/plan/1/70", "IC_70"),)


KEYS = st.sampled_from(["item/a", "item/b", "pr/3.1"])
MARKED = st.dictionaries(st.integers(2, 12), KEYS, max_size=9)


@modest
@given(MARKED, st.randoms())
def test_exactly_one_of_each_key_survives(keys: dict[int, str], chance) -> None:
    issues = [issue(n) for n, key in keys.items() if key.startswith("item")]
    pulls = [pull_request(n) for n, key in keys.items() if key.startswith("pr")]
    marked = [(key, n) for n, key in keys.items()] * 2
    kept = {key: n for n, key in keys.items() if chance.random() < 0.5}
    chance.shuffle(marked)
    closed = [e.number for e in fold(snapshot(issues, pulls), marked, kept)]
    left = {key: [n for n in keys if keys[n] == key and n not in closed] for key in keys.values()}
    assert len(closed) == len(set(closed))
    for key, (n,) in left.items():
        assert n == kept.get(key, min(m for m in keys if keys[m] == key))
