"""What GitHub shows in place of what the record says."""

from dataclasses import replace

import pytest

from bot.domain.outputs import AttemptOutcome, AttemptReport, TrainOutcome, TrainReport
from bot.domain.plan import Assignment
from bot.domain.work import IssueState
from bot.rules.claims import (
    Claim,
    edited_copies,
    is_edited_copy,
    strayed,
    undoubted,
    wrong_merges,
    wrong_pull_requests,
)
from tests.rules.builders import issue, pull_request, snapshot

BRANCH = "specloop/1/8/2"
REPORT = AttemptReport(Assignment((8, 9), 2, BRANCH, "s", "b"), AttemptOutcome.READY, "h", 1)
OURS = replace(pull_request(20, head_branch=BRANCH), author="bot")


def seen(*pulls, closed=()):
    states = {n: IssueState.CLOSED if n in closed else IssueState.OPEN for n in (8, 9)}
    shot = snapshot(
        items=tuple(replace(issue(n), state=s) for n, s in states.items()), pull_requests=pulls
    )
    home = pulls[0].head_repository if pulls else shot.repository
    return replace(shot, viewer="bot", repository=home)


def wrong(shot, nonce=""):
    return list(wrong_pull_requests(shot, [Claim(REPORT, 20, nonce)]))


def test_what_github_bears_out_is_no_contradiction() -> None:
    assert wrong(seen(OURS)) == []
    upper = replace(OURS, head_repository=str(OURS.head_repository).upper())
    assert wrong(replace(seen(OURS), pull_requests=(upper,))) == []


@pytest.mark.parametrize(
    ("pulls", "shown"),
    [
        pytest.param((), "no pull request #20", id="gone"),
        pytest.param((replace(OURS, author="mary"),), "#20 opened by mary", id="another's"),
        pytest.param((replace(OURS, head_branch="x"),), "#20 from the branch x", id="branch"),
    ],
)
def test_both_sides_are_shown_and_all_its_items_wait(pulls, shown: str) -> None:
    (found,) = wrong(seen(*pulls))
    assert found.sentence == (
        "The record says that #20 is the pull request of attempt 2 at #8, "
        f"from specloop/1/8/2; GitHub shows {shown}."
    )
    assert (found.tell, found.blocks) == (8, (8, 9))


def test_a_fork_of_the_same_branch_name_is_another_one() -> None:
    shot = replace(seen(OURS), repository="some/where")
    assert [c.shown for c in wrong(shot)] == [f"#20 from {OURS.head_repository}"]


def test_what_the_bot_opened_under_another_name_bears_its_nonce() -> None:
    before = replace(OURS, author="old-bot", body="Text <!-- nonce=1.abc -->")
    assert wrong(seen(before), nonce="1.abc") == []
    assert len(wrong(seen(before), nonce="1.xyz")) == 1


def test_closed_items_need_nobody() -> None:
    assert wrong(seen(closed=(8, 9))) == []
    (found,) = wrong(seen(closed=(8,)))
    assert (found.tell, found.blocks) == (9, (9,))


def merged(commit: str = "c" * 40) -> TrainReport:
    return TrainReport(20, (8, 9), TrainOutcome.MERGED, "h", landed_commit=commit)


def test_a_merge_that_is_shown_open_is_void() -> None:
    (found,) = wrong_merges(seen(OURS), [merged()], [])
    assert found.void_train
    assert found.blocks == (8, 9)
    assert list(wrong_merges(seen(), [merged()], [])) == []


def test_a_merge_that_the_base_lacks_is_told_on_the_root() -> None:
    shot = seen()
    (found,) = wrong_merges(shot, [merged(), merged("d" * 40)], ["d" * 40])
    assert found.tell == shot.root.number
    assert not found.blocks
    assert "merged as dddddddddd" in found.sentence


def test_an_item_elsewhere_and_one_that_is_gone() -> None:
    found = list(strayed(seen(), {8: "Other", 9: ""}, {8: "a", 9: "b"}))
    assert [c.shown for c in found] == ["it on the milestone Other", "no such issue here"]


def test_a_copy_that_a_person_edited_is_not_closed_for_them() -> None:
    shot = seen()
    shot = replace(shot, items=(shot.items[0], replace(shot.items[1], editor="mary")))
    assert is_edited_copy(shot, 9)
    assert not is_edited_copy(shot, 8)
    (found,) = edited_copies(shot, {9: 8})
    assert (found.tell, found.blocks) == (9, (9,))
    assert "edited by mary" in found.sentence


def test_nothing_is_folded_into_what_is_not_there() -> None:
    marked = [("item/a", 8), ("item/b", 9), ("pr/8.2", 20)]
    shot = seen(OURS)
    assert undoubted(shot, marked, {"item/a": 8}, ()) == marked
    assert ("item/a", 8) not in undoubted(shot, marked, {"item/a": 77}, (77,))
    assert ("item/a", 8) not in undoubted(shot, marked, {"item/a": 9}, ())
    assert ("item/a", 8) in undoubted(shot, marked, {"item/a": 70}, ())  # left the listing
