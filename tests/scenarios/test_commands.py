"""Commands are read from the tracker as it is now: on every thread of a spec, edited or deleted."""

from __future__ import annotations

from dataclasses import replace

from tests.scenarios.before import Before
from tests.scenarios.scenes import executor, not_met, planner
from tests.scenarios.world import World, said


def opened(world: World) -> None:
    """Let a spec have two items, each with a pull request that waits for a review."""
    world.plays(planner("hello", "bye", iteration=1), executor("hello"), executor("bye"),
                not_met(), planner())  # fmt: skip
    world.spec(merge="review")
    world.turn()
    world.turns_until("waiting")
    world.replies()


def test_a_command_counts_once_wherever_it_stands_and_whenever_it_is_edited_in(
    world: World,
) -> None:
    opened(world)
    hello, bye = world.pull("hello").number, world.pull("bye").number
    words = world.says("Nice.", on="bye")
    gone = world.says("/cancel", on="hello")
    world.deletes_comment(gone)
    changed = world.says("/cancel #2")
    world.edits_comment(changed, "On second thought, keep it.")
    on_pull = world.says("/specloop priority high\r\n/status\r\n\r\n/status", on=hello)
    several = world.says(
        "/cancel #99\n/priority urgent\n<!--\n/stop clean\n-->\n<pre>\n/stop\n</pre>\n/help"
    )
    world.turn()
    assert world.receipt(words) == world.receipt(changed) == []
    assert world.receipt(on_pull) == ["+1"]
    assert set(world.receipt(several)) == {"+1", "confused"}
    assert "priority:high" in world.item("hello").labels
    assert world.item("hello").open
    assert world.reply(hello).startswith("**Waiting** · iteration 3")
    told = world.reply()
    assert told.startswith(
        said("""
        maintainer:
        - #99 is not an item of this milestone.
        - `/priority urgent` was not understood: write `/priority high`, `medium` or `low`

        <sub>Edit your comment or write another one: what is new in it is read.</sub>

        ### Commands
    """)
    )

    # Edited in later, it is heard; edited again, only what is new in it.
    world.edits_comment(words, "/priority low\n\nNice.")
    world.turn()
    assert world.item("bye").priority == "low"
    world.says("/priority medium", on=bye)
    world.turn()
    world.edits_comment(words, "Very nice.\n/priority low\n/priority nought")
    world.turn()
    assert world.item("bye").priority == "medium"
    assert world.refusals("bye") == [
        "maintainer: `/priority nought` was not understood: "
        "write `/priority high`, `medium` or `low`"
    ]
    world.says("/cancel", on=bye)
    world.turn()
    assert world.item("bye").closed_as == "not_planned"
    assert not world.pull("bye").open
    assert world.item("hello").open


def test_bots_strangers_and_other_threads_steer_nothing_and_are_answered_once_at_most(
    world: World,
) -> None:
    opened(world)
    world.workflow(issues="write", pull_requests="write")
    by_bot = world.says("/stop clean", by="github-actions[bot]")
    edited = world.says("Hm.", on="hello")
    world.edits_comment(edited, "/stop clean", by="github-actions[bot]")
    # A pull request of somebody else's, in which other bots know these words, too.
    path = f"/repos/{world.site.milestone.repository}"
    sha = world.git("rev-parse", "main")
    world.does("POST", f"{path}/git/refs", ref="refs/heads/own", sha=sha)
    world.pushes("own", {"mine.txt": "mine\n"})
    own = world.does("POST", f"{path}/pulls", title="Mine", head="own", base="main")["number"]
    elsewhere = world.says("/stop clean\n/help\n/contineu", on=own)
    world.person("stranger", "pull")
    first = world.says("/stop", by="stranger")
    second = world.says("/help\n/stop clean", by="stranger", on="bye")
    world.turn()
    assert world.standing == "waiting"
    assert "Paused" not in world.reason
    assert world.pull("hello").open
    assert world.pull("bye").open
    assert world.receipt(by_bot) == world.receipt(elsewhere) == []
    assert world.receipt(first) == world.receipt(second) == world.receipt(edited) == ["confused"]
    assert world.refusals() == ["stranger: only people with write permission can steer here."]
    assert world.refusals("hello") == [
        "maintainer: github-actions[bot] edited this comment, and only people with write "
        "permission can steer here."
    ]


def test_a_comment_that_is_deleted_while_it_is_obeyed_harms_nobody(world: World) -> None:
    opened(world)
    command = world.says("/priority high\n/status", on="hello")

    def remove() -> None:
        if any(c["id"] == command for c in world.listed("issues/comments")):
            world.deletes_comment(command)

    world.leave_house()
    world.adapt = lambda real: replace(real, tracker=Before(real.tracker, remove, "react"))
    world.turn()
    assert world.item("hello").priority == "high"
    assert world.reply("hello").startswith("**Waiting**")
    world.turn()
