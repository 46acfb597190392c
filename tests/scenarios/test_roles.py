"""A repository's own roles: files on its base branch, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.agents.given import GIVEN, SHARED
from bot.domain.agents import Invocation, Reply, RoleKind
from bot.ports.agent import Agent, Workplace
from bot.wiring.build import Adapters
from tests.scenarios.scenes import (
    executor,
    met,
    observed,
    planner,
    planner_done,
    specialist,
    writer,
)
from tests.scenarios.world import World

OWN = ".github/specloop/roles/"
NAMING = """\
---
name: namer
kind: specialist
title: Namer
tools: [read]
---
You look at names.
{% include "prompts/protocol.md" %}
---shared---
{% include "prompts/shared.md" %}
---user---
Names count in {{ changed | length }} files. {% include "prompts/review.md" %}
"""
HELLO = (planner("hello", iteration=1), executor("hello"), met(), planner_done())
REVIEWED = specialist(observed("Call it greeting", "low"), role="namer", sees=["look at names"])


def test_a_specialist_of_ones_own_is_a_file_and_a_word(world: World) -> None:
    world.plays(*HELLO, REVIEWED)
    world.spec(files={f"{OWN}namer.md": NAMING}, config={"specialists": ["namer"]})
    world.turns_until("done")
    assert "Call it greeting" in [row["title"] for row in world.view["items"]]
    assert len(world.headlines()) == 3


def test_a_role_of_ones_own_replaces_a_shipped_one(world: World) -> None:
    mine = NAMING.replace("name: namer", "name: code-reviewer")
    seen = specialist(role="code-reviewer", sees=["You look at names."])
    world.plays(*HELLO, seen)
    world.spec(files={f"{OWN}code-reviewer.md": mine}, config={"specialists": ["code-reviewer"]})
    world.turns_until("done")
    assert len(world.headlines()) == 3


def test_a_broken_role_waits_with_the_sentence_until_it_is_mended(world: World) -> None:
    world.plays(*HELLO, REVIEWED)
    world.spec(
        files={f"{OWN}namer.md": NAMING.replace("| length", "| length }} {{ chnaged")},
        config={"specialists": ["namer"]},
    )
    world.turn()
    assert world.standing == "waiting"
    assert world.reason.startswith(f"{OWN}namer.md:12: 'chnaged' is undefined; given here: attempt")
    assert world.reply().startswith("### Waiting")
    world.turn()
    assert world.replies() == []
    mended = {f"{OWN}namer.md": NAMING}
    for broken, told in (
        ({f"{OWN}namer.md": NAMING.replace("---\n", "---\ncolour: red\n", 1)},
         f"{OWN}namer.md:2: colour: Extra inputs are not permitted"),
        ({**mended, f"{OWN}more/namer.md": NAMING},
         f"{OWN}namer.md: there is another role namer: {OWN}more/namer.md"),
    ):  # fmt: skip
        world.leave_house()
        world.pushes("main", broken)
        world.turn()
        assert world.reason.startswith(told)
        assert told in world.reply()
    world.leave_house()
    world.pushes("main", {**mended, f"{OWN}more/namer.md": None})
    world.turns_until("done")
    assert len(world.headlines()) == 3


def test_a_specialist_that_does_not_exist_is_named(world: World) -> None:
    world.plays(*HELLO)
    world.spec(config={"specialists": ["namer"]})
    world.turn()
    assert world.standing == "waiting"
    assert world.reason == (
        "There is no specialist `namer`; there are adversarial-tester, code-reviewer, "
        "performance-analyst, security-reviewer, test-quality-analyst. One of your own is a file "
        ".github/specloop/roles/namer.md."
    )
    assert len(world.replies()) == 1


@dataclass
class Overhearing:
    """Passes every question on, and remembers what was given with it."""

    agent: Agent
    given: dict[RoleKind, set[str]]

    def ask(
        self,
        invocation: Invocation,
        workplace: Workplace | None,
        told: Callable[[str, str], None],
    ) -> Reply:
        """Ask the agent."""
        self.given.setdefault(invocation.kind, set()).update(invocation.prompt)
        return self.agent.ask(invocation, workplace, told)


def test_roles_may_name_what_the_loop_gives(world: World) -> None:
    given: dict[RoleKind, set[str]] = {}

    def overheard(adapters: Adapters) -> Adapters:
        return replace(adapters, agent=Overhearing(adapters.agent, given))

    world.adapt = overheard
    world.plays(*HELLO, specialist(role="code-reviewer"), writer({"USAGE.md": "Read it."}))
    world.spec(config={"specialists": ["code-reviewer"], "writer": True})
    world.turns_until("done")
    always = {"iteration", "subject", "attempt", "round", "left_out"}
    assert set(given) == set(RoleKind)
    for kind, names in given.items():
        assert names | always == set(GIVEN[kind]) | set(SHARED) | always, kind
    world.replies()
    world.replies("documentation.1")
