"""What looks like a secret leaves no worktree, and stands in no comment and no record."""

from __future__ import annotations

from tests.agents.test_secrets import GITHUB
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done
from tests.scenarios.world import World

REMOVED = "[GitHub Token removed]"


def test_a_secret_in_a_file_is_never_pushed_and_its_executor_is_told(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello", {"a.txt": "fine\n", "b.txt": f"one\ntoken={GITHUB}\n"}, round=1),
        executor("hello", {"b.txt": "one\n"}, round=2, sees=["GitHub Token in 'b.txt', line 2"]),
        met(),
        planner_done(),
    )
    world.spec()
    world.turns_until("done")
    assert world.main_files() == {"a.txt": "fine\n", "b.txt": "one\n"}
    everything = world.git("log", "--all", "-p", "--format=%B")
    assert "a.txt" in everything
    assert GITHUB not in everything
    world.replies()


def test_a_secret_that_the_base_has_already_hinders_nobody(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello", {"config.txt": f"token={GITHUB}\nmore\n"}),
        met(),
        planner_done(),
    )
    world.spec(files={"config.txt": f"token={GITHUB}\n"})
    world.turns_until("done")
    assert world.main_files()["config.txt"] == f"token={GITHUB}\nmore\n"
    world.replies()


def test_a_secret_in_an_answer_is_neither_published_nor_recorded(world: World) -> None:
    item = {"key": "hello", "title": f"Use {GITHUB}", "description": f"The token is {GITHUB}."}
    world.plays(
        planner(item, iteration=1, reason=f"With {GITHUB}."),
        executor("hello", summary=f"I used {GITHUB}.", title=f"Use {GITHUB}"),
        not_met(f"{GITHUB} is not there."),
    )
    world.spec()
    world.turn()
    assert REMOVED in world.item("hello").title
    assert REMOVED in world.item("hello").body
    assert REMOVED in world.pull("hello").title
    assert any(REMOVED in text for text in world.replies())
    world.leave_house()
    everything = world.git("log", "--all", "-p", "--format=%B")
    assert REMOVED in everything
    assert GITHUB not in everything
