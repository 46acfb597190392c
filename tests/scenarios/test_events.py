"""An event only wakes: doubled, late, missing or wrong ones change nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import bot.wiring.build
from bot.domain.errors import UserError
from bot.wiring.build import unchanged
from bot.workspace.files import remove_tree
from tests.scenarios.anything.invariants import copies
from tests.scenarios.anything.mortal import Killed, Processes
from tests.scenarios.before import Before
from tests.scenarios.record.forging import ref
from tests.scenarios.scenes import executor, met, not_met, planner, planner_done
from tests.scenarios.world import World, git


@pytest.fixture
def story(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two items, merged once approved."""
    monkeypatch.setattr(bot.wiring.build, "LocalProcesses", Processes)
    world.plays(
        planner("hello", "bye", iteration=1),
        executor("hello"),
        executor("bye"),
        not_met("Not yet.", iteration=1),
        met(evidence="hello.txt"),
        planner_done(),
    )
    world.spec(merge="review")
    return world


def wake(world: World) -> None:
    """Let a fresh process run one iteration, whatever woke it."""
    world.leave_house()
    world.turn()


def tracker(world: World) -> tuple[list[tuple[int, str]], int, set[str]]:
    """What there is: issues and pull requests, the number of comments, branches."""
    things = sorted((i["number"], i["state"]) for i in world.listed("issues?state=all"))
    return things, len(world.listed("issues/comments")), world.branches()


def read_all(world: World) -> None:
    world.replies()
    for key in sorted(world.keys()):
        world.replies(key)


def test_what_is_woken_twice_or_by_old_news_does_nothing_twice(story: World) -> None:
    story.turn()
    comment = story.says("/priority high", on="hello")
    for _ in range(3):  # the comment's event, doubled; then one of the plan's, which comes late
        wake(story)
    assert story.receipt(comment) == ["+1"]
    before = tracker(story)
    for _ in range(3):
        wake(story)
    assert tracker(story) == before
    assert story.standing == "waiting"
    read_all(story)


def test_a_schedule_alone_carries_a_milestone_home(story: World) -> None:
    """No event arrives at all: what people did is found when the clock wakes a process."""
    wake(story)
    story.reviews("bye", "APPROVE")
    comment = story.says("/cancel #2")
    story.reviews("hello", "REQUEST_CHANGES", "Never mind.")
    story.edits("bye", title="Say goodbye")
    wake(story)
    assert story.receipt(comment) == ["+1"]
    assert (story.item("hello").status, story.item("bye").status) == ("dropped", "done")
    assert story.item("bye").title == "Say goodbye"
    read_all(story)


def test_events_that_come_in_another_order_than_what_they_tell(story: World) -> None:
    """Pause, then continue: whoever is woken by the first one reads both, in their order."""
    wake(story)
    first, second = story.says("/pause"), story.says("/continue")
    wake(story)
    assert story.receipt(first) == story.receipt(second) == ["+1"]
    assert not story.record("state.json")["paused"]
    third, fourth = story.says("/continue"), story.says("/pause")
    wake(story)
    wake(story)
    assert story.receipt(third) == story.receipt(fourth) == ["+1"]
    assert "Paused" in story.reason
    read_all(story)


def test_an_issue_that_is_not_there_and_one_that_is_a_pull_request(story: World) -> None:
    """Deleted, transferred, never there: one sentence, and nothing is written."""
    story.turn()
    pull = story.pull("hello").number
    before, site = tracker(story), story.site
    for number in (4711, pull):
        story.leave_house()
        story.site = replace(site, milestone=replace(site.milestone, root=number))
        with pytest.raises(UserError, match=f"There is no issue #{number} in "):
            story.turn()
    story.site = site
    assert tracker(story) == before
    read_all(story)


def test_an_issue_that_is_no_spec_is_let_alone(story: World) -> None:
    other = story.opens("A question")
    before, site = tracker(story), story.site
    story.site = replace(site, milestone=replace(site.milestone, root=other))
    with pytest.raises(UserError, match=f"#{other} is no spec: it has no label `spec`"):
        story.turn()
    story.site = site
    assert tracker(story) == before
    wake(story)
    read_all(story)


def test_an_issue_that_is_no_spec_any_more_waits(story: World) -> None:
    story.turn()
    story.unlabels(story.root, "spec")
    before = tracker(story)
    wake(story)
    assert story.standing == "waiting"
    assert "label" in story.reason
    assert tracker(story)[0] == before[0]
    story.labels(story.root, "spec")
    wake(story)
    assert "label" not in story.reason
    read_all(story)


@pytest.mark.parametrize("when", ["between two iterations", "in the middle of one"])
def test_yesterdays_half_that_is_run_again_undoes_nothing(story: World, when: str) -> None:
    """A copy of the machine's disk is put back after others went on and finished."""
    yesterday = Yesterday(story)
    if when == "in the middle of one":  # as the pull requests were opened, and nothing was told yet
        story.adapt = lambda real: replace(real, tracker=Before(real.tracker, yesterday.die, "set"))
        with pytest.raises(Killed):
            story.turn()
        story.adapt = unchanged
    else:
        story.turn()
        story.leave_house()
        yesterday.copy()
    yesterday.lose()
    story.turn()
    for key in ("hello", "bye"):
        story.reviews(key, "APPROVE")
    story.turns_until("done")
    story.leave_house()
    before, main = tracker(story), story.git("rev-parse", "main")
    record = story.git("rev-parse", ref(story))
    yesterday.put_back()
    wake(story)
    assert story.standing == "done"
    assert tracker(story) == before
    assert story.git("rev-parse", "main") == main
    story.leave_house()
    assert story.git("merge-base", record, ref(story)) == record
    things, comments = story.listed("issues?state=all"), story.visible_comments()
    assert not list(copies(things, comments))
    read_all(story)


@dataclass
class Yesterday:
    """A copy of what a machine has on its disk."""

    world: World
    copied: bool = False
    published: str = ""
    """What the state ref was when the machine died, if it did."""

    @property
    def _folders(self) -> list[tuple[Path, Path]]:
        places = self.world.site.world
        kept = self.world.folder / "yesterday"
        return [(places.clone, kept / "clone"), (places.work, kept / "work")]

    def copy(self) -> None:
        """Copy it as it is."""
        self.copied = True
        for folder, kept in self._folders:
            if folder.exists():
                shutil.copytree(folder, kept, symlinks=True)

    def die(self) -> None:
        """Copy it and die, at the first status: what was recorded last is published nowhere."""
        if not self.copied:
            self.published = self.world.git("rev-parse", ref(self.world))
            self.copy()
            name = self.world.site.milestone.repository.partition("/")[2]
            local = git(f"--git-dir={self._folders[0][1] / name / 'repo.git'}", "rev-parse",
                        ref(self.world))  # fmt: skip
            assert local != self.published
            raise Killed

    def lose(self) -> None:
        """Let others begin with an empty disk, and with what was published."""
        self.world.leave_house()
        if self.published:
            self.world.git("update-ref", ref(self.world), self.published)
        for folder, _ in self._folders:
            remove_tree(folder)

    def put_back(self) -> None:
        """Put the copy back."""
        for folder, kept in self._folders:
            remove_tree(folder)
            if kept.exists():
                shutil.copytree(kept, folder, symlinks=True)
