"""Issues that go away while a milestone runs: deleted, moved, turned into something else."""

from __future__ import annotations

import pytest

from bot.domain.errors import UserError
from tests.scenarios.scenes import executor, item, not_met, planner
from tests.scenarios.world import World

DELETE = "mutation ($id: ID!) { deleteIssue(input: {issueId: $id}) { repository { id } } }"
MOVE = """
mutation ($id: ID!, $to: ID!) {
  transferIssue(input: {issueId: $id, repositoryId: $to}) { issue { number } }
}
"""


def test_items_that_are_gone_are_told_once_and_a_locked_thread_is_spoken_in(world: World) -> None:
    world.plays(
        planner("bin", "away", item("hello", depends_on=["bin"])), executor("hello"), not_met()
    )
    world.spec(approve_plan="first")
    world.turn()
    world.replies()
    names = {key: world.item(key).number for key in ("bin", "away", "hello")}
    other = world.does("POST", "/user/repos", name=f"other-{world.folder.name}", auto_init=True)
    world.asks_graphql(DELETE, id=world.issue(names["bin"])["node_id"])
    moved = world.asks_graphql(MOVE, id=world.issue(names["away"])["node_id"], to=other["node_id"])[
        "transferIssue"
    ]["issue"]["number"]
    path = f"/repos/{other['full_name']}/issues/{moved}"
    assert world.does("GET", path)["title"] == "Away"
    for number in (world.root, names["hello"]):
        lock = f"/repos/{world.site.milestone.repository}/issues/{number}/lock"
        world.does("PUT", lock, lock_reason="resolved")
    world.says("/continue")
    world.turn()
    told = [r for r in world.replies() if "contradict" in r]
    assert len(told) == 2
    assert all("no such issue here" in r for r in told)
    assert world.item("hello").status == "done"
    assert world.keys() == {"hello"}
    world.turn()
    assert not [r for r in world.replies() if "contradict" in r]

    # The spec itself is turned into a discussion: one sentence, and nothing is written.
    world.asks_graphql(DELETE, id=world.issue()["node_id"])
    before = world.branches()
    with pytest.raises(UserError, match=r"There is no issue #1 in .*discussion"):
        world.turn()
    assert world.branches() == before
