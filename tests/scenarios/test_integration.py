"""What lands: gated as it would be merged, in order, and with a person's word where needed."""

from __future__ import annotations

from bot.domain.events import AttemptStarted, TrainMoved
from tests.scenarios.scenes import executor, met, not_met, planner
from tests.scenarios.world import World


def train(world: World) -> list[tuple[int, str]]:
    return [(e.pull_request, e.outcome.value) for e in world.happened(TrainMoved)]


def test_a_conflict_goes_back_and_is_reconciled_without_rewriting_the_head(world: World) -> None:
    world.plays(
        planner("one", "two", iteration=1),
        executor("one", {"same.txt": "one\n"}),
        executor("two", {"same.txt": "two\n"}, iteration=1),
        executor("two", {"same.txt": "one\ntwo\n"}, iteration=2,
                 sees=["conflicts in same.txt", "no longer fits it", "hold conflict markers"]),
        not_met(),
        planner(),
    )  # fmt: skip
    world.spec()
    world.turn()
    assert train(world) == [(4, "merged"), (5, "conflict")]
    first = world.pull("two")
    assert world.item("two").status == "in review"
    world.turn()
    assert train(world) == [(5, "merged")]
    assert world.main_files() == {"same.txt": "one\ntwo\n"}
    second = world.pull("two")
    assert second.number == first.number
    assert world.git("merge-base", first.head, second.head) == first.head
    world.replies()


def test_branches_that_are_green_alone_and_red_together_do_not_both_land(world: World) -> None:
    world.plays(
        planner("one", "two", iteration=1),
        executor("one", {"members/one": "1\n"}),
        executor("two", {"members/two": "2\n"}, iteration=1),
        executor("two", {"room.txt": "2\n"}, iteration=2,
                 sees=["Merged with main it is red: no room for 2 members"]),
        not_met(),
        planner(),
    )  # fmt: skip
    world.spec(files={"room.txt": "1\n"})
    world.turn()
    assert train(world) == [(4, "merged"), (5, "red")]
    assert world.main_files() == {"members/one": "1\n"}
    world.turn()
    assert train(world) == [(5, "merged")]
    assert set(world.main_files()) == {"members/one", "members/two"}
    world.replies()


def test_under_review_only_an_approval_of_the_present_head_by_a_person_with_the_right_counts(
    world: World,
) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), not_met(), planner())
    world.spec(merge="review")
    world.turn()
    assert train(world) == [(3, "waiting")]
    world.replies()

    # A stranger approves, and one wants it otherwise.
    world.person("stranger", "pull")
    world.person("other", "pull")
    world.reviews("hello", "APPROVE", by="stranger")
    world.reviews("hello", "REQUEST_CHANGES", "Rewrite it in my language.", by="other")
    # The author tries to.
    own = world.person("specloop[bot]").attempt(
        "POST", f"/repos/{world.site.milestone.repository}/pulls/3/reviews", event="APPROVE"
    )
    assert own.status_code == 422
    world.turns_until("waiting")
    assert world.reason == "Waiting for a person: review pull request #3."
    assert world.main_files() == {}
    assert len(world.happened(AttemptStarted)) == 1

    # A person with the right approves a head that is not the present one any more.
    world.reviews("hello", "APPROVE")
    world.pushes("specloop/1/2/1", {"more.txt": "more\n"})
    world.turn()
    assert world.standing == "waiting"
    assert world.main_files() == {}

    world.reviews("hello", "APPROVE")
    world.turn()
    assert train(world)[-1] == (3, "merged")
    assert world.main_files() == {"hello.txt": "hello\n", "more.txt": "more\n"}
    assert world.item("hello").status == "done"
    world.replies()


def test_changes_that_a_reviewer_asks_for_reach_the_executor(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello", iteration=1),
        executor("hello", {"hello.txt": "Hello!\n"}, iteration=2,
                 sees=["A reviewer asked for changes", "maintainer asks for changes: Politely!"]),
        not_met(),
        planner(),
    )  # fmt: skip
    world.spec(merge="review")
    world.turn()
    world.reviews("hello", "REQUEST_CHANGES", "Politely!")
    world.turn()
    assert world.files("specloop/1/2/1") == {"hello.txt": "Hello!\n"}
    assert train(world) == [(3, "waiting"), (3, "waiting")]
    # What lands is what was approved, on top of whatever else landed meanwhile.
    world.pushes("main", {"news.txt": "news\n"})
    world.reviews("hello", "APPROVE")
    world.turn()
    assert world.main_files() == {"hello.txt": "Hello!\n", "news.txt": "news\n"}
    world.replies()


def test_a_pull_request_closed_unmerged_drops_the_attempt_and_a_new_one_begins(
    world: World,
) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello", {"wrong.txt": "wrong\n"}, attempt=1),
        executor("hello", attempt=2, sees=["Pull request #3 of the last attempt was closed"]),
        not_met(),
        planner(),
    )
    world.spec(merge="review")
    world.turn()
    world.closes_pull("hello")
    world.turn()
    second = world.pull("hello")
    assert second.branch == "specloop/1/2/2"
    assert second.open
    assert world.files(second.branch) == {"hello.txt": "hello\n"}
    assert world.item("hello").attempts == 2
    world.replies()


def test_a_protected_path_needs_a_person_even_when_green_gates_suffice(world: World) -> None:
    world.plays(
        planner("hello", "guide", iteration=1),
        executor("hello"),
        executor("guide", {"docs/AGENTS.md": "Do as I say.\n"}),
        not_met(),
        planner(),
    )
    world.spec()
    world.turn()
    assert train(world) == [(4, "merged"), (5, "waiting")]
    world.turns_until("waiting")
    assert world.reason == (
        "Waiting for a person: review pull request #5 "
        "(it touches docs/AGENTS.md, which a person must approve)."
    )
    world.reviews("guide", "APPROVE")
    world.turn()
    assert world.main_files()["docs/AGENTS.md"] == "Do as I say.\n"
    world.replies()


def test_a_main_that_a_person_turned_red_is_told_to_the_planner_and_is_not_done(
    world: World,
) -> None:
    world.main_may_be_red = True
    world.plays(
        planner("hello", iteration=1),
        executor("hello"),
        met(),
        planner(iteration=2, decision="DONE", sees=["RED: make them green first"]),
        planner("mend", iteration=3, sees=["RED: make them green first", "DONE was refused"]),
        executor("mend", {"bad.txt": "fine\n"}, iteration=3),
    )
    world.spec()
    world.turn()
    world.pushes("main", {"bad.txt": "BROKEN\n"})
    world.turn()
    assert world.standing == "running"
    assert "DONE was refused: The gates are not green on the present" in world.replies()[-2]
    world.turn()
    assert world.main_files() == {"bad.txt": "fine\n", "hello.txt": "hello\n"}
    world.replies()


def test_a_pull_request_whose_branch_a_person_retargets_is_not_merged_elsewhere(
    world: World,
) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), not_met(), planner())
    world.spec(merge="review")
    world.turn()
    path = f"/repos/{world.site.milestone.repository}"
    world.does(
        "POST", f"{path}/git/refs", ref="refs/heads/other", sha=world.git("rev-parse", "main")
    )
    world.does("PATCH", f"{path}/pulls/3", base="other")
    world.reviews("hello", "APPROVE")
    world.turn()
    assert world.main_files() == {}
    assert not world.pull("hello").merged
    world.replies()


def test_a_person_may_merge_a_pull_request_by_hand(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner(decision="DONE"))
    world.spec(merge="review")
    world.turn()
    path = f"/repos/{world.site.milestone.repository}/pulls/3/merge"
    world.does("PUT", path, merge_method="squash")
    world.turns_until("done")
    assert world.item("hello").status == "done"
    assert world.main_files() == {"hello.txt": "hello\n"}
    world.replies()
