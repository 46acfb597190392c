"""Faults that the sweep found not to be survived, and ends that are told in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.recovery import chain
from tests.recovery.chain import Undisturbed
from tests.recovery.faults.control import Control
from tests.recovery.kinds import Cell, cells
from tests.recovery.shared import made_once
from tests.recovery.stage import STORY, Ended, Point, Stage
from tests.recovery.workers import disks, is_small

pytestmark = pytest.mark.timeout(400)

LOST_LINK = (("alias failed", "1.plan:http.POST(Batch: 2 addBlockedBy)"),)
LOST_SETS = (("cut before", "2.plan:http.POST(Batch: 1 closeIssue 1 addLabelsToLabelable"),)
IGNORED = (("update ignored", "3.record:http.POST("),)
COPIES = (
    ("lost, unlisted 500 s", "1.plan:http.POST(Batch: 7 createIssue)"),
    ("lost, unlisted 500 s", "1.plan:http.POST(Batch: 1 addComment)"),
)
HALF_A_LISTING = (("unlisted 500 s", "1.review:http.POST(Batch: 2 createIssue"),)
FULL_DISK = (
    ("disk full", "1.execute:agent.step(1/execute/3.1/1 write)"),
    ("disk full", "1.execute:git.add()"),
    ("disk full", "2.integrate:http.PUT("),
)
KILLED_GATE = (("command killed", "2.integrate:command.run("),)


MUTE = """
playbook: 1
title: Nobody plans
scenes:
  - role: code-reviewer
    answer: {summary: Nothing new., feedback: []}
"""


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Undisturbed, tuple[Point, ...]]:
    """Return the story without faults in the hub's time, and every point that it passed."""

    def play() -> tuple[Undisturbed, tuple[Point, ...]]:
        stage = Stage(tmp_path_factory.mktemp("told") / "stage", deep=True)
        with stage.served():
            return chain.record(stage, Stage.run), stage.runs[0].points

    return made_once(tmp_path_factory.getbasetemp(), "told", play)


@pytest.fixture
def deep(empty_stage: Stage) -> Iterator[Stage]:
    """Return a stage whose drivers live in the hub's time."""
    empty_stage.deep = True
    with empty_stage.served():
        yield empty_stage


def at(points: tuple[Point, ...], kind: str, label: str) -> Cell:
    return next(
        c for c in cells(points) if c.kind == kind and c.place.point.label.startswith(label)
    )


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((*LOST_LINK, *LOST_SETS, *KILLED_GATE, *IGNORED), id="lost"),
        pytest.param((*COPIES, *HALF_A_LISTING), id="copies"),
    ],
)
def test_faults_change_nothing(
    deep: Stage,
    told: tuple[Undisturbed, tuple[Point, ...]],
    faults: tuple[tuple[str, str], ...],
) -> None:
    undisturbed, points = told
    wanted = [at(points, kind, label) for kind, label in faults]
    outcome = chain.suffer(deep, Control(deep.world), undisturbed, wanted, Stage.run)
    assert outcome.wrong == []
    assert outcome.never == []


def test_a_full_disk_ends_it_in_one_sentence_and_loses_nothing(
    tmp_path: Path, told: tuple[Undisturbed, tuple[Point, ...]]
) -> None:
    undisturbed, points = told
    with disks(tmp_path, 1) as (folder,):
        if not is_small(folder):
            pytest.skip("no small disk can be mounted here")
        stage = Stage(folder / "disk" / "stage", deep=True)
        stage.log = tmp_path / "points.jsonl"
        wanted = [at(points, kind, label) for kind, label in FULL_DISK]
        with stage.served():
            outcome = chain.suffer(stage, Control(stage.world), undisturbed, wanted, Stage.run)
    assert outcome.wrong == []
    assert outcome.runs > 1


def one_sentence(ended: Ended) -> str:
    assert ended.code == 1, ended.out
    assert "Traceback" not in ended.out
    (sentence,) = [x for x in ended.out.splitlines() if x.startswith("specloop: ")]
    return sentence


SILENT = (
    (
        {"fault": "fail", "answer": 503, "match": {"api": "graphql"}},
        "GitHub answered 503. The next run tries again.",
    ),
    (
        {"fault": "fail", "match": {"api": "git", "path": "**/git-receive-pack"}},
        "The git remote did not take the state: ",
    ),
)


def test_a_service_that_never_answers_ends_it_in_one_sentence(deep: Stage) -> None:
    """Who did not answer, what was said last, and when it is tried again."""
    control = Control(deep.world)
    for number, (rule, said) in enumerate(SILENT):

        def silence(rule: dict[str, object] = rule) -> None:
            control.put([rule])

        if number:
            silence()
        ended = deep.run() if number else at_begin(deep, control, silence)
        sentence = one_sentence(ended)
        assert said in sentence
        assert sentence.endswith("The next run tries again.")
        control.put([])
    assert deep.run().code == 0


def at_begin(deep: Stage, control: Control, then: Callable[[], None]) -> Ended:
    """Let something happen once the spec is open, and return how the run ended."""
    deep.deep = False  # this driver pauses; it lives in its own time
    driver = deep.start("--at", "0.begin:wiring.begin():after", "--act", "pause")
    deep.wait_for("PAUSED", driver)
    then()
    deep.go_on(driver)
    deep.deep = True
    return deep.end(driver)


def test_an_agent_that_never_answers_ends_it_in_one_sentence(deep: Stage) -> None:
    deep.playbook = deep.folder / "mute.yml"
    deep.playbook.write_text(MUTE)
    ended = deep.run()
    assert ended.code == 3, ended.out
    (said,) = {x for x in ended.out.splitlines() if x.startswith("Waiting: ")}
    assert "mute.yml has no scene for planner" in said
    assert said.endswith("add one and run again")
    deep.playbook = STORY / "playbook.yml"
    assert deep.run().code == 0
