"""When the Writer is sent, and for what."""

from __future__ import annotations

import pytest

from bot.domain.outputs import TrainOutcome, TrainReport
from bot.domain.plan import Decision, Plan
from bot.domain.run import IterationRecord, Standing
from bot.domain.settings import PlanApproval
from bot.domain.usage import NOTHING_USED
from bot.domain.work import Status
from bot.rules.documenting import document_first, is_settled, keeps_documentation, undocumented
from tests.rules.builders import NOW, board, item, ledger, state, table

DONE = Plan(Decision.DONE, "The verdict says met.", "planner")
DOC = item(7, key="documentation.1")


def line(number: int, *merged: int) -> IterationRecord:
    return IterationRecord(number, NOW, NOW, Decision.CONTINUE, "", "planner", 0, merged, None,
                           NOTHING_USED, {}, Standing.RUNNING)  # fmt: skip


@pytest.mark.parametrize("path", ["README", "Readme.rst", "docs/a.md", "doc/a", "CHANGELOG.md"])
def test_documents(path: str) -> None:
    assert keeps_documentation(["src/a.py", path])


@pytest.mark.parametrize("path", ["src/README.md", "documents.py", "docs.py", "readme/x/y"])
def test_no_documents(path: str) -> None:
    assert not keeps_documentation([path])


@table(
    "since, expected",
    ("all, before the Writer was ever sent", 0, (9, 12)),
    ("what landed beside it and later", 2, (12,)),
    ("nothing, after the last merge", 4, ()),
)
def test_what_is_not_documented_yet(since: int, expected: tuple[int, ...]) -> None:
    own = TrainReport(11, (7,), TrainOutcome.MERGED, "head")
    past = [line(1, 9), line(2, 11), line(3, 12)]
    known = ledger(trains=(own,))
    assert undocumented(past, state(documented_in=since), known, board(3, DOC)) == expected


def test_a_done_becomes_the_writers_item() -> None:
    made = document_first(DONE, tuple(range(9, 60)), {"documentation.1", "a"}, PlanApproval.ALWAYS)
    assert made.decision is Decision.CONTINUE
    assert made.by == "planner"
    assert made.needs_approval
    assert made.assignments == (("documentation.2",),)
    assert "#20, " in made.items[0].description
    assert "#19, " not in made.items[0].description
    assert "and 11 before them" in made.items[0].description


@table(
    "documented_in, planned_in, status, expected",
    ("never sent", 0, 0, Status.DONE, False),
    ("it still works", 2, 2, Status.IN_REVIEW, False),
    ("it is done", 2, 2, Status.DONE, True),
    ("it was dropped", 2, 2, Status.DROPPED, True),
    ("the Planner was asked since", 2, 3, Status.DONE, False),
)
def test_settled(documented_in: int, planned_in: int, status: Status, expected: bool) -> None:
    of = state(documented_in=documented_in, planned_in=planned_in)
    assert is_settled(of, board(item(7, key="documentation.1", status=status))) is expected
