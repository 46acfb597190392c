"""A record that was forged, and reads well: it allows nothing and resets nothing."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.events import VerdictGiven
from tests.scenarios.record.forging import forge, forge_values, ref
from tests.scenarios.world import World


def finish(world: World) -> None:
    world.reviews("hello", "APPROVE")
    world.turns_until("done")
    world.replies()
    for key in ("hello", "bye"):
        world.replies(key)


def value(world: World, path: str) -> Any:
    return json.loads(world.git("cat-file", "blob", f"{ref(world)}:{path}"))


def test_what_was_spent_cannot_be_made_less(begun: World) -> None:
    spent = begun.record("state.json")["spent"]
    less = dict.fromkeys(spent, 0) | {"requests": spent["requests"] + 1}
    forge_values(begun, "state.json", spent=less)
    begun.turn()
    assert begun.record("state.json")["spent"] == spent | {"requests": spent["requests"] + 1}


def test_a_verdict_that_nobody_gave_is_given_anew(begun: World) -> None:
    """Everything else that DONE needs is there: only the forged `met` would end the run."""
    begun.edits("hello", state="closed", state_reason="not_planned")
    verdict = value(begun, "ledger.json")["verdict"]
    assert not verdict["met"]
    forge_values(begun, "ledger.json", verdict=verdict | {"met": True, "objections": []})
    begun.happened(VerdictGiven)
    begun.says("/continue")
    begun.turn()
    (given,) = begun.happened(VerdictGiven)
    assert not given.met
    assert begun.standing != "done"
    begun.replies()


def test_a_plan_that_says_done_is_held_against_the_guards(begun: World) -> None:
    number = begun.record("state.json")["iteration"] - 1
    plan = value(begun, f"iterations/{number:04}/plan.json")
    plan["plan"] |= {"decision": "DONE", "refusals": []}
    state = value(begun, "state.json")
    forged = {"phase": "record", "started_at": state["updated_at"]}
    forge(begun, {
        f"iterations/{state['iteration']:04}/plan.json": json.dumps(plan).encode(),
        "state.json": json.dumps(state | forged).encode(),
    })  # fmt: skip
    begun.turn()
    assert begun.standing == "running"
    line = begun.record(f"iterations/{state['iteration']:04}/record.json")
    assert "DONE was refused: The verdict says the spec is not met." in line["refusals"]
    finish(begun)


def test_an_approval_counts_only_where_github_shows_it(begun: World) -> None:
    """The train's last word on the pull request is made to say that it was approved."""
    trains = value(begun, "ledger.json")["trains"]
    for train in trains:
        train["note"] = ""
    attempts = value(begun, "ledger.json")["attempts"]
    forge_values(begun, "ledger.json", trains=trains, attempts=attempts)
    forge_values(begun, "state.json", paused=False, resumed=True, plan_accepted=True)
    begun.turn()
    assert begun.pull("hello").open
    begun.replies()
    finish(begun)
