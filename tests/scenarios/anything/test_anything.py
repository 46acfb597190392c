"""Crashes, faults, restarts and people in any order; the invariants hold after every step.

`SPECLOOP_EXAMPLES=100 pytest tests/scenarios/anything` tries that many stories, different ones
each time; by default a few, and always the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import bot.wiring.build
from bot.domain.errors import SpecloopError
from bot.domain.run import RunState, Standing
from bot.hub import BOT
from bot.wiring.build import Adapters
from tests.recovery.points import watch
from tests.scenarios.anything.deeds import LABELS, People
from tests.scenarios.anything.invariants import Seen, broken
from tests.scenarios.anything.model import MOODS, Model
from tests.scenarios.anything.mortal import (
    Killed,
    Life,
    Processes,
    QuickClock,
    agree_on_the_hour,
)
from tests.scenarios.people import Town
from tests.scenarios.scenes import planner_done
from tests.scenarios.world import World

EXAMPLES = int(os.environ.get("SPECLOOP_EXAMPLES", "0"))
STEPS = 8
PATIENCE = 14
"""Turns after the last disturbance within which the milestone comes to rest."""

PICK = st.integers(0, 9)
WRITES = {"api": "graphql", "actor": BOT}
FAULTS: dict[str, list[dict[str, Any]]] = {
    "answer-lost": [{"fault": "fail", "when": "after", "answer": "drop", "match": WRITES}],
    "502-after": [{"fault": "fail", "when": "after", "answer": 502, "match": WRITES}],
    "502-before": [{"fault": "fail", "when": "before", "answer": 502, "match": WRITES}],
    "partial-batch": [{"fault": "partial_batch", "applied": 1, "match": WRITES}],
    "push-lost": [{"fault": "fail", "when": "after", "answer": 502, "match": {"api": "git"}}],
    "push-failed": [{"fault": "fail", "when": "before", "answer": 502, "match": {"api": "git"}}],
}


class Story(RuleBasedStateMachine):
    """One milestone, from its spec to its rest."""

    town: Town
    folder: Callable[[], Path]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.town, self.folder())
        self.people = People(self.world)
        self.model = Model()
        self.life = Life()
        self.crashes = 0
        self.undisturbed = True
        self.stood: RunState | None = None
        self.spent = 0
        self.begun = False

    @initialize(moods=st.lists(st.sampled_from(MOODS), min_size=2, max_size=5))
    def begin(self, moods: list[str]) -> None:
        self.world.plays(planner_done())  # a playbook must be there; the model plays in its place
        self.world.adapt = self._adapt
        agree_on_the_hour(self.town)
        limits = {"attempts": 2, "rounds": 2, "iterations": 40}
        self.world.spec(config={"limits": limits})
        self.world.person("outsider", "pull")
        self.model.moods = ("good", *moods)
        self.begun = True

    # The loop.

    @rule()
    def a_turn(self) -> None:
        self._turn()

    @rule(steps=st.integers(0, 120))
    def a_turn_that_is_killed(self, steps: int) -> None:
        self.life = Life(steps)
        self._turn()
        self.life = Life()

    @rule(kind=st.sampled_from(sorted(FAULTS)), spared=st.integers(0, 12), times=st.integers(1, 2))
    def a_turn_with_faults(self, kind: str, spared: int, times: int) -> None:
        rules = [{**r, "after": spared, "times": times} for r in FAULTS[kind]]
        self.town.maintainer.call("PUT", "/_hub/faults", rules=rules)
        try:
            self._turn(faulty=True)
        finally:
            self.town.maintainer.call("DELETE", "/_hub/faults")

    # People.

    @rule(which=PICK, what=st.sampled_from(["title", "body"]))
    def somebody_rewrites_an_item(self, which: int, what: str) -> None:
        if item := _one(self.people.items(), which):
            self.people.rewrite(item["number"], what)

    @rule(which=PICK, priority=st.sampled_from(sorted(LABELS)))
    def somebody_sets_a_priority(self, which: int, priority: str) -> None:
        if item := _one(self.people.items("open"), which):
            self.people.prioritise(item["number"], priority)

    @rule(which=PICK, reason=st.sampled_from(["completed", "not_planned"]))
    def somebody_closes_an_item(self, which: int, reason: str) -> None:
        if item := _one(self.people.items("open"), which):
            self.people.close(item["number"], reason)

    @rule(which=PICK)
    def somebody_reopens_an_item(self, which: int) -> None:
        if item := _one(self.people.items("closed"), which):
            self.people.reopen(item["number"])

    @rule(which=PICK, text=st.sampled_from(["Nice.", "/unblock The first.", "/retry", "/continue"]))
    def somebody_comments(self, which: int, text: str) -> None:
        places = [self.world.root, *(i["number"] for i in self.people.items())]
        self.people.say(places[which % len(places)], text)

    @rule(which=PICK, event=st.sampled_from(["APPROVE", "REQUEST_CHANGES"]))
    def somebody_reviews(self, which: int, event: str) -> None:
        if pull := _one(self.people.pulls(), which):
            self.people.review(pull["number"], event)

    @rule(which=PICK)
    def somebody_merges_by_hand(self, which: int) -> None:
        if pull := _one(self.people.pulls(), which):
            self.people.merge(pull["number"])

    @rule(which=PICK)
    def somebody_closes_a_pull_request(self, which: int) -> None:
        if pull := _one(self.people.pulls(), which):
            self.people.close_pull(pull["number"])

    @rule(which=PICK)
    def somebody_pushes_on_a_branch(self, which: int) -> None:
        if pull := _one(self.people.pulls(), which):
            self.people.push(pull["head"]["ref"])

    @rule(which=PICK)
    def somebody_deletes_a_branch(self, which: int) -> None:
        if pull := _one(self.people.pulls(), which):
            self.people.closed.add(pull["number"])  # which closes it
            self.people.delete(pull["head"]["ref"])

    @rule()
    def somebody_pushes_on_main(self) -> None:
        self.people.push("main")

    @rule()
    def somebody_takes_a_marker_away(self) -> None:
        self.people.spoil()

    @rule()
    def an_outsider_copies_a_marker(self) -> None:
        self.people.copy()

    # What holds.

    @precondition(lambda self: self.begun)
    @invariant()
    def everything_holds(self) -> None:
        contradicted = broken(
            Seen(self.world, self.people, self.model, self.crashes, self.undisturbed, self.stood,
                 self.spent)
        )  # fmt: skip
        assert not contradicted, "\n\n".join([*contradicted, self.world.history()])
        if self.stood is not None:
            self.spent = self.world.record("state.json")["spent"]["requests"]
        self.stood = None

    def teardown(self) -> None:
        """Let everybody be reasonable from now on: it comes to rest, and all still holds."""
        if not self.begun:
            return
        try:
            self.model.moods = ("good",)
            self._settle()
        finally:
            self.world.leave_house()

    def _settle(self) -> None:
        for _ in range(PATIENCE):
            self._turn()
            standing = self.stood.standing if self.stood else Standing.RUNNING
            self.everything_holds()
            if standing is Standing.DONE:
                return
            if standing is not Standing.RUNNING:
                self._help()
        raise AssertionError(f"it does not come to rest:\n{self.world.history()}")

    def _help(self) -> None:
        """Do what a maintainer can do for a milestone that waits or is stuck."""
        for item in self.people.items("open"):
            if any(la["name"] == "specloop:blocked" for la in item["labels"]):
                self.people.say(item["number"], "/unblock Go on.")
        for pull in self.people.pulls():
            self.people.review(pull["number"], "APPROVE")
        self.people.say(self.world.root, "/continue")

    # Inside.

    def _adapt(self, adapters: Adapters) -> Adapters:
        return watch(replace(adapters, agent=self.model), self.life)  # type: ignore[arg-type]

    def _turn(self, *, faulty: bool = False) -> None:
        self.world.leave_house()
        self.undisturbed = not faulty
        try:
            self.stood = self.world.turn()
        except Killed:
            self.crashes += 1
            self.undisturbed = False
        except SpecloopError as error:
            assert faulty, f"without any fault: {error}"
            self.crashes += 1
        else:
            self.crashes += faulty


def _one(things: list[dict[str, Any]], which: int) -> dict[str, Any] | None:
    return things[which % len(things)] if things else None


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let waits be skipped, and every house be another process's."""
    monkeypatch.setattr(bot.wiring.build, "SystemClock", QuickClock)
    monkeypatch.setattr(bot.wiring.build, "LocalProcesses", Processes)
    return


@pytest.mark.timeout(0 if EXAMPLES else 600)
def test_anything_in_any_order(
    town: Town, tmp_path_factory: pytest.TempPathFactory, quick: None
) -> None:
    class Here(Story):
        pass

    Here.town = town
    Here.folder = staticmethod(lambda: tmp_path_factory.mktemp("story"))
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES or 3,
            stateful_step_count=STEPS,
            derandomize=not EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # a story takes long: the first one that goes wrong is told
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
