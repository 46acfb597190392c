"""Files of the record are cut, forged or gone: they are named, and a person decides."""

from __future__ import annotations

import json

import pytest

from bot.domain.errors import Busy, UserError
from bot.domain.events import GateFinished
from tests.scenarios.record.forging import everything, forge, forge_values, lose_machine, ref
from tests.scenarios.world import World

CUT = b'{"root": 1, "standi'


def spent(world: World) -> int:
    return int(world.record("state.json")["spent"]["requests"])


def put_back(world: World, commit: str) -> None:
    world.leave_house()
    world.git("update-ref", ref(world), commit)


DAMAGE: list[dict[str, bytes | None]] = [
    {"state.json": CUT},
    {"state.json": None},
    {"state.json": b'{"root": 999}'},
    {"state.json": None, "state.json/x": b"a folder"},
    {"ledger.json": CUT},
    {"ledger.json": None},
    {"journal/0001/0001.json": b"[1, 2]", "journal/0001/0002.json": b"{}"},
    {"journal/0001/0001.json": None, "journal/0001/0002.json": b"{}"},
    {"iterations/0001/record.json": b"\xff"},
    {"commands.json": b"null"},
]


def test_a_damaged_record_waits_for_a_person_and_goes_on_when_it_is_put_back(begun: World) -> None:
    used, before = spent(begun), everything(begun)
    for told, files in enumerate(DAMAGE, 1):
        good = forge(begun, files)
        begun.turn()
        assert begun.standing == "waiting", files
        reply = begun.reply()
        assert f"The record {ref(begun)} is damaged: `{next(iter(files))}` cannot be read" in reply
        assert "git push --force origin <commit>:refs/specloop/" in reply
        assert good in begun.reason
        assert spent(begun) >= used
        begun.leave_house()
        begun.turn()  # what was written over is still damage
        assert begun.standing == "waiting", files
        assert everything(begun) == (before[0], before[1] + told)
        # This machine remembers what was there before it was put back.
        put_back(begun, good)
        begun.turn()
        assert "review pull request" in begun.reason, files
        assert spent(begun) >= used


def test_a_person_lets_it_go_on_without_what_is_damaged(begun: World) -> None:
    hello, pull, used = begun.item("hello").number, begun.pull("hello").number, spent(begun)
    paths = {"state.json": CUT, "ledger.json": CUT, "learnings.json": b"7",
             "journal/0001/0001.json": CUT, "iterations/0001/record.json": CUT}  # fmt: skip
    forge(begun, paths)
    lose_machine(begun)
    begun.turn()
    begun.reply()
    comment = begun.says("/continue")
    begun.turn()
    assert begun.receipt(comment) == ["+1"]
    assert begun.record("journal/0001/0001.json") == {
        "@type": "Segment", "intents": [], "receipts": [], "withdrawn": [],
    }  # fmt: skip
    assert "iterations/0001/record.json" not in begun.record_paths()
    assert spent(begun) >= used
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert (begun.item("hello").number, begun.pull("hello").number) == (hello, pull)
    assert begun.pull("hello").merged
    assert set(begun.main_files()) == {"hello.txt", "bye.txt"}
    begun.progress()
    begun.replies()
    for key in ("hello", "bye"):
        begun.replies(key)


def test_nothing_is_touched_in_the_record_of_a_newer_specloop(begun: World) -> None:
    forge(begun, {"format.json": b'{"version": 2, "since": "tomorrow"}', "state.json": b"{}"})
    before = begun.git("rev-parse", ref(begun)), everything(begun)
    with pytest.raises(UserError, match=r"has format 2, and .* up to 1: update specloop"):
        begun.turn()
    assert (begun.git("rev-parse", ref(begun)), everything(begun)) == before


def test_a_record_from_before_there_were_formats_is_read(begun: World) -> None:
    forge(begun, {"format.json": None})
    begun.turn()
    assert "review pull request" in begun.reason
    assert begun.record("format.json") == {"@type": "Format", "version": 1}


def test_what_is_found_damaged_under_way_waits_as_well(begun: World) -> None:
    """Outputs are read when they are due: this one when the iteration is finished."""
    state = begun.record("state.json")
    forge_values(begun, "state.json", phase="execute", started_at=state["updated_at"])
    path = f"iterations/{state['iteration']:04}/plan.json"
    good = forge(begun, {path: CUT})
    begun.turn()
    assert begun.standing == "waiting"
    assert f"is damaged: `{path}` cannot be read" in begun.reply()
    assert good in begun.reason
    begun.says("/continue")
    begun.turn()
    assert path not in begun.record_paths()
    assert "damaged" not in begun.reason
    begun.replies()


def test_results_of_gates_that_cannot_be_read_are_made_anew(begun: World) -> None:
    gates = [p for p in begun.record_paths() if p.startswith("gates/")]
    forged = begun.record(gates[0]) | {"results": []}  # green, because nothing ran
    forge(begun, {p: json.dumps(forged).encode() for p in gates} | {gates[0]: CUT})
    begun.happened(GateFinished)
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert {e.cached for e in begun.happened(GateFinished) if "merge" in e.subject} == {False}
    begun.replies()
    for key in ("hello", "bye"):
        begun.replies(key)


def test_a_view_that_was_cut_is_one_sentence_and_holds_nothing_up(begun: World) -> None:
    forge(begun, {"view.json": CUT})
    begun.turn()
    assert "review pull request" in begun.reason
    with pytest.raises(UserError, match=r"view.json of the record .* cannot be read"):
        begun.record("view.json")


def test_a_lease_that_was_damaged_is_still_held(begun: World) -> None:
    held = json.loads(begun.git("cat-file", "blob", f"{ref(begun)}:lease.json"))
    elsewhere = held | {"until": "2100-01-01T00:00:00+00:00", "machine": "another"}
    for content in (json.dumps(elsewhere).encode(), CUT):
        forge(begun, {"lease.json": content})
    with pytest.raises(Busy):
        begun.turn()
