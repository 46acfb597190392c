"""A process killed anywhere is finished by the next one: nothing lost, one live copy of all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.recovery.after import Found, differences, world_after
from tests.recovery.stage import KILLED, NAME, Point, Stage, survive

pytestmark = pytest.mark.timeout(400)

PHASES = {
    "observe": {
        "first-commit": Point("1.observe:store.commit(Begin iteration 1):after"),
        "before-read": Point("2.observe:tracker.read():before"),
        "replied-unrecorded": Point(
            "2.observe:tracker.create(command/*/0/reply,command/*/0/reply):after"
        ),
        "commands-obeyed-unrecorded": Point(
            "2.observe:tracker.set(command/*/0/unblock,command/*/0/reaction,+7):after"
        ),
    },
    "plan": {
        "answer-unrecorded": Point("1.plan:agent.ask(1/plan):after"),
        "items-intended": Point("1.plan:tracker.create(item/first,item/second,+5):before"),
        "items-created-unrecorded": Point("1.plan:tracker.create(item/first,item/second,+5):after"),
        "changes-done-unrecorded": Point(
            "2.plan:tracker.set(change/2/8/drop,change/2/12/add,+1):after"
        ),
    },
    "execute": {
        "amid-a-round": Point("1.execute:agent.step(1/execute/2.1/1 replace):after"),
        "answer-unrecorded": Point("1.execute:agent.ask(1/execute/3.1/1):after"),
        "pushed-unpublished": Point("1.execute:worktrees.push(specloop/1/2/1):after"),
        "conflict-merged": Point("2.execute:worktree[1-3.1].merge():after"),
        "pull-requests-unrecorded": Point("1.execute:tracker.create(pr/2.1,pr/3.1,+2):after"),
    },
    "integrate": {
        "before-the-train": Point("1.integrate:tracker.pull_requests(3):before"),
        "merged-unrecorded": Point("1.integrate:tracker.merge(#9):after"),
        "amid-the-train": Point("2.integrate:tracker.merge(#16):after"),
        "train-unrecorded": Point("2.integrate:store.commit(Output of integrate):before"),
    },
    "review": {
        "one-answer": Point("1.review:store.commit(Answer of verifier):after"),
        "feedback-unrecorded": Point(
            "1.review:tracker.create(item/the-cover-carries-no-number,"
            "item/a-parrot-deserves-a-picture,+1):after"
        ),
        "verdict-intended": Point("2.review:tracker.create(verdict/2):before"),
    },
    "record": {
        "before-progress": Point("1.record:tracker.set(progress/*):before"),
        "progress-unrecorded": Point("2.record:tracker.set(progress/*):after"),
        "recorded-unpublished": Point("1.record:store.commit(Record iteration 1):after"),
        "root-closed-unrecorded": Point(
            "3.record:tracker.set(progress/*,done/3/backlog/13,+3):after"
        ),
    },
}
ORDER = list(PHASES)
STORIES = 2


def chains() -> Iterator[tuple[Point, ...]]:
    """Yield stories: each is killed in every phase, in the order in which they pass."""
    for start in range(STORIES):
        several = (p for named in PHASES.values() for p in [*named.values()][start::STORIES])
        yield tuple(sorted(several, key=_when))


def _when(point: Point) -> tuple[str, int]:
    iteration, _, phase = point.label.partition(":")[0].partition(".")
    return iteration, ORDER.index(phase)


KILLS = [pytest.param(chain, id=f"story-{n}") for n, chain in enumerate(chains(), 1)]


@pytest.mark.parametrize("points", KILLS)
def test_kills_change_nothing(stage: Stage, undisturbed: Found, points: tuple[Point, ...]) -> None:
    """Every phase at several points; `make sweep` walks all of them, one by one."""
    assert survive(stage, undisturbed, *points) == []


def test_kills_in_a_row_amid_a_recovery_and_again_and_again(
    stage: Stage, undisturbed: Found
) -> None:
    created = Point("1.plan:tracker.create(item/first,item/second,+5):after")
    found = Point("1.observe:store.commit(Receive item/asked):before")
    step = Point("1.execute:agent.step(1/execute/2.1/1 replace):after")
    opened = Point("1.execute:tracker.create(pr/2.1,pr/3.1,+2):after")
    merged = Point("2.integrate:tracker.merge(#10):after")
    chain = (created, found, step, step, step, opened, merged)
    assert survive(stage, undisturbed, *chain) == []


def test_the_machine_is_lost_with_the_process(stage: Stage, undisturbed: Found) -> None:
    pushed = PHASES["execute"]["pushed-unpublished"]
    merged = PHASES["integrate"]["merged-unrecorded"]
    assert survive(stage, undisturbed, pushed, merged, meanwhile=Stage.lose_machine) == []


def test_the_hub_dies_with_the_process_and_under_it(empty_stage: Stage, undisturbed: Found) -> None:
    """Under it, the run ends in one sentence; when GitHub is back, the next one goes on."""
    stage = empty_stage
    killed_under = (
        Point("1.plan:tracker.create(item/first,item/second,+5):before"),
        Point("2.integrate:tracker.merge(#16):before"),
    )
    killed_with = (
        PHASES["plan"]["items-created-unrecorded"],
        PHASES["integrate"]["amid-the-train"],
    )
    for under, at in zip(killed_under, killed_with, strict=True):
        with stage.served() as hub:
            driver = stage.start(*under.options, "--act", "pause")
            stage.wait_for("PAUSED", driver)
            hub.kill()
            stage.go_on(driver)
            ended = stage.end(driver)
        assert ended.code == 1
        assert [line for line in ended.out.splitlines() if line.startswith("specloop: ")]
        assert "Traceback" not in ended.out
        assert stage.run(*at.options).code == KILLED
    with stage.served() as hub:
        ended = stage.run()
        assert ended.code == 0, ended.out
        found = world_after(stage.world, hub.url, NAME)
    assert list(differences(undisturbed, found)) == []


def test_a_kill_amid_the_beginning_opens_one_spec_and_what_is_finished_stays(
    stage: Stage, undisturbed: Found
) -> None:
    ended = stage.run("--at", "0.begin:wiring.begin():before")
    assert ended.code == KILLED
    point = Point("0.open:store.commit(Take the lease, generation 1):after")
    assert survive(stage, undisturbed, point) == []
    again = stage.run()
    assert again.code == 0, again.out
    assert all(n == 1 for n in stage.asked.values())
    assert stage.hub is not None
    found = world_after(stage.world, stage.hub.url, NAME)
    assert list(differences(undisturbed, found)) == []
