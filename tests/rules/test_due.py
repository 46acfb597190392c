"""What the schedule finds to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.run import Standing
from bot.rules.due import Change, Stood, reasons

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stood(standing: Standing, due_at: datetime | None = None, root: int = 12) -> Stood:
    return Stood(root, standing, due_at, milestone_number=3, looked_at=NOW - 2 * HOUR)


QUIET = Change(99, NOW, milestone=None, root=77)


@pytest.mark.parametrize("standing", [Standing.WAITING, Standing.STUCK, Standing.DONE])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (Change(12, NOW - HOUR, None, None), True),
        (Change(40, NOW - HOUR, None, 12), True),
        (Change(41, NOW - HOUR, 3, None), True),
        (Change(41, NOW - HOUR, 4, None), False),
        (Change(12, NOW - 3 * HOUR, None, None), False),
        (QUIET, False),
    ],
    ids=["root", "made by the bot", "on the Milestone", "elsewhere", "seen already", "another's"],
)
def test_what_stands_is_looked_at_when_something_changed(
    standing: Standing, change: Change, found: bool
) -> None:
    assert (12 in reasons([stood(standing)], [QUIET, change], NOW)) is found


def test_what_runs_goes_on() -> None:
    assert "runs" in reasons([stood(Standing.RUNNING)], [], NOW)[12]


@pytest.mark.parametrize("standing", [Standing.WAITING, Standing.RUNNING])
def test_what_rests_is_left_alone_until_it_is_due(standing: Standing) -> None:
    changed = [Change(12, NOW, None, None)]
    assert not reasons([stood(standing, NOW + HOUR)], changed, NOW)
    assert "rested" in reasons([stood(standing, NOW - HOUR)], [], NOW)[12]


def test_a_change_counts_for_its_own_milestone() -> None:
    other = Stood(20, Standing.WAITING, None, None, NOW - 2 * HOUR)
    changes = [Change(50, NOW - HOUR, 3, 20), Change(51, NOW - 3 * HOUR, None, 12)]
    assert set(reasons([stood(Standing.STUCK), other], changes, NOW)) == {12, 20}
