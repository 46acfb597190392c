"""Keys go from this process's environment into the broker, and are gone here."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.broker import BrokerProcess, Upstream, start_broker
from bot.broker.closing import close_to_others
from bot.domain.providers import Provider
from bot.wiring.places import World


@contextmanager
def open_broker(world: World, root: int, providers: Sequence[Provider]) -> Iterator[BrokerProcess]:
    """Run the broker of one milestone; it takes the providers' keys out of the environment.

    Nobody can wipe a Python string: so this process's memory is closed to others, too. Raises
    AgentUnavailable when the broker does not start.
    """
    close_to_others()
    with start_broker(world.broker / str(root), take_keys(providers)) as broker:
        yield broker


def take_keys(providers: Sequence[Provider]) -> list[Upstream]:
    """Return the providers with their keys, which no longer stand in the environment."""
    found = {p.key_variable: os.environ.get(p.key_variable, "") for p in providers}
    for name in filter(None, found):
        _forget(name)
    return [
        Upstream(
            name=p.name,
            api=p.api,
            base_url=p.base_url,
            key=found[p.key_variable],
            wants="" if found[p.key_variable] else p.key_variable,
        )
        for p in providers
    ]


def _forget(name: str) -> None:
    """Remove a variable, and its value from where this process was told it.

    Taking it out of the environment leaves it in /proc/PID/environ, which every process of this
    user can read: its bytes are overwritten.
    """
    value = os.environ.get(name)
    if value is None:
        return
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_void_p
    address = libc.getenv(os.fsencode(name))
    if address:
        ctypes.memset(address, 0, len(os.fsencode(value)))
    del os.environ[name]
