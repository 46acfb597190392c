"""How far apart writes are sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.github.pace import GITHUB, HOUR, MINUTE, UNPACED, Sent, wait_before


def test_the_first_write_waits_for_nothing() -> None:
    assert wait_before([], 20, 100.0, GITHUB) == 0


def test_a_second_passes_between_two_writes() -> None:
    assert wait_before([Sent(100.0, 0)], 0, 100.25, GITHUB) == 0.75


def test_every_created_object_costs_its_share_of_a_minute() -> None:
    assert wait_before([Sent(100.0, 20)], 1, 100.0, GITHUB) == 15.0


def test_the_hour_has_room_again_when_enough_has_become_old() -> None:
    history = [Sent(float(i), 100) for i in range(5)]
    assert wait_before(history, 20, 1000.0, GITHUB) == HOUR - 1000.0
    assert wait_before(history, 120, 1000.0, GITHUB) == HOUR + 1 - 1000.0


def test_labels_and_links_need_no_room_in_the_hour() -> None:
    assert wait_before([Sent(0.0, 500)], 0, 1000.0, GITHUB) == 0


def test_the_hub_needs_no_pace() -> None:
    assert wait_before([Sent(0.0, 10_000)], 1000, 0.0, UNPACED) == 0


@given(st.lists(st.integers(1, 20), max_size=80))
def test_no_minute_and_no_hour_sees_more_than_github_takes(batches: list[int]) -> None:
    now, sent = 0.0, list[Sent]()
    for objects in batches:
        now += wait_before(sent, objects, now, GITHUB)
        sent.append(Sent(now, objects))
    for first in sent:
        hour = sum(s.objects for s in sent if first.at <= s.at < first.at + HOUR)
        minute = sum(s.objects for s in sent if first.at <= s.at < first.at + MINUTE)
        assert hour <= GITHUB.per_hour
        assert minute <= GITHUB.per_minute
