"""A pull request lands only with the head that was judged."""

from __future__ import annotations

import pytest

from bot.domain.effects import MergeMethod, MergePullRequest, Outcome
from bot.github.tracker import GitHubTracker
from tests.github.faults import Fault, Proxy, bad_gateway, lost_answer, lost_request
from tests.github.stage import Shop, new_pull_request


def pull_request(shop: Shop, tracker: GitHubTracker, branch: str = "work") -> MergePullRequest:
    sha = shop.push(branch)
    (made,) = tracker.create([new_pull_request("pr", branch)])
    assert made.number
    return MergePullRequest("merge", made.number, sha, MergeMethod.SQUASH, "Title", "Message")


def test_the_judged_head_lands(shop: Shop, tracker: GitHubTracker) -> None:
    effect = pull_request(shop, tracker)
    receipt = tracker.merge(effect)
    assert (receipt.outcome, receipt.number) == (Outcome.DONE, effect.number)
    landed = shop.call("GET", f"/commits/{receipt.sha}")
    assert landed["commit"]["message"] == "Title\n\nMessage"
    assert tracker.pull_requests([effect.number])[0].merge_commit == receipt.sha


def test_another_head_does_not_land(shop: Shop, tracker: GitHubTracker) -> None:
    effect = pull_request(shop, tracker)
    other = MergePullRequest("merge", effect.number, "1" * 40, MergeMethod.SQUASH, "", "")
    receipt = tracker.merge(other)
    assert receipt.outcome is Outcome.REFUSED
    assert "Head branch was modified" in receipt.note
    assert tracker.pull_requests([effect.number])[0].is_open


def test_a_second_merge_is_refused(shop: Shop, tracker: GitHubTracker) -> None:
    effect = pull_request(shop, tracker)
    tracker.merge(effect)
    receipt = tracker.merge(effect)
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.note


@pytest.mark.parametrize("fault", [lost_answer(), bad_gateway(after=True)])
def test_a_merge_whose_answer_is_lost_is_looked_up(shop: Shop, proxy: Proxy, fault: Fault) -> None:
    tracker = shop.tracker(proxy.url)
    effect = pull_request(shop, tracker)
    proxy.fail("/merge", fault)
    receipt = tracker.merge(effect)
    assert receipt.outcome is Outcome.DONE
    assert receipt.sha == tracker.pull_requests([effect.number])[0].merge_commit


def test_a_merge_that_did_not_happen_is_unknown_and_not_repeated(shop: Shop, proxy: Proxy) -> None:
    tracker = shop.tracker(proxy.url)
    effect = pull_request(shop, tracker)
    proxy.fail("/merge", lost_request())
    assert tracker.merge(effect).outcome is Outcome.UNKNOWN
    assert len([r for r in proxy.seen if r.path.endswith("/merge")]) == 1
    assert tracker.merge(effect).outcome is Outcome.DONE
