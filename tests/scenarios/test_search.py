"""Agents are shown where the work may be, and their search knows what they wrote."""

from __future__ import annotations

from typing import Any

from tests.scenarios.scenes import executor, item, met, planner, planner_done
from tests.scenarios.world import World

GREET = "def greetInLatin(name):\n    return f'salve {name}'\n"


def searching(key: str, *queries: str, writes: dict[str, str], **more: Any) -> dict[str, Any]:
    """An Executor that writes and then searches."""
    scene = executor(key, writes=writes, **more)
    scene["do"] += [{"search": query} for query in queries]
    return scene


def test_prompts_name_places_and_a_search_finds_what_was_just_written(world: World) -> None:
    ends = item("ends", title="Say goodbye where the greeting in Latin ends")
    world.plays(
        planner("greet", iteration=1),
        searching("greet", "latin greeting", writes={"src/greet.py": GREET}),
        planner(ends, iteration=2),
        searching(
            "ends", "goodbye", "latin greeting", writes={"src/end.py": "def goodbye():\n    0\n"},
            sees=["src/greet.py:1-2 greetInLatin"],
        ),
        planner_done(sees=["src/greet.py:1-2 greetInLatin"]),
        met(),
    )  # fmt: skip
    world.spec("# Manners\n\n- There is a greeting in Latin.\n- And a goodbye.\n")
    world.turns_until("done")
    told = world.transcript("1.execute.2.1.1")
    assert "src/greet.py:1-2 greetInLatin" in told
    second = world.item("ends").number
    told = world.transcript(f"2.execute.{second}.1.1")
    assert "src/end.py:1-2 goodbye" in told
    assert world.main_files()["src/end.py"]
    world.replies()
