"""Before DONE the Writer documents what was built: once, and only where there are documents."""

from __future__ import annotations

from tests.scenarios.scenes import executor, executor_asks, item, met, planner, planner_done, writer
from tests.scenarios.world import World

WRITER = {"writer": True}
DOC = "documentation.1"
BUILT = (planner("hello", iteration=1), executor("hello"), met(), planner_done())
DOCUMENT = {"USAGE.md": "Read hello.txt.\n"}


def test_what_was_built_is_documented_before_done(world: World) -> None:
    seen = ["The spec is met.", "Bring the documentation in line", "You are the Writer"]
    world.plays(*BUILT, writer(DOCUMENT, sees=seen))
    world.spec(config=WRITER)
    assert world.turns_until("done") == 3
    assert world.main_files() == {"hello.txt": "hello\n"} | DOCUMENT
    assert world.item(DOC).status == "done"
    assert world.item(DOC).title == "Document what was built"
    assert world.pull(DOC).merged
    assert [line["decision"] for line in world.view["history"]] == ["CONTINUE", "CONTINUE", "DONE"]
    world.replies()
    world.replies(DOC)


def test_documentation_that_is_right_already_costs_no_pull_request(world: World) -> None:
    world.plays(*BUILT, writer({}, summary="The README says it all."))
    world.spec(config=WRITER)
    assert world.turns_until("done") == 3
    assert world.item(DOC).closed_as == "completed"
    assert world.replies(DOC) == ["### Nothing to document\n\nThe README says it all."]
    world.replies()


def test_a_person_drops_it_and_the_spec_is_done(world: World) -> None:
    world.plays(*BUILT, writer(DOCUMENT))
    world.spec(config=WRITER, merge="review")
    world.turn()
    world.reviews("hello", "APPROVE")
    world.turns_until("waiting")
    assert world.pull(DOC).open
    world.says(f"/cancel #{world.item(DOC).number}")
    world.turns_until("done")
    assert world.item(DOC).status == "dropped"
    assert "USAGE.md" not in world.main_files()
    world.replies()


def test_a_writer_asks_and_the_answer_lets_it_go_on(world: World) -> None:
    asks = executor_asks(DOC, "Which name is public?") | {"role": "writer", "attempt": 1}
    world.plays(*BUILT, asks, writer(DOCUMENT, sees=["greet is public"]))
    world.spec(config=WRITER)
    world.turns_until("waiting")
    world.says("/unblock greet is public", on=DOC)
    world.turns_until("done")
    assert world.item(DOC).status == "done"
    world.replies()
    world.replies(DOC)


def test_further_work_is_documented_again_and_the_writers_own_is_not(world: World) -> None:
    again = planner(iteration=3, items=[item("more")])
    world.plays(*BUILT[:1], again, *BUILT[1:], executor("more"), writer(DOCUMENT))
    world.spec(config=WRITER)
    world.turns_until("running", limit=1)
    world.turns_until("done", limit=7)
    keys = {row["key"] for row in world.view["items"]}
    assert {"hello", "more", DOC} <= keys
    assert "documentation.3" not in keys
    world.replies()
    for key in keys:
        world.replies(key)


def test_no_writer_is_sent_where_nothing_is_documented_or_wanted(world: World) -> None:
    world.plays(*BUILT)
    world.spec()
    assert world.turns_until("done") == 2
    world.replies()
