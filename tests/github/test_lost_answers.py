"""A write whose answer is lost is never sent again blindly, and never lost."""

from __future__ import annotations

import pytest

from bot.domain.effects import AddLabels, CloseIssue, Intent, Outcome
from bot.domain.errors import ServiceError
from bot.domain.work import CloseReason, MilestoneRef
from tests.github.faults import (
    Fault,
    Proxy,
    bad_gateway,
    graphql_answer,
    lost_answer,
    lost_request,
)
from tests.github.stage import (
    FakeClock,
    Shop,
    eventually,
    new_comment,
    new_issue,
    new_pull_request,
    settled,
)

HAPPENED = [lost_answer(), bad_gateway(after=True), graphql_answer(b"<html>", after=True)]
DID_NOT = [lost_request(), bad_gateway(after=False)]
LIMITED = b'{"data": null, "errors": [{"message": "Something went wrong"}]}'


def titles(shop: Shop, key: str) -> list[str]:
    settled()
    listed = shop.call("GET", "/issues?state=all&per_page=100")
    return [i["title"] for i in listed if i["title"] == f"Title of {key}"]


@pytest.mark.parametrize("fault", HAPPENED)
def test_a_created_item_is_found_once_the_listings_show_it(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef, fault: Fault
) -> None:
    proxy.fail("mutation Batch", fault)
    tracker = shop.tracker(proxy.url)
    wish = new_issue("item/a", milestone)
    (receipt,) = tracker.create([wish])
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.note
    assert len(proxy.mutations()) == 1
    found = eventually(lambda: tracker.find(wish))
    assert (found.outcome, found.key) == (Outcome.DONE, "item/a")
    assert shop.call("GET", f"/issues/{found.number}")["title"] == "Title of item/a"
    assert len(titles(shop, "item/a")) == 1


@pytest.mark.parametrize("fault", DID_NOT)
def test_an_item_that_was_not_created_is_not_found(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef, fault: Fault
) -> None:
    proxy.fail("mutation Batch", fault)
    tracker = shop.tracker(proxy.url)
    wish = new_issue("item/a", milestone)
    (receipt,) = tracker.create([wish])
    assert receipt.outcome is Outcome.UNKNOWN
    assert len(proxy.mutations()) == 1
    settled()
    assert tracker.find(wish) is None
    (sent_again,) = tracker.create([wish])
    assert sent_again.outcome is Outcome.DONE
    assert len(titles(shop, "item/a")) == 1


def test_the_lowest_of_two_copies_lives(shop: Shop, milestone: MilestoneRef) -> None:
    wish = new_issue("item/a", milestone)
    (first,) = shop.tracker().create([wish])
    shop.tracker().create([wish])
    settled()
    found = shop.tracker().find(wish)
    assert found is not None
    assert (found.number, found.node_id) == (first.number, first.node_id)


def test_comments_and_pull_requests_are_found_too(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    shop.push("work")
    wishes: list[Intent] = [new_comment("c", shop.root), new_pull_request("pr", "work")]
    proxy.fail("mutation Batch", lost_answer())
    tracker = shop.tracker(proxy.url)
    assert [r.outcome for r in tracker.create(wishes)] == [Outcome.UNKNOWN] * 2
    comment, pull_request = [eventually(lambda w=w: tracker.find(w)) for w in wishes]
    assert shop.call("GET", f"/issues/comments/{comment.number}")["node_id"] == comment.node_id
    assert shop.call("GET", f"/pulls/{pull_request.number}")["node_id"] == pull_request.node_id


def test_a_comment_is_found_behind_a_hundred_later_ones(shop: Shop) -> None:
    tracker = shop.tracker()
    wish = new_comment("c", shop.root)
    tracker.create([wish, *(new_comment(f"c/{i}", shop.root) for i in range(105))])
    settled()
    assert tracker.find(wish) is not None


def test_what_was_answered_keeps_its_receipt_when_a_later_request_is_lost(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    wishes = [new_issue(f"item/{i}", milestone) for i in range(45)]
    proxy.fail('"Title of item/20"', lost_answer())
    receipts = shop.tracker(proxy.url).create(wishes)
    assert [r.outcome for r in receipts[:20]] == [Outcome.DONE] * 20
    assert [r.outcome for r in receipts[20:40]] == [Outcome.UNKNOWN] * 20
    assert [r.outcome for r in receipts[40:]] == [Outcome.DONE] * 5


def test_batches_become_smaller_after_one_was_too_heavy_and_larger_again(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    proxy.fail("mutation Batch", graphql_answer(LIMITED))
    receipts = shop.tracker(proxy.url).create(
        [new_issue(f"item/{i}", milestone) for i in range(60)]
    )
    assert [r.outcome for r in receipts] == [Outcome.UNKNOWN] * 20 + [Outcome.DONE] * 40
    assert len(proxy.mutations()) == 4  # of 20, 10, 20 and 10


def test_a_lost_set_is_unknown_and_left_to_the_next_snapshot(
    shop: Shop, proxy: Proxy, milestone: MilestoneRef
) -> None:
    proxy.fail("mutation Batch", lost_answer())
    receipts = shop.tracker(proxy.url).set(
        [
            AddLabels("add", shop.root, ("specloop:work",)),
            CloseIssue("close", shop.root, CloseReason.COMPLETED),
        ]
    )
    assert [r.outcome for r in receipts] == [Outcome.UNKNOWN] * 2
    assert len(proxy.mutations()) == 1


def test_a_hub_that_is_not_there_did_nothing_and_is_asked_again(
    shop: Shop, proxy: Proxy, clock: FakeClock, milestone: MilestoneRef
) -> None:
    tracker = shop.tracker(proxy.url, clock)
    settled()
    tracker.read(shop.root, milestone.number)
    proxy.close()
    with pytest.raises(ServiceError, match="cannot be reached"):
        tracker.create([new_issue("item/a", milestone)])
    assert clock.slept == [1, 2, 4]
    assert titles(shop, "item/a") == []


def test_a_hub_that_comes_back_gets_what_was_never_sent(
    shop: Shop, proxy: Proxy, clock: FakeClock, milestone: MilestoneRef
) -> None:
    tracker = shop.tracker(proxy.url, clock)
    settled()
    tracker.read(shop.root, milestone.number)
    proxy.close()
    back: list[Proxy] = []

    def come_back() -> None:
        if not back:
            back.append(Proxy(shop.owner.url, proxy.port))

    clock.when_sleeping = come_back
    (receipt,) = tracker.create([new_issue("item/a", milestone)])
    back[0].close()
    assert receipt.outcome is Outcome.DONE
    assert len(titles(shop, "item/a")) == 1
