"""Runner-minutes, as GitHub bills them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.workflow_runs import JobTime
from bot.rules.billing import billed_minutes, elapsed_minutes

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def job(after: float, seconds: float) -> JobTime:
    began = NOON + timedelta(seconds=after)
    return JobTime("job", began, began + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (60.5, 2), (61, 2), (3600, 60)]
)
def test_each_job_is_billed_in_whole_minutes(seconds: float, minutes: int):
    assert billed_minutes([job(0, seconds)]) == minutes
    assert billed_minutes([job(0, seconds)] * 3) == 3 * minutes


def test_what_people_wait_for_is_from_the_first_begin_to_the_last_end():
    assert elapsed_minutes([]) == 0
    assert elapsed_minutes([job(60, 30), job(0, 30), job(30, 90)]) == 2
