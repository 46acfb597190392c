"""A milestone is read whole, in as few requests as its pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.effects import LinkBlockedBy
from bot.domain.errors import ServiceError, UserError
from bot.domain.work import IssueState, MilestoneRef, PullRequestState, ReviewState
from bot.github.tracker import GitHubTracker
from bot.hub import BOT, MAINTAINER
from tests.github.faults import Proxy, bad_gateway, graphql_answer, lost_request
from tests.github.stage import (
    FakeClock,
    Shop,
    new_comment,
    new_issue,
    new_pull_request,
    settled,
)


def test_before_there_is_a_milestone_the_root_is_read_alone(
    shop: Shop, tracker: GitHubTracker
) -> None:
    settled()
    view = tracker.read(shop.root, None)
    assert (view.root.number, view.root.body) == (shop.root, "There shall be a shop.")
    assert view.root.labels == ("spec",)
    assert (view.root.author, view.viewer, view.default_branch) == (MAINTAINER, BOT, "main")
    assert (view.milestone, view.items) == (None, ())
    assert tracker.requests.graphql == 1


def test_a_milestone_that_a_person_put_the_root_on_is_taken_up(
    shop: Shop, tracker: GitHubTracker
) -> None:
    number = shop.call("POST", "/milestones", title="Version 1")["number"]
    child = shop.issue("Child", milestone=number)
    shop.call("PATCH", f"/issues/{shop.root}", milestone=number)
    settled()
    view = tracker.read(shop.root, None)
    assert view.milestone is not None
    assert view.milestone.title == "Version 1"
    assert [i.number for i in view.items] == [child]


def test_120_items_are_read_in_three_requests(shop: Shop, milestone: MilestoneRef) -> None:
    tracker = shop.tracker()
    tracker.create([new_issue(f"item/{i}", milestone) for i in range(120)])
    settled()
    reader = shop.tracker()
    view = reader.read(shop.root, milestone.number)
    assert len(view.items) == len({i.number for i in view.items}) == 120
    assert (reader.requests.graphql, reader.requests.rest) == (3, 0)


def test_items_come_with_labels_parent_and_blockers(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    first, second = tracker.create(
        [
            new_issue("item/a", milestone, shop.root, ("specloop:work", "priority:high")),
            new_issue("item/b", milestone),
        ]
    )
    assert first.number and second.number
    tracker.set([LinkBlockedBy("link", second.number, first.number)])
    shop.call("PATCH", f"/issues/{first.number}", state="closed", state_reason="completed")
    settled()
    a, b = tracker.read(shop.root, milestone.number).items
    assert (a.number, a.parent, set(a.labels)) == (
        first.number,
        shop.root,
        {"specloop:work", "priority:high"},
    )
    assert (a.author, a.state) == (BOT, IssueState.CLOSED)
    assert (b.parent, b.blocked_by) == (None, (first.number,))


def test_more_comments_than_fit_on_a_page_are_fetched_for_root_and_items(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    (item,) = tracker.create([new_issue("item/a", milestone)])
    assert item.number
    for i in range(25):
        shop.call("POST", f"/issues/{shop.root}/comments", body=f"root {i}")
    tracker.create([new_comment(f"word/{i}", item.number, f"item {i}") for i in range(13)])
    settled()
    reader = shop.tracker()
    view = reader.read(shop.root, milestone.number)
    assert [c.body for c in view.root.comments] == [f"root {i}" for i in range(25)]
    assert len(view.items[0].comments) == view.items[0].comment_count == 13
    assert view.items[0].comments[0].body.startswith("item 0\n\n<!-- specloop key=word/0 ")
    assert reader.requests.graphql == 2


def test_an_edited_comment_names_its_editor(shop: Shop, tracker: GitHubTracker) -> None:
    comment = shop.bot.call("POST", f"{shop.path}/issues/{shop.root}/comments", body="mine")
    shop.call("PATCH", f"/issues/comments/{comment['id']}", body="/continue")
    settled()
    (read,) = tracker.read(shop.root, None).root.comments
    assert (read.id, read.node_id) == (comment["id"], comment["node_id"])
    assert (read.author, read.editor, read.body) == (BOT, MAINTAINER, "/continue")


def test_a_pull_request_comes_with_reviews_and_what_it_closes_once(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    (item,) = tracker.create([new_issue("item/a", milestone)])
    sha = shop.push("specloop/1/2/1")
    (made,) = tracker.create([new_pull_request("pr/1", "specloop/1/2/1", f"Closes #{item.number}")])
    assert made.number
    shop.call("POST", f"/pulls/{made.number}/reviews", event="APPROVE", body="Fine.")
    settled()
    (found,) = tracker.read(shop.root, milestone.number).pull_requests
    (direct,) = tracker.pull_requests([made.number])
    assert direct == replace(found, merge_state="CLEAN")
    assert (found.number, found.node_id, found.author) == (made.number, made.node_id, BOT)
    assert (found.head_branch, found.head_sha) == ("specloop/1/2/1", sha)
    assert (found.head_repository, found.base_branch) == (shop.name, "main")
    assert found.closes == (item.number,)
    (review,) = found.reviews
    assert (review.author, review.state, review.commit_sha) == (
        MAINTAINER,
        ReviewState.APPROVED,
        sha,
    )


def test_a_merged_pull_request_of_an_item_is_still_reported(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    (item,) = tracker.create([new_issue("item/a", milestone)])
    shop.push("work")
    (made,) = tracker.create([new_pull_request("pr/1", "work", f"Closes #{item.number}")])
    merged = shop.call("PUT", f"/pulls/{made.number}/merge")
    settled()
    view = tracker.read(shop.root, milestone.number)
    (found,) = view.pull_requests
    assert (found.state, found.merge_commit) == (PullRequestState.MERGED, merged["sha"])
    assert found.closes == (item.number,)
    assert view.items[0].state is IssueState.CLOSED


def test_a_root_that_does_not_exist_is_the_users_mistake(
    shop: Shop, tracker: GitHubTracker
) -> None:
    with pytest.raises(UserError, match="no issue #999"):
        tracker.read(999, None)


def test_a_milestone_that_is_gone_is_not_an_empty_one(shop: Shop, tracker: GitHubTracker) -> None:
    with pytest.raises(UserError, match="Milestone 999 is gone"):
        tracker.read(shop.root, 999)


def test_a_repository_that_is_not_there_is_named(shop: Shop) -> None:
    shop.name = "maintainer/nowhere"
    with pytest.raises(UserError, match="no repository maintainer/nowhere"):
        shop.tracker().read(1, None)


def test_a_wrong_token_is_named(shop: Shop) -> None:
    shop.bot.token = "wrong"
    with pytest.raises(UserError, match="does not accept the token"):
        shop.tracker().read(1, None)


@pytest.mark.parametrize(
    "fault",
    [
        bad_gateway(after=False),
        lost_request(),
        graphql_answer(b'{"errors": [{"message": "Something went wrong"}]}'),
        graphql_answer(b"<html>hello</html>"),
    ],
)
def test_a_reading_that_fails_is_read_again(
    shop: Shop, proxy: Proxy, clock: FakeClock, fault: object
) -> None:
    proxy.fail("query Milestone", fault, fault)  # type: ignore[arg-type]
    settled()
    assert shop.tracker(proxy.url, clock).read(shop.root, None).root.number == shop.root
    assert clock.slept == [1, 2]


def test_a_hub_that_stays_away_is_reported_and_not_waited_for_forever(
    shop: Shop, proxy: Proxy, clock: FakeClock
) -> None:
    proxy.fail("query Milestone", *[bad_gateway(after=False)] * 9)
    with pytest.raises(ServiceError, match="GitHub answered 502"):
        shop.tracker(proxy.url, clock).read(shop.root, None)
    assert len(clock.slept) == 3


def test_a_long_discussion_is_read_to_its_beginning(shop: Shop, tracker: GitHubTracker) -> None:
    tracker.create([new_comment(f"c/{i}", shop.root, f"word {i}") for i in range(105)])
    settled()
    comments = tracker.read(shop.root, None).root.comments
    assert [c.body.split("\n")[0] for c in comments] == [f"word {i}" for i in range(105)]


def test_a_pull_request_behind_fifty_others_keeps_its_reviews(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    (item,) = tracker.create([new_issue("item/a", milestone)])
    sha = shop.push("work")
    (made,) = tracker.create([new_pull_request("pr", "work", f"Closes #{item.number}")])
    shop.call("POST", f"/pulls/{made.number}/reviews", event="REQUEST_CHANGES", body="No.")
    for i in range(50):
        shop.call("POST", "/git/refs", ref=f"refs/heads/other/{i}", sha=sha)
    tracker.create([new_pull_request(f"other/{i}", f"other/{i}") for i in range(50)])
    settled()
    reader = shop.tracker()
    found = reader.read(shop.root, milestone.number).pull_requests
    assert len(found) == 51
    (ours,) = [p for p in found if p.number == made.number]
    assert [r.state for r in ours.reviews] == [ReviewState.CHANGES_REQUESTED]
    assert ours.closes == (item.number,)
    assert reader.requests.graphql == 3


def test_opinions_and_comments_that_fell_off_our_own_pull_requests_pages_are_read(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    shop.push("work")
    (made,) = tracker.create([new_pull_request("pr", "work")])
    number = made.number or 0
    remark = {"path": "work.txt", "line": 1, "body": "Why?"}
    shop.call("POST", f"/pulls/{number}/reviews", event="REQUEST_CHANGES", comments=[remark])
    for _ in range(101):
        shop.call("POST", f"/pulls/{number}/reviews", event="APPROVE")
    tracker.create([new_comment(f"c/{i}", number, f"word {i}") for i in range(12)])
    settled()
    for pulls in (
        shop.tracker().read(shop.root, milestone.number).pull_requests,
        shop.tracker().pull_requests([number]),
    ):
        (found,) = pulls
        assert found.reviews[0].state is ReviewState.CHANGES_REQUESTED
        assert len({r.id for r in found.reviews}) == len(found.reviews) == 102
        assert len(found.comments) == 12
        assert [(r.author, r.path, r.line, r.body) for r in found.remarks] == [
            (MAINTAINER, "work.txt", 1, "Why?")
        ]


def test_pull_requests_are_read_directly_in_the_order_asked_for(
    shop: Shop, tracker: GitHubTracker
) -> None:
    shop.push("one")
    shop.push("two")
    first, second = tracker.create([new_pull_request("1", "one"), new_pull_request("2", "two")])
    assert first.number and second.number
    found = shop.tracker().pull_requests([second.number, 999, shop.root, first.number])
    assert [p.number for p in found] == [second.number, first.number]


def test_only_our_own_markers_count(
    shop: Shop, tracker: GitHubTracker, milestone: MilestoneRef
) -> None:
    wish = new_issue("item/a", milestone)
    (made,) = tracker.create([wish])
    body = shop.call("GET", f"/issues/{made.number}")["body"]
    shop.issue("A copy", body=body, milestone=milestone.number)
    settled()
    (mark,) = tracker.read(shop.root, milestone.number).marks
    assert (mark.key, mark.nonce, mark.number) == ("item/a", wish.nonce, made.number)
