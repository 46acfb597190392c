"""What is done with every kind of answer: the table that the engine's promises rest on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.github.answer import Answer, Failure, Safety
from bot.github.pacing import (
    CEILING,
    TRIES,
    Accept,
    Ambiguous,
    Decision,
    GiveUp,
    Retry,
    decide,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
READ, WRITE = Safety.READ, Safety.WRITE
LAST = TRIES - 1


def graphql(*errors: dict[str, object], data: object = None, **headers: str) -> Answer:
    return Answer(200, headers, {"data": data, "errors": list(errors)})


def refused(status: int, message: str = "", **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, names, {"message": message})


RESET_SOON = str(int((NOW + timedelta(seconds=30)).timestamp()))
RESET_LATE = str(int((NOW + timedelta(minutes=49)).timestamp()))
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
RATE_LIMITED = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
TOO_QUICK = {"type": "UNPROCESSABLE", "message": "was submitted too quickly", "path": ["c0"]}
BROKEN = {"message": "Something went wrong while executing your query."}

NOT_SENT = Answer(failure=Failure.NOT_SENT, detail="refused")
LOST = Answer(failure=Failure.LOST, detail="timed out")


@pytest.mark.parametrize(
    ("attempt", "safety", "answer", "decision"),
    [
        pytest.param(0, READ, Answer(200, {}, {}), Accept(), id="an answer is taken"),
        pytest.param(0, READ, refused(404), Accept(), id="a refusal is an answer"),
        pytest.param(0, WRITE, refused(422), Accept(), id="a refused write is an answer"),
        pytest.param(0, WRITE, refused(403, "Resource not accessible"), Accept(), id="forbidden"),
        pytest.param(0, WRITE, NOT_SENT, Retry(1), id="what never left may be sent again"),
        pytest.param(2, WRITE, NOT_SENT, Retry(4), id="with growing patience"),
        pytest.param(0, READ, LOST, Retry(1), id="a lost read is read again"),
        pytest.param(1, READ, refused(502), Retry(2), id="a failed read is read again"),
        pytest.param(0, READ, graphql(BROKEN), Retry(1), id="a query that broke is asked again"),
        pytest.param(
            0, READ, graphql(BROKEN, data={"repository": {}}), Retry(1), id="half a reading is none"
        ),
        pytest.param(0, WRITE, refused(429, retry_after="7"), Retry(7), id="told when"),
        pytest.param(0, WRITE, refused(403, retry_after="7"), Retry(7), id="403 that tells when"),
        pytest.param(0, READ, refused(403, SECONDARY), Retry(60), id="secondary without a header"),
        pytest.param(1, READ, refused(403, SECONDARY), Retry(120), id="twice as long"),
        pytest.param(
            0,
            WRITE,
            refused(403, x_ratelimit_remaining="0", x_ratelimit_reset=RESET_SOON),
            Retry(31),
            id="primary limit with a near reset",
        ),
        pytest.param(0, WRITE, graphql(RATE_LIMITED), Retry(60), id="limited batch did not happen"),
        pytest.param(0, READ, graphql(RATE_LIMITED, data={}), Retry(60), id="limited query"),
        pytest.param(
            0, WRITE, graphql(TOO_QUICK, data={"c0": None}), Accept(), id="limited part of a batch"
        ),
        pytest.param(
            0, WRITE, graphql(BROKEN, data={"c0": {}}), Accept(), id="part of a batch happened"
        ),
    ],
)
def test_decisions(attempt: int, safety: Safety, answer: Answer, decision: Decision) -> None:
    assert decide(attempt, safety, answer, NOW) == decision


@pytest.mark.parametrize(
    "answer", [LOST, refused(500), refused(502), refused(504), graphql(BROKEN)]
)
@pytest.mark.parametrize("attempt", range(TRIES))
def test_a_write_is_never_sent_again_when_it_may_have_happened(
    answer: Answer, attempt: int
) -> None:
    assert isinstance(decide(attempt, WRITE, answer, NOW), Ambiguous)


@pytest.mark.parametrize("answer", [NOT_SENT, LOST, refused(502), refused(429), graphql(BROKEN)])
def test_patience_ends(answer: Answer) -> None:
    assert isinstance(decide(LAST, READ, answer, NOW), GiveUp)


def test_a_limit_that_lasts_longer_than_the_ceiling_is_reported_with_its_end() -> None:
    far = refused(
        403, "API rate limit exceeded", x_ratelimit_remaining="0", x_ratelimit_reset=RESET_LATE
    )
    decision = decide(0, READ, far, NOW)
    assert isinstance(decision, GiveUp)
    assert decision.again_at == NOW + timedelta(minutes=49, seconds=1)


@pytest.mark.parametrize("header", ["0", "121", "99999999999", "Fri, 31 Dec 1999 23:59:59 GMT", ""])
@pytest.mark.parametrize("attempt", range(TRIES))
def test_no_wait_is_longer_than_the_ceiling_whatever_the_header_says(
    header: str, attempt: int
) -> None:
    decision = decide(attempt, READ, refused(429, retry_after=header), NOW)
    assert not isinstance(decision, Retry) or 1 <= decision.after <= CEILING
