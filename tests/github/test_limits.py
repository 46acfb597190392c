"""GitHub's limits are honoured, up to a ceiling; what they refuse did not happen."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bot.domain.effects import Outcome
from bot.domain.errors import LimitReached
from bot.domain.work import MilestoneRef
from tests.github.faults import Fault, Proxy, graphql_answer, refusal
from tests.github.stage import FakeClock, Shop, new_comment, new_issue

SECONDARY = "You have exceeded a secondary rate limit."


def test_a_write_refused_with_a_retry_after_is_sent_once_that_has_passed(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    proxy.fail("mutation Batch", refusal(403, SECONDARY, retry_after="17"))
    (receipt,) = shop.tracker(proxy.url, clock).create([new_comment("c", shop.root)])
    assert receipt.outcome is Outcome.DONE
    assert clock.slept == [17]


def test_a_secondary_limit_without_a_header_is_waited_for_a_minute(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    proxy.fail("mutation Batch", refusal(403, SECONDARY))
    (receipt,) = shop.tracker(proxy.url, clock).create([new_comment("c", shop.root)])
    assert receipt.outcome is Outcome.DONE
    assert clock.slept == [60]


def test_a_limited_query_is_asked_again_after_the_reset(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    limited = graphql_answer(b'{"errors": [{"type": "RATE_LIMITED", "message": "spent"}]}')
    proxy.fail("query Milestone", limited)
    assert shop.tracker(proxy.url, clock).read(shop.root, None).root.number == shop.root
    assert clock.slept == [60]


def test_a_limit_beyond_the_ceiling_is_reported_with_the_time_it_ends(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    later = str(int(time.time()) + 3000)
    spent = refusal(
        403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=later
    )
    proxy.fail("query Milestone", spent)
    with pytest.raises(LimitReached, match=r"can go on at \d\d:\d\d UTC") as met:
        shop.tracker(proxy.url, clock).read(shop.root, None)
    assert met.value.again_at.timestamp() == pytest.approx(int(later) + 1, abs=1)
    assert clock.slept == []


def test_one_part_of_a_batch_that_was_too_quick_is_sent_again_alone(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    proxy.fail(
        "mutation Batch",
        graphql_answer(
            b'{"data": {"c0": null}, "errors": [{"type": "UNPROCESSABLE", "path": ["c0"],'
            b' "message": "was submitted too quickly"}]}'
        ),
    )
    (receipt,) = shop.tracker(proxy.url, clock).create([new_comment("c", shop.root)])
    assert receipt.outcome is Outcome.DONE
    assert clock.slept == [60]


def test_on_github_created_objects_are_spaced_out(
    shop: Shop, clock: FakeClock, milestone: MilestoneRef
) -> None:
    shop.tracker(clock=clock, pace=True).create(
        [new_issue(f"item/{i}", milestone) for i in range(45)]
    )
    assert [round(s) for s in clock.slept] == [15, 15]


def test_receipts_survive_a_limit_that_ends_the_wave(
    shop: Shop, proxy: Proxy, clock: FakeClock, milestone: MilestoneRef
) -> None:
    proxy.fail('"Title of item/20"', refusal(403, SECONDARY, retry_after="3000"))
    receipts = shop.tracker(proxy.url, clock).create(
        [new_issue(f"item/{i}", milestone) for i in range(45)]
    )
    assert [r.outcome for r in receipts] == [Outcome.DONE] * 20 + [Outcome.UNSENT] * 25
    assert receipts[20].again_at is not None


def test_two_minutes_are_waited_for_one_request_and_no_more(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    for _ in range(2):
        proxy.fail("mutation Batch", refusal(403, SECONDARY))
    with pytest.raises(LimitReached):
        shop.tracker(proxy.url, clock).create([new_comment("c", shop.root)])
    assert clock.slept == [60]


def test_what_earlier_processes_created_counts(
    shop: Shop, clock: FakeClock, milestone: MilestoneRef
) -> None:
    made = [clock.now() - timedelta(minutes=50)] * 490
    tracker = shop.tracker(clock=clock, pace=True, created=made)
    ten = [new_issue(f"item/{i}", milestone) for i in range(10)]
    assert {r.outcome for r in tracker.create(ten)} == {Outcome.DONE}
    with pytest.raises(LimitReached, match="500 objects were created in the last hour") as met:
        tracker.create([new_issue("item/10", milestone)])
    assert met.value.again_at - clock.now() > timedelta(minutes=9)


def test_a_budget_that_is_nearly_spent_is_not_spent_whole(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    """What an answer tells of its pool is enough: no refusal is provoked."""
    pool = {"X-RateLimit-Remaining": "9", "X-RateLimit-Reset": str(int(time.time()) + 3000)}
    proxy.fail("/collaborators/", Fault(False, 200, b'{"permission": "write"}', pool))
    tracker = shop.tracker(proxy.url, clock)
    assert tracker.permission("someone").can_write
    with pytest.raises(LimitReached, match="requests of this hour are used up"):
        tracker.permission("somebody")
    assert len(proxy.seen) == 1
    assert tracker.read(shop.root, None).root.number == shop.root  # the other pool has room


def test_a_budget_that_is_soon_full_again_is_waited_for(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    pool = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 90)}
    proxy.fail("/collaborators/", Fault(False, 200, b'{"permission": "write"}', pool))
    tracker = shop.tracker(proxy.url, clock)
    tracker.permission("someone")
    tracker.permission("somebody")
    assert len(clock.slept) == 1
    assert 30 < clock.slept[0] <= 91
