"""What people can put where: the largest body, odd letters, HTML, Windows' line ends, two specs."""

from __future__ import annotations

from dataclasses import replace

from bot.wiring.build import Site
from tests.scenarios.scenes import executor, item, met, not_met, planner, planner_done
from tests.scenarios.world import World

ODD = "<script>alert(1)</script> 👩‍👩‍👧 \u202egnp.exe\u202c שלום | `a` @maintainer Fixes #1 <!-- x"
LARGEST = 65_536
"""Characters of a body; of four bytes each they are the 262,144 bytes that GitHub stores."""


def test_odd_text_in_every_field_and_the_largest_body_are_carried_through(world: World) -> None:
    world.plays(
        planner(item("odd", f"Do {ODD}", description=ODD, criteria=[ODD]), reason=ODD, iteration=1),
        executor("odd", {"odd.txt": "odd\n"}, title=ODD, summary=ODD, sees=["maintainer on #2"]),
        met(ODD, rationale=ODD),
        planner_done(ODD, learnings=[ODD]),
    )
    body = f"There is a file that is odd.\r\n\r\n{ODD}\r\n"
    body += "😀" * (LARGEST - len(body))
    world.spec(f"# {ODD}\n\nTo be written.", approve_plan="first")
    world.edits(body=body)
    world.turn()
    shown = world.issue()["body"]
    assert len(shown) == LARGEST
    assert len(shown.encode()) > 250_000
    world.says(f"{ODD}\r\n\r\n> /stop\r\n", on="odd")
    world.says(f"/continue {ODD}\r\n")
    # The same text with other line ends, as GitHub's editor stores it, is no other spec.
    world.edits(body=shown.replace("\r\n", "\n"))
    world.edits("odd", body=(world.issue(2)["body"] or "").replace("\n", "\r\n"))
    world.turns_until("done")
    assert world.main_files() == {"odd.txt": "odd\n"}
    assert not any("changed the spec" in world.transcript(f"{n}.plan") for n in (1, 2))
    said = [c["body"] for c in world.listed("issues/comments") if c["user"]["login"] == world.bot]
    for text in (*said, world.raw_body("odd"), world.issue(2)["body"], world.pull("odd").title):
        assert "\u202e" not in text
        assert "<script>" not in text
        assert "@maintainer" not in text
    assert "Fixes #1" not in world.git("log", "-1", "--format=%B", "main")
    world.replies()


def test_two_specs_at_once_keep_apart(world: World) -> None:
    def at(site: Site, key: str) -> None:
        world.plays(planner(key, iteration=1), executor(key), not_met(), planner())
        world.site = site

    world.plays(planner())
    world.spec(merge="review")
    first = world.site
    other = world.opens("Say bye", body="There is a file that says bye.", labels=["spec"])
    second = replace(first, milestone=replace(first.milestone, root=other))
    for _ in range(2):
        at(first, "hello")
        world.turn()
        at(second, "bye")
        world.turn()
    at(first, "hello")
    assert world.keys() == {"hello"}
    hello = world.pull("hello")
    at(second, "bye")
    assert world.keys() == {"bye"}
    bye = world.pull("bye")
    assert hello.branch != bye.branch
    # Each hears what is said on its own threads, and lands its own work.
    dropped = world.says("/cancel", on=bye.number)
    asked = world.says("/status", on=hello.number)
    world.turn()
    assert world.item("bye").closed_as == "not_planned"
    assert world.receipt(dropped) == ["+1"]
    assert world.receipt(asked) == world.replies(hello.number) == []
    world.replies()
    at(first, "hello")
    world.reviews("hello", "APPROVE")
    world.turn()
    assert len(world.replies(hello.number)) == 1
    assert world.item("hello").status == "done"
    assert world.main_files() == {"hello.txt": "hello\n"}
    world.replies()
