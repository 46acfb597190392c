"""What is to be delivered, and the thread that does: in order, unless rules say otherwise."""

import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from bot.hub.clock import Clock
from bot.hub.webhooks.hook import Delivery, Hook
from bot.hub.webhooks.sending import Parcel, send

_MOST_PENDING = 10_000
_HELD = 5.0
"""Seconds a delivery is held back for another to overtake it."""


@dataclass(frozen=True)
class Letter:
    """A parcel with its hook; ``how`` is doubled, dropped, reordered or nothing special."""

    hook: Hook
    parcel: Parcel
    how: str = ""
    is_again: bool = False


class Outbox:
    """A queue in memory. A receiver that is slow delays the others, never a request."""

    def __init__(self, clock: Clock, new_id: Callable[[], int]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._held: dict[int, Letter] = {}
        self._letters: queue.Queue[Letter] = queue.Queue(_MOST_PENDING)
        threading.Thread(target=self._deliver_for_ever, daemon=True).start()

    def put(self, letter: Letter) -> None:
        """Take a letter; it is lost, with a word on stderr, when far too many wait."""
        try:
            self._letters.put_nowait(letter)
        except queue.Full:
            print("the hub's webhook queue is full: a delivery is lost", file=sys.stderr)

    def _deliver_for_ever(self) -> None:
        while True:
            try:
                self._deliver(self._letters.get(timeout=_HELD))
            except queue.Empty:
                for hook_id in list(self._held):
                    self._release(hook_id)
            except Exception:  # noqa: BLE001 - one that cannot be sent must not end the others
                traceback.print_exc(file=sys.stderr)

    def _deliver(self, letter: Letter) -> None:
        if letter.how == "dropped":
            return
        if letter.how == "reordered" and letter.hook.id not in self._held:
            self._held[letter.hook.id] = letter
            return
        self._send(letter)
        if letter.how == "doubled":
            self._send(letter)
        self._release(letter.hook.id)

    def _release(self, hook_id: int) -> None:
        letter = self._held.pop(hook_id, None)
        if letter is not None:
            self._send(letter)

    def _send(self, letter: Letter) -> None:
        hook, parcel, at = letter.hook, letter.parcel, self._clock.read()
        if hook.is_deleted:
            return
        receipt = send(hook, parcel)
        delivery = Delivery(
            self._new_id(),
            parcel.guid,
            at,
            parcel.event,
            parcel.action,
            hook.repository_id,
            parcel.triggers,
            letter.is_again,
            round(receipt.seconds, 2),
            receipt.code,
            receipt.words,
            {"headers": receipt.request_headers, "payload": parcel.payload},
            {"headers": receipt.response_headers, "payload": receipt.response_body},
        )
        with hook.lock:
            hook.deliveries.append(delivery)
