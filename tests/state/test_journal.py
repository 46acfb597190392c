"""The journal over a store whose git is killed amid its work."""

from dataclasses import replace

import pytest

from bot.domain.usage import Usage
from bot.loop.journal import Journal
from bot.state.codec import JsonCodec
from bot.wiring.machine import SystemClock


class Killed(Exception):
    """What stands for a git that was killed."""


def test_what_could_not_be_committed_does_not_ride_along_with_the_next_commit(bench):
    store = bench.store()
    journal = Journal(7, store, JsonCodec(), SystemClock())
    journal.load()
    journal.update("Begin", state=journal.state)

    def killed():
        raise Killed

    store._git.before["fast-import"] = killed
    with pytest.raises(Killed):
        journal.amend("Paid", lambda s: replace(s, spent=s.spent.plus(Usage(requests=2))))
    journal.amend("Another thread's", lambda s: replace(s, spent=s.spent.plus(Usage(requests=1))))
    journal.publish()

    found = Journal(7, bench.store("two"), JsonCodec(), SystemClock())
    found.load()
    assert found.state.spent.requests == journal.state.spent.requests == 1
