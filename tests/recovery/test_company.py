"""Two at once, and being asked to stop: one writer, one sentence, everything kept."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.recovery.after import Found, differences, world_after
from tests.recovery.stage import KILLED, NAME, STORY, Ended, Point, Stage

pytestmark = pytest.mark.timeout(400)

PLANNED = Point("1.plan:store.commit(Output of plan):after")


def told(ended: Ended) -> str:
    """Return the one sentence that the program ended with."""
    assert "Traceback" not in ended.out
    (sentence,) = [x for x in ended.out.splitlines() if x.startswith("specloop: ")]
    return sentence


def the_same_end(stage: Stage, undisturbed: Found) -> list[str]:
    ended = stage.run()
    assert ended.code == 0, ended.out
    assert stage.hub is not None
    found = world_after(stage.world, stage.hub.url, NAME)
    return list(differences(undisturbed, found))


def test_two_that_start_together_are_one(stage: Stage, undisturbed: Found) -> None:
    """Both found the lease free; whoever takes it works, the other one says so and ends."""
    begun = stage.run(*Point("0.open:store.refresh():before").options)
    assert begun.code == KILLED
    taking = Point("0.open:store.commit(Take the lease, generation 1):before")
    assert one_of_two(stage, taking) == [0, 2]
    assert the_same_end(stage, undisturbed) == []


def test_two_that_begin_together_open_one_spec(stage: Stage, undisturbed: Found) -> None:
    assert one_of_two(stage, Point("0.begin:wiring.begin():before")) == [0, 2]
    assert the_same_end(stage, undisturbed) == []


def one_of_two(stage: Stage, start: Point) -> list[int]:
    """Let two drivers go on from one point together; return their exit codes, sorted."""
    both = [stage.start(*start.options, "--act", "pause") for _ in range(2)]
    for driver in both:
        stage.wait_for("PAUSED", driver)
    for driver in both:
        stage.go_on(driver)
    first, second = sorted((stage.end(driver) for driver in both), key=lambda e: e.code)
    assert "Another process" in told(second)
    return [first.code, second.code]


def test_one_that_lost_its_milestone_writes_nothing(stage: Stage, undisturbed: Found) -> None:
    """A process that slept while another one took over must not write when it wakes."""
    first = stage.start(*PLANNED.options, "--act", "pause")
    stage.wait_for("PAUSED", first)
    stage.break_lease()
    ended = stage.run()
    assert ended.code == 0, ended.out
    stage.go_on(first)
    late = stage.end(first)
    assert late.code == 1
    assert told(late)
    assert the_same_end(stage, undisturbed) == []


SIGNALS = (
    (Point("0.begin:wiring.begin():after"), signal.SIGTERM, 143),
    (Point("1.observe:tracker.read():before"), signal.SIGINT, 130),
    (PLANNED, signal.SIGTERM, 143),
    (Point("1.record:tracker.set(progress/*):after"), signal.SIGTERM, 143),
    (Point("2.integrate:tracker.merge(#16):after"), signal.SIGINT, 130),
)


def test_a_signal_anywhere_ends_it_in_one_sentence_and_until_then_nobody_else_works(
    stage: Stage, undisturbed: Found
) -> None:
    for point, sign, code in SIGNALS:
        driver = stage.start(*point.options, "--act", "pause")
        stage.wait_for("PAUSED", driver)
        if point is PLANNED:
            refused = stage.end(stage.start())
            assert refused.code == 2
            assert f"Another process (pid {driver.pid} on " in told(refused)
            assert not [p for p in refused.points if "tracker." in p.label]
        driver.send_signal(sign)
        ended = stage.end(driver)
        assert ended.code == code, ended.out
        assert "run the same command again" in told(ended).lower()
    assert the_same_end(stage, undisturbed) == []
    assert max(stage.asked.values()) == 1


def test_a_signal_while_agents_work_ends_what_they_started(
    stage: Stage, undisturbed: Found
) -> None:
    for sign, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        driver, busy = working(stage)
        driver.send_signal(sign)
        ended = stage.end(driver)
        assert ended.code == code, ended.out
        assert told(ended)
        assert not alive(busy)
    # An agent's command that outlives its bot must not write into the next one's work.
    driver, busy = working(stage)
    driver.send_signal(signal.SIGKILL)
    stage.end(driver)
    stage.playbook = STORY / "playbook.yml"
    try:
        assert the_same_end(stage, undisturbed) == []
        assert not alive(busy)
    finally:
        subprocess.run(["kill", "-KILL", "--", f"-{busy}"], check=False, capture_output=True)


def working(stage: Stage) -> tuple[subprocess.Popen[str], int]:
    """Start a driver whose first Executor runs a command that does not end; return both."""
    mark = stage.folder / "busy"
    mark.unlink(missing_ok=True)
    command = f"echo $$ > {mark}; while :; do echo TODO >> pages/first.txt; sleep 0.05; done"
    text = (STORY / "playbook.yml").read_text()
    changed = text.replace("echo looked; sh check.sh", command)
    assert changed != text
    stage.playbook = stage.folder / "busy.yml"
    stage.playbook.write_text(changed)
    driver = stage.start()
    stage.wait_for("#5 ready", driver)
    stage.wait_until(lambda: mark.exists() and bool(mark.read_text().strip()))
    return driver, int(mark.read_text())


def alive(process: int) -> bool:
    """Whether a process runs: neither gone nor merely waiting to be buried."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
