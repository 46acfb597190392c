import dataclasses
import inspect
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import (
    agents,
    commands,
    effects,
    events,
    findings,
    journal,
    plan,
    run,
    verdict,
    work,
)
from bot.domain.errors import StateDiverged
from bot.state.codec import JsonCodec

CODEC = JsonCodec()
MODULES = (agents, commands, effects, events, findings, journal, plan, run, verdict, work)
RECORDS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if inspect.isclass(kind) and dataclasses.is_dataclass(kind)
    },
    key=lambda kind: (kind.__module__, kind.__name__),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(object, JSON)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
# A file name on disk may be no text at all: Python shows such bytes as lone low surrogates.
st.register_type_strategy(str, st.text() | st.text().map(lambda text: f"{text}\udcff"))
st.register_type_strategy(datetime, st.datetimes() | st.datetimes(timezones=st.just(UTC)))


def test_every_kind_of_record_is_looked_at():
    names = {kind.__name__ for kind in RECORDS}
    assert {"RunState", "Segment", "IterationRecord", "Reply", "Intent", "Snapshot"} <= names
    assert len(RECORDS) > 60


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_records_come_back_as_they_went(kind, data):
    value = data.draw(st.from_type(kind))
    encoded = CODEC.encode(value)
    assert CODEC.decode(kind, encoded) == value
    assert CODEC.encode(CODEC.decode(kind, encoded)) == encoded
    assert json.loads(encoded)["@type"] == kind.__name__


@given(st.from_type(run.RunState))
def test_the_present_types_come_back_not_look_alikes(value):
    again = CODEC.decode(run.RunState, CODEC.encode(value))
    assert isinstance(again.standing, run.Standing)
    assert isinstance(again.spent, agents.Usage)
    assert isinstance(again.handled_comments, tuple)


def test_the_json_is_readable():
    intent = effects.Intent(
        "k", "n", effects.CreateComment("k", 7, "Grüße"), datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    )
    assert CODEC.encode(intent).decode() == (
        '{\n  "@type": "Intent",\n  "at": "2026-11-20T08:30:00+00:00",\n  "effect": {\n'
        '    "@type": "CreateComment",\n    "body": "Grüße",\n    "key": "k",\n'
        '    "subject": 7\n  },\n  "key": "k",\n  "nonce": "n"\n}\n'
    )


@pytest.mark.parametrize(
    "answer",
    [
        plan.PlannerAnswer(plan.Decision.DONE, "r"),
        agents.ExecutorAnswer(agents.ExecutorOutcome.DONE, "s"),
        verdict.VerifierAnswer(True, "r", ()),
        verdict.SpecialistAnswer("s"),
    ],
)
def test_unions_are_told_apart_by_name(answer):
    reply = agents.Reply(answer)
    assert CODEC.decode(agents.Reply, CODEC.encode(reply)) == reply


def test_collections_can_be_records_too():
    intents = (effects.WakeNext("k", 1), agents.Usage())
    kind = tuple[effects.WakeNext | agents.Usage, ...]
    assert CODEC.decode(kind, CODEC.encode(intents)) == intents
    assert CODEC.decode(dict[str, agents.Usage], CODEC.encode({"a": agents.Usage(1)})) == {
        "a": agents.Usage(1)
    }


def test_fields_with_defaults_may_be_missing():
    assert CODEC.decode(run.RunState, b'{"root": 7}') == run.RunState(7)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Sample:
    number: int
    share: float = 0.0
    name: str | None = None
    colour: Colour = Colour.RED
    at: datetime | None = None
    pair: tuple[int, str] = (0, "")
    many: tuple[int, ...] = ()
    effect: effects.SetEffect | None = None
    mixed: int | str = 0
    flag: bool = False


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no Sample: it is not JSON"),
        (b"\xff\xfe{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", r"\[\] is no Sample"),
        (b"{}", "'number' is missing"),
        (b'{"@type": "RunState", "number": 1}', "it is a RunState"),
        (b'{"number": "1"}', 'at number: "1" is no int'),
        (b'{"number": true}', "at number: true is no int"),
        (b'{"number": 1, "flag": 1}', "at flag: 1 is no bool"),
        (b'{"number": 1, "share": "x"}', "at share"),
        (b'{"number": 1, "share": true}', "at share"),
        (b'{"number": 1, "name": 5}', "at name: 5 is none of str, NoneType"),
        (b'{"number": 1, "colour": "blue"}', 'at colour: "blue" is no Colour'),
        (b'{"number": 1, "colour": []}', "at colour"),
        (b'{"number": 1, "at": "soon"}', "at at"),
        (b'{"number": 1, "pair": [1]}', "at pair: 1 values are not 2"),
        (b'{"number": 1, "many": {}}', r"at many: \{\} is no list"),
        (b'{"number": 1, "many": [1, null]}', "at many.1: null is no int"),
        (b'{"number": 1, "effect": {"key": "k"}}', "at effect: null is none of AddLabels"),
        (b'{"number": 1, "effect": {"@type": "X"}}', 'at effect: "X" is none of AddLabels'),
        (b'{"number": 1, "mixed": null}', "at mixed"),
        (b'{"number": 1, "tomorrow": 2}', "no field 'tomorrow' here; a newer specloop wrote it"),
    ],
)
def test_bytes_that_do_not_fit_are_refused_with_the_place(data, why):
    with pytest.raises(StateDiverged, match=why):
        CODEC.decode(Sample, data)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))
def test_nothing_but_state_diverged_is_raised(data):
    try:
        CODEC.decode(run.IterationRecord, data)
    except StateDiverged as refused:
        assert str(refused).startswith("A state record is no IterationRecord")


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {1, 2}}, float("nan"), b"raw"])
def test_what_is_no_plain_data_is_a_programming_error(value):
    with pytest.raises((TypeError, ValueError)):
        CODEC.encode(value)
