"""Who may steer the bot is asked of GitHub, once per person."""

from __future__ import annotations

import threading
import uuid

import pytest

from bot.domain.errors import ServiceError
from bot.domain.work import Permission
from bot.github.tracker import GitHubTracker
from bot.hub import BOT, MAINTAINER
from tests.github.faults import Proxy, refusal
from tests.github.stage import FakeClock, Shop


def newcomer(shop: Shop) -> str:
    login = f"guest-{uuid.uuid4().hex[:8]}"
    shop.owner.call("POST", "/_hub/accounts", login=login)
    return login


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("admin", Permission.ADMIN),
        ("maintain", Permission.WRITE),
        ("push", Permission.WRITE),
        ("triage", Permission.READ),
    ],
)
def test_a_role_becomes_a_permission(
    shop: Shop, tracker: GitHubTracker, role: str, permission: Permission
) -> None:
    login = newcomer(shop)
    shop.call("PUT", f"/collaborators/{login}", permission=role)
    assert tracker.permission(login) is permission


def test_owner_and_bot_may_write_and_strangers_may_not(shop: Shop, tracker: GitHubTracker) -> None:
    assert tracker.permission(MAINTAINER) is Permission.ADMIN
    assert tracker.permission(BOT) is Permission.WRITE
    assert not tracker.permission(newcomer(shop)).can_write


def test_people_who_do_not_exist_may_nothing(shop: Shop, tracker: GitHubTracker) -> None:
    assert tracker.permission("nobody-of-that-name") is Permission.NONE
    assert tracker.permission("ghost") is Permission.NONE
    assert tracker.permission("") is Permission.NONE
    assert tracker.permission("../../issues") is Permission.NONE


def test_a_person_is_asked_about_once(shop: Shop, proxy: Proxy) -> None:
    tracker = shop.tracker(proxy.url)
    for login in (MAINTAINER, MAINTAINER.upper(), MAINTAINER):
        tracker.permission(login)
    assert len(proxy.seen) == 1


def test_a_refused_question_is_no_answer(shop: Shop, proxy: Proxy, clock: FakeClock) -> None:
    proxy.fail("/collaborators/", refusal(403, "Resource not accessible by integration"))
    tracker = shop.tracker(proxy.url, clock)
    with pytest.raises(ServiceError, match="does not say what"):
        tracker.permission(MAINTAINER)
    assert tracker.permission(MAINTAINER) is Permission.ADMIN


def test_many_threads_share_one_tracker(shop: Shop, proxy: Proxy) -> None:
    tracker = shop.tracker(proxy.url)
    found: list[Permission] = []
    threads = [
        threading.Thread(target=lambda i=i: found.append(tracker.permission(f"nobody-{i}")))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Permission.NONE] * 8
