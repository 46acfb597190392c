"""Sets: each is done, or was so already, or says why not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CloseMilestone,
    ClosePullRequest,
    EditComment,
    LeaveMilestone,
    LinkBlockedBy,
    Outcome,
    React,
    Reaction,
    RemoveLabels,
    SetCommitStatus,
    SetEffect,
)
from bot.domain.work import CloseReason, MilestoneRef
from bot.github import markers
from bot.github.tracker import GitHubTracker
from tests.github.faults import Proxy, graphql_answer
from tests.github.stage import Shop, new_comment, new_issue, new_pull_request, settled


def done(tracker: GitHubTracker, *effects: SetEffect) -> None:
    """Send them twice: the second time everything is so already."""
    for _ in range(2):
        receipts = tracker.set(effects)
        assert [(r.key, r.outcome) for r in receipts] == [(e.key, Outcome.DONE) for e in effects], (
            receipts
        )


def issue(shop: Shop, number: int) -> dict[str, Any]:
    found: dict[str, Any] = shop.call("GET", f"/issues/{number}")
    return found


@pytest.fixture
def child(tracker: GitHubTracker, milestone: MilestoneRef) -> int:
    (receipt,) = tracker.create([new_issue("item/a", milestone)])
    assert receipt.number
    return receipt.number


def test_labels_come_and_go_one_by_one(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    shop.call("POST", f"/issues/{shop.root}/labels", labels=["bug"])
    done(tracker, AddLabels("add", shop.root, ("specloop:work", "priority:high")))
    done(tracker, RemoveLabels("remove", shop.root, ("specloop:work", "never heard of")))
    names = {label["name"] for label in issue(shop, shop.root)["labels"]}
    assert names == {"spec", "bug", "priority:high"}


def test_an_unknown_label_cannot_be_added(shop: Shop, tracker: GitHubTracker) -> None:
    (receipt,) = tracker.set([AddLabels("add", shop.root, ("no such label",))])
    assert receipt.outcome is Outcome.REFUSED
    assert "`no such label`" in receipt.note


def test_labels_that_nobody_knows_are_removed_already(shop: Shop, tracker: GitHubTracker) -> None:
    done(tracker, RemoveLabels("remove", shop.root, ("no such label",)))


def test_an_issue_is_closed_with_its_reason(shop: Shop, tracker: GitHubTracker, child: int) -> None:
    done(tracker, CloseIssue("close", child, CloseReason.NOT_PLANNED))
    assert (issue(shop, child)["state"], issue(shop, child)["state_reason"]) == (
        "closed",
        "not_planned",
    )


def test_a_copy_is_closed_as_a_duplicate(shop: Shop, tracker: GitHubTracker, child: int) -> None:
    done(tracker, CloseIssue("fold", child, CloseReason.DUPLICATE, shop.root))
    assert issue(shop, child)["state_reason"] == "duplicate"


def test_an_issue_leaves_the_milestone(shop: Shop, tracker: GitHubTracker, child: int) -> None:
    done(tracker, LeaveMilestone("leave", child))
    assert issue(shop, child)["milestone"] is None


def test_a_dependency_is_linked_once(shop: Shop, tracker: GitHubTracker, child: int) -> None:
    done(tracker, LinkBlockedBy("link", shop.root, child))
    settled()
    blockers = shop.call("GET", f"/issues/{shop.root}/dependencies/blocked_by")
    assert [b["number"] for b in blockers] == [child]


def test_a_pull_request_is_closed_unmerged(shop: Shop, tracker: GitHubTracker) -> None:
    shop.push("work")
    (made,) = tracker.create([new_pull_request("pr", "work")])
    assert made.number
    done(tracker, ClosePullRequest("close", made.number))
    found = shop.call("GET", f"/pulls/{made.number}")
    assert (found["state"], found["merged"]) == ("closed", False)


def test_an_edited_comment_keeps_its_marker(shop: Shop, tracker: GitHubTracker) -> None:
    wish = new_comment("progress", shop.root)
    (made,) = tracker.create([wish])
    assert made.node_id
    for fresh in (tracker, shop.tracker()):
        done(fresh, EditComment("edit", made.node_id, "Half done."))
        body = shop.call("GET", f"/issues/comments/{made.number}")["body"]
        assert body.startswith("Half done.\n")
        assert markers.read(body) == markers.Marker("progress", wish.nonce)


@pytest.mark.parametrize(
    ("times", "outcome"),
    [
        pytest.param(2, Outcome.DONE, id="twice"),
        pytest.param(3, Outcome.REFUSED, id="always"),
    ],
)
def test_an_edit_that_github_ignores_is_no_edit(
    shop: Shop, proxy: Proxy, times: int, outcome: Outcome
) -> None:
    tracker = shop.tracker(proxy.url)
    (made,) = tracker.create([new_comment("progress", shop.root)])
    assert made.node_id
    ignored = b'{"data": {"c0": {"issueComment": {"id": "x", "body": "the old text"}}}}'
    proxy.fail("mutation Batch", *[graphql_answer(ignored)] * times)
    (receipt,) = tracker.set([EditComment("edit", made.node_id, "The new text.")])
    assert receipt.outcome is outcome
    stored = shop.call("GET", f"/issues/comments/{made.number}")["body"]
    assert stored.startswith("The new text.") == (outcome is Outcome.DONE)


def test_a_reaction_is_a_receipt(shop: Shop, tracker: GitHubTracker) -> None:
    comment = shop.call("POST", f"/issues/{shop.root}/comments", body="/continue")
    done(tracker, React("react", comment["node_id"], Reaction.ACCEPTED))
    settled()
    (found,) = shop.call("GET", f"/issues/comments/{comment['id']}/reactions")
    assert found["content"] == "+1"


def test_the_milestone_is_closed_and_a_status_published(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    sha = shop.push("work")
    done(
        tracker,
        CloseMilestone("close", milestone.number),
        SetCommitStatus("status", sha, "specloop/verdict", green=True, description="x" * 200),
    )
    assert shop.call("GET", f"/milestones/{milestone.number}")["state"] == "closed"
    settled()
    statuses = shop.call("GET", f"/commits/{sha}/statuses")
    assert {(s["context"], s["state"]) for s in statuses} == {("specloop/verdict", "success")}


def test_a_status_for_a_commit_that_is_not_there_is_refused(
    shop: Shop, tracker: GitHubTracker
) -> None:
    nowhere = SetCommitStatus("status", "0" * 40, "specloop/verdict", False, "red")
    (receipt,) = tracker.set([nowhere])
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.note


def test_many_sets_travel_together(shop: Shop, proxy: Proxy, milestone: MilestoneRef) -> None:
    settled()
    tracker = shop.tracker(proxy.url)
    tracker.prepare(milestone.title, [])
    tracker.read(shop.root, milestone.number)
    proxy.seen.clear()
    tracker.set(
        [
            *(AddLabels(f"add/{i}", shop.root, ("specloop:work",)) for i in range(12)),
            *(RemoveLabels(f"remove/{i}", shop.root, ("specloop:work",)) for i in range(12)),
        ]
    )
    assert len(proxy.seen) == 2


def test_nothing_to_do_sends_nothing(shop: Shop, proxy: Proxy) -> None:
    tracker = shop.tracker(proxy.url)
    assert tracker.set([]) == []
    assert tracker.create([]) == []
    assert proxy.seen == []


def test_a_label_that_was_made_anew_is_found_under_its_new_id(
    shop: Shop, milestone: MilestoneRef
) -> None:
    tracker = shop.tracker()
    done(tracker, AddLabels("add", shop.root, ("specloop:work",)))
    shop.call("DELETE", "/labels/specloop:work")
    shop.call("POST", "/labels", name="specloop:work", color="ffffff")
    done(tracker, AddLabels("add", shop.root, ("specloop:work",)))
    assert "specloop:work" in {label["name"] for label in issue(shop, shop.root)["labels"]}


def test_a_comment_that_was_deleted_cannot_be_edited(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    (made,) = tracker.create([new_comment("progress", shop.root)])
    assert made.node_id
    shop.call("DELETE", f"/issues/comments/{made.number}")
    for fresh in (tracker, shop.tracker()):
        (receipt,) = fresh.set([EditComment("edit", made.node_id, "New.")])
        assert receipt.outcome is Outcome.REFUSED
        assert receipt.note
