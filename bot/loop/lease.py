"""One writer per milestone: a lease on its state ref, checked by the boot clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.errors import Busy, LeaseLost, StateDiverged
from bot.domain.run import Lease
from bot.loop.journal import Journal
from bot.ports.clock import Clock

LENGTH = 300.0
"""Seconds a lease lasts unless renewed."""
MARGIN = 60.0
"""Seconds before its end from which nothing is sent: longer than any request's deadline."""
RENEW_AFTER = 60.0
"""Seconds after which a held lease is renewed."""
PATH = "lease.json"


class Processes(Protocol):
    """What is known of this process and its neighbours."""

    @property
    def holder(self) -> str:
        """Random id of this process."""
        ...

    @property
    def machine(self) -> str:
        """Id of this machine that no other one has."""
        ...

    @property
    def process(self) -> int:
        """This process's id."""
        ...

    def alive(self, process: int) -> bool:
        """Whether a process of that id runs on this machine."""
        ...


@dataclass
class LeaseKeeper:
    """Takes, renews, checks and gives back the lease."""

    journal: Journal
    clock: Clock
    processes: Processes
    _until: float = 0.0
    _renewed: float = 0.0
    _generation: int = 0

    def take(self) -> None:
        """Become the writer. Raises Busy, in one sentence, while another process is."""
        held = self.journal.files.newest(PATH, Lease)  # one that was damaged may still be held
        if held is not None and self._is_held_by_another(held):
            raise Busy(
                f"Another process (pid {held.process} on {held.machine[:12]}) is working on this "
                f"milestone; wait for it, or try again after {held.until:%H:%M:%S} UTC."
            )
        self._generation = held.generation + 1 if held else 1
        try:
            self._write(f"Take the lease, generation {self._generation}")
        except StateDiverged as error:
            raise Busy("Another process has just begun to work on this milestone.") from error

    def check(self) -> None:
        """Make sure that another request is safe; called before every one that writes.

        A lease that ends soon, say after the machine slept, is renewed first: taking a milestone
        over moves its state ref, so a renewal that goes through proves that nobody did. Raises
        LeaseLost otherwise.
        """
        if self.clock.boot() >= self._until - MARGIN:
            self._renew()

    def renew_if_due(self) -> None:
        """Renew the lease when a minute has passed. Raises LeaseLost when somebody took it."""
        if self.clock.boot() - self._renewed >= RENEW_AFTER:
            self._renew()

    def _renew(self) -> None:
        if self._generation == 0:
            raise LeaseLost("Nothing may be written before the lease is taken.")
        try:
            self._write("Renew the lease")
        except StateDiverged as error:
            raise LeaseLost("Another process took this milestone over.") from error

    def release(self) -> None:
        """Give the lease back; the next process need not wait."""
        self._until = 0.0
        self._write("Give the lease back", seconds=0.0)

    def _write(self, message: str, seconds: float = LENGTH) -> None:
        asked = self.clock.boot()
        me = self.processes
        lease = Lease(
            holder=me.holder,
            generation=self._generation,
            machine=me.machine,
            process=me.process,
            until=self.clock.now() + timedelta(seconds=seconds),
        )
        self.journal.update(message, files={PATH: lease})
        self.journal.publish()
        self._renewed = asked
        # Counted from before the push: a slow answer must not lengthen the lease.
        self._until = asked + seconds

    def _is_held_by_another(self, held: Lease) -> bool:
        me = self.processes
        if held.holder == me.holder or held.until <= self.clock.now():
            return False
        return held.machine != me.machine or me.alive(held.process)
