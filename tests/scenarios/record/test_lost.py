"""The record was deleted or set back: nothing is made twice, and a person decides."""

from __future__ import annotations

import pytest

from bot.domain.errors import StateDiverged
from tests.scenarios.record.forging import everything, lose_machine, ref
from tests.scenarios.world import World


@pytest.mark.parametrize("how", ["deleted", "set back"])
def test_a_lost_record_waits_for_a_person_and_goes_on_from_what_github_shows(
    begun: World, how: str
) -> None:
    hello, bye = begun.item("hello").number, begun.item("bye").number
    pull, spent = begun.pull("hello").number, begun.record("state.json")["spent"]["requests"]
    lose(begun, how)
    before = everything(begun)
    begun.turn()
    assert begun.standing == "waiting"
    told = begun.reply()
    assert f"The record {ref(begun)} was deleted or set back" in told
    assert "it does not know #" in told
    assert "comment `/continue` to go on from what GitHub shows" in told
    assert begun.record("state.json")["spent"]["requests"] == spent
    assert everything(begun) == (before[0], before[1] + 1)
    begun.turn()
    assert everything(begun) == (before[0], before[1] + 1)
    comment = begun.says("/continue")
    begun.turn()
    assert begun.receipt(comment) == ["+1"]
    assert (begun.item("hello").number, begun.item("bye").number) == (hello, bye)
    assert begun.record("state.json")["spent"]["requests"] >= spent
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert begun.pull("hello").number == pull
    assert begun.pull("hello").merged
    assert set(begun.main_files()) == {"hello.txt", "bye.txt"}
    begun.progress()
    begun.replies()
    for key in ("hello", "bye"):
        begun.replies(key)


def test_a_record_that_is_put_back_goes_on_by_itself(begun: World) -> None:
    kept = begun.git("rev-parse", ref(begun))
    lose(begun, "deleted")
    begun.turn()
    begun.replies()
    lose_machine(begun)
    begun.git("update-ref", ref(begun), kept)
    begun.turn()
    assert "review pull request" in begun.reason
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    begun.replies()
    for key in ("hello", "bye"):
        begun.replies(key)


def test_a_machine_that_remembers_names_the_commit_to_put_back(begun: World) -> None:
    for how in ("deleted", "set back"):
        begun.leave_house()
        kept = begun.git("rev-parse", ref(begun))
        set_back(begun, how)
        with pytest.raises(StateDiverged, match=r"git push .* [0-9a-f]{40}:refs/specloop/"):
            begun.turn()
        begun.git("update-ref", ref(begun), kept)
        begun.turn()
        assert "review pull request" in begun.reason


def lose(world: World, how: str) -> None:
    lose_machine(world)
    set_back(world, how)


def set_back(world: World, how: str) -> None:
    """Delete the ref, or set it back to before anything was made."""
    if how == "deleted":
        world.git("update-ref", "-d", ref(world))
    else:
        oldest = world.git("rev-list", ref(world)).splitlines()[-2]
        world.git("update-ref", ref(world), oldest)
