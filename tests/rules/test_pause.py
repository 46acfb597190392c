"""Rests grow while a limit persists."""

from datetime import UTC, datetime, timedelta

from bot.rules.pause import due_after

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def minutes(named: float, rests: int) -> float:
    return (due_after(NOW + timedelta(minutes=named), NOW, rests) - NOW).total_seconds() / 60


def test_the_first_rest_lasts_as_long_as_the_limit() -> None:
    assert minutes(0.5, 0) == 0.5


def test_rests_grow_up_to_an_hour() -> None:
    assert [minutes(2, n) for n in range(9)] == [2, 2, 4, 8, 16, 32, 60, 60, 60]
    assert minutes(2, 10**6) == 60


def test_an_end_that_was_named_is_never_shortened() -> None:
    assert minutes(90, 3) == 90
