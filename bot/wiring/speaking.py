"""Speaking as the person at the laptop, to the embedded GitHub of a world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.wiring.embedded import embedded_github
from bot.wiring.machine import SystemClock
from bot.wiring.maintainer import Maintainer
from bot.wiring.recorded import Recorded


@contextmanager
def speaking(found: Recorded) -> Iterator[Maintainer]:
    """Yield the maintainer of a milestone's repository; its server is started when none runs."""
    with embedded_github(found.world) as endpoint:
        person = Maintainer(
            endpoint.url, endpoint.maintainer_token, found.milestone.repository, SystemClock()
        )
        try:
            yield person
        finally:
            person.close()
