"""Labels and the native milestone come to be, once."""

from __future__ import annotations

import pytest

from bot.domain.errors import UserError
from bot.github.tracker import GitHubTracker
from tests.github.faults import Proxy, lost_answer, lost_request
from tests.github.stage import FakeClock, Shop, settled


def labels(shop: Shop) -> list[str]:
    settled()
    return [found["name"] for found in shop.call("GET", "/labels?per_page=100")]


def milestones(shop: Shop) -> list[str]:
    settled()
    return [found["title"] for found in shop.call("GET", "/milestones?state=all")]


def test_labels_and_milestone_are_made(shop: Shop, tracker: GitHubTracker) -> None:
    ref = tracker.prepare("Shop", ["specloop:work", "priority:high"])
    assert ref.title == "Shop"
    assert ref.node_id
    assert {"specloop:work", "priority:high"} <= set(labels(shop))
    assert milestones(shop) == ["Shop"]


def test_doing_it_at_once_again_makes_nothing_though_the_listings_are_late(
    shop: Shop, tracker: GitHubTracker
) -> None:
    first = tracker.prepare("Shop", ["specloop:work"])
    assert tracker.prepare("Shop", ["specloop:work"]) == first
    assert milestones(shop) == ["Shop"]
    assert labels(shop).count("specloop:work") == 1


def test_a_label_that_differs_only_in_case_is_the_same(shop: Shop, tracker: GitHubTracker) -> None:
    shop.call("POST", "/labels", name="Specloop:Work", color="ffffff")
    settled()
    tracker.prepare("Shop", ["specloop:work"])
    assert "specloop:work" not in labels(shop)


@pytest.mark.parametrize("fault", [lost_answer(), lost_request()])
def test_a_lost_answer_is_no_matter_because_names_are_keys(
    shop: Shop, proxy: Proxy, clock: FakeClock, fault: object
) -> None:
    proxy.fail('"title":', fault)  # type: ignore[arg-type]
    ref = shop.tracker(proxy.url, clock).prepare("Shop", [])
    assert ref.title == "Shop"
    assert milestones(shop) == ["Shop"]


def test_a_refused_label_is_told_in_githubs_words(shop: Shop, tracker: GitHubTracker) -> None:
    with pytest.raises(UserError, match="cannot be created"):
        tracker.prepare("Shop", ["x" * 60])
