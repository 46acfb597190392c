"""What a watcher is notified of: everything that is created; edits, labels and reactions are not.

https://docs.github.com/en/subscriptions-and-notifications/concepts/about-notifications
"""

from __future__ import annotations

from collections import Counter

from tests.scenarios.scenes import executor, item, met, planner, planner_done
from tests.scenarios.world import World

TEN = [f"part-{n}" for n in range(10)]


def test_ten_items_cost_a_watcher_about_two_notifications_each(world: World) -> None:
    world.plays(
        planner(*(item(key) for key in TEN), iteration=1),
        *(executor(key) for key in TEN),
        met(),
        planner_done(),
    )
    world.spec(merge="review", approve_plan="first")
    world.turn()
    world.says("/continue")
    world.turns_until("waiting")
    # Read from top to bottom: state, items, gates, spend, and what is asked of people.
    shown = world.progress()
    places = [shown.index(words) for words in (
        "### Progress: waiting", "0 of 10 items are done", "| #2 Part 0 | medium | in review | #12",
        "Gates on the integrated code: check ✅", "Spent: 0.00 of 10.00 USD",
        "- Review pull request #12: a person with write permission must approve",
        "- Review pull request #21: ", "`/help`",
    )]  # fmt: skip
    assert places == sorted(places)
    for key in TEN:
        world.reviews(key, "APPROVE")
    world.turns_until("done")
    assert len(world.main_files()) == 10

    bot = [t for t in world.listed("issues?state=all") if t["user"]["login"] == world.bot]
    comments = [c for c in world.listed("issues/comments") if c["user"]["login"] == world.bot]
    threads = Counter(int(c["issue_url"].rpartition("/")[2]) for c in comments)
    # One inbox entry for each thread: an item's issue, its pull request, and the spec.
    assert len({t["number"] for t in bot} | set(threads)) == 2 * len(TEN) + 1
    # On items and pull requests nothing is said beside what they are.
    assert set(threads) == {world.root}
    created = len(bot) + len(comments)
    assert created <= 2 * len(TEN) + 6, f"{created}: {threads}"
    world.replies()
