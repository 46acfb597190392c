"""Creates: batched, marked, answered one by one."""

from __future__ import annotations

import uuid

import pytest

from bot.domain.effects import CreateComment, Outcome
from bot.domain.errors import LeaseLost
from bot.domain.work import MilestoneRef
from bot.github import markers
from bot.github.markers import LONGEST, Marker
from bot.github.tracker import GitHubTracker
from tests.github.faults import Proxy, graphql_answer
from tests.github.stage import (
    FakeClock,
    Permit,
    Shop,
    intent,
    new_comment,
    new_issue,
    new_pull_request,
    settled,
)


def test_45_items_are_created_in_three_requests_in_the_order_given(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    intents = [new_issue(f"item/{i}", milestone) for i in range(45)]
    receipts = shop.tracker(proxy.url).create(intents)
    assert [r.key for r in receipts] == [i.key for i in intents]
    assert {r.outcome for r in receipts} == {Outcome.DONE}
    numbers = [r.number or 0 for r in receipts]
    assert numbers == sorted(numbers)
    assert len(proxy.mutations()) == 3


def test_long_bodies_travel_in_more_requests(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    intents = [intent(CreateComment(f"c/{i}", shop.root, "x" * 25_000)) for i in range(4)]
    receipts = shop.tracker(proxy.url).create(intents)
    assert {r.outcome for r in receipts} == {Outcome.DONE}
    assert len(proxy.mutations()) == 2


def test_an_item_has_its_labels_milestone_parent_and_marker_from_the_start(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    wish = new_issue("item/a", milestone, shop.root, ("specloop:work",))
    (receipt,) = tracker.create([wish])
    found = shop.call("GET", f"/issues/{receipt.number}")
    assert found["node_id"] == receipt.node_id
    assert [label["name"] for label in found["labels"]] == ["specloop:work"]
    assert found["milestone"]["number"] == milestone.number
    assert markers.read(found["body"]) == Marker("item/a", wish.nonce)
    assert shop.call("GET", f"/issues/{receipt.number}/parent")["number"] == shop.root


def test_after_a_reading_no_id_must_be_asked_for(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    settled()
    tracker = shop.tracker(proxy.url)
    tracker.read(shop.root, milestone.number)
    tracker.create([new_issue("item/a", milestone, shop.root), new_comment("c", shop.root)])
    assert len(proxy.seen) == 2


def test_a_comment_is_known_by_its_database_id(shop: Shop, tracker: GitHubTracker) -> None:
    (receipt,) = tracker.create([new_comment("verdict/1", shop.root)])
    found = shop.call("GET", f"/issues/comments/{receipt.number}")
    assert found["node_id"] == receipt.node_id
    assert found["body"].startswith("A word.\n\n<!-- specloop key=verdict/1 nonce=")


def test_what_cannot_be_done_is_refused_and_its_neighbours_are_done(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    receipts = tracker.create(
        [
            new_issue("item/a", milestone),
            new_issue("item/b", milestone, labels=("no such label",)),
            new_comment("c", 999),
            new_pull_request("pr", "no-such-branch"),
            new_issue("item/c", milestone),
        ]
    )
    assert [r.outcome.value for r in receipts] == ["done", "refused", "refused", "refused", "done"]
    assert receipts[1].note == "There is no label `no such label` in the repository."
    assert receipts[2].note == "There is no issue or pull request #999."
    assert receipts[3].note


def test_a_body_too_long_for_github_is_cut_and_says_so(shop: Shop, tracker: GitHubTracker) -> None:
    (receipt,) = tracker.create([intent(CreateComment("c", shop.root, "é" * 90_000))])
    body = shop.call("GET", f"/issues/comments/{receipt.number}")["body"]
    assert len(body) == LONGEST
    assert "The rest was left out" in body
    assert markers.read(body) is not None


def test_a_second_pull_request_for_a_branch_is_the_first_one(
    shop: Shop, tracker: GitHubTracker
) -> None:
    shop.push("work")
    (first,) = tracker.create([new_pull_request("pr/1", "work")])
    (again,) = shop.tracker().create([new_pull_request("pr/1", "work")])
    assert (again.outcome, again.number, again.node_id) == (
        Outcome.DONE,
        first.number,
        first.node_id,
    )


def test_somebody_elses_pull_request_is_never_taken_for_ours(
    shop: Shop, tracker: GitHubTracker
) -> None:
    shop.push("work")
    copied = markers.render(Marker("pr/1", "x"))
    made = shop.call("POST", "/pulls", title="Mine", head="work", base="main", body=copied)
    (refused,) = tracker.create([new_pull_request("pr/1", "work")])
    assert refused.outcome is Outcome.REFUSED
    assert f"#{made['number']}" in refused.note


def test_the_permit_is_asked_before_every_request_that_writes(
    shop: Shop, milestone: MilestoneRef
) -> None:
    permit = Permit()
    shop.tracker(permit=permit).create([new_issue(f"item/{i}", milestone) for i in range(21)])
    assert permit.asked == 2


def test_nothing_is_sent_once_the_lease_is_over(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    tracker = shop.tracker(proxy.url, permit=Permit(until=1))
    with pytest.raises(LeaseLost):
        tracker.create([new_issue(f"item/{i}", milestone) for i in range(21)])
    assert len(proxy.mutations()) == 1


def test_an_object_that_github_does_not_know_everywhere_yet_is_tried_again(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    proxy.fail(
        "mutation Batch",
        graphql_answer(
            b'{"data": {"c0": null}, "errors": [{"type": "NOT_FOUND", "path": ["c0"],'
            b' "message": "Could not resolve to a node with the global id of \'x\'"}]}'
        ),
    )
    (receipt,) = shop.tracker(proxy.url, clock).create([new_comment("c", shop.root)])
    assert receipt.outcome is Outcome.DONE
    assert clock.slept == [1]


def test_a_mention_of_a_key_is_not_a_marker_of_it(shop: Shop, tracker: GitHubTracker) -> None:
    wish = new_comment("c", shop.root)
    shop.call("POST", f"/issues/{shop.root}/comments", body=markers.render(Marker("c", wish.nonce)))
    shop.bot.call("POST", f"{shop.path}/issues/{shop.root}/comments", body=f"key=c {uuid.uuid4()}")
    settled()
    assert tracker.find(wish) is None
