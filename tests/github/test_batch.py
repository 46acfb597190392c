"""What fits into a request, and what an answer says of each part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.domain.effects import Outcome, Receipt
from bot.github.answer import Answer
from bot.github.batch import MOST_BYTES, Again, Step, outcomes, take
from bot.github.documents import compose, mutation


def steps(count: int, size: int = 10, *, lenient: bool = False) -> list[Step]:
    return [
        Step(
            f"k{i}",
            "addComment",
            {"body": "x" * size},
            lambda _: Receipt("", Outcome.DONE),
            1,
            lenient,
        )
        for i in range(count)
    ]


def answered(data: Any, *errors: dict[str, Any]) -> Answer:
    return Answer(200, {}, {"data": data, "errors": list(errors)})


def of(results: Sequence[Receipt | Again]) -> list[str]:
    return ["again" if isinstance(r, Again) else r.outcome.value for r in results]


@pytest.mark.parametrize(
    ("count", "size", "most", "taken"),
    [
        pytest.param(45, 10, 20, 20, id="by number"),
        pytest.param(3, 10, 20, 3, id="all that there is"),
        pytest.param(3, MOST_BYTES // 2 + 1, 20, 1, id="by size"),
        pytest.param(2, 3 * MOST_BYTES, 20, 1, id="at least one"),
        pytest.param(0, 10, 20, 0, id="nothing"),
    ],
)
def test_what_fits_into_one_request(count: int, size: int, most: int, taken: int) -> None:
    assert take(steps(count, size), most) == taken


def test_some_happened_and_some_did_not() -> None:
    answer = answered(
        {"c0": {}, "c1": None, "c2": None, "c3": None, "c4": None},
        {"message": "Body is too long", "type": "UNPROCESSABLE", "path": ["c1"]},
        {"message": "Something went wrong", "path": ["c2"]},
        {"message": "was submitted too quickly", "path": ["c3"]},
        {"message": "Could not resolve to a node", "type": "NOT_FOUND", "path": ["c4"]},
    )
    assert of(outcomes(steps(5), answer)) == ["done", "refused", "unknown", "again", "again"]


def test_what_the_answer_does_not_mention_is_unknown() -> None:
    cut_off = answered({"c0": {}}, {"message": "Resource limits for this query exceeded"})
    assert of(outcomes(steps(2), cut_off)) == ["done", "unknown"]


def test_a_document_that_is_refused_before_it_runs_did_nothing() -> None:
    refused = Answer(200, {}, {"errors": [{"message": "Field 'x' doesn't exist"}]})
    results = outcomes(steps(2), refused)
    assert of(results) == ["refused", "refused"]
    assert isinstance(results[0], Receipt)
    assert results[0].note == "Field 'x' doesn't exist"


def test_already_so_is_as_good_as_done_for_a_set() -> None:
    answer = answered(
        {"c0": None}, {"message": "Target issue has already been taken", "path": ["c0"]}
    )
    assert of(outcomes(steps(1, lenient=True), answer)) == ["done"]
    assert of(outcomes(steps(1), answer)) == ["refused"]


def test_a_document_gives_every_part_its_own_variable() -> None:
    text = compose([("c0", "addComment"), ("c1", "createIssue")])
    assert text.startswith("mutation Batch($c0: AddCommentInput!, $c1: CreateIssueInput!) {")
    assert "c1: createIssue(input: $c1) {" in text
    assert mutation("addComment").input_type == "AddCommentInput!"
