"""The record of one milestone: state, ledger, answers, intents and receipts, on its state ref.

Everything is committed locally at once (it survives this process) and published at barriers: before
anything is created on GitHub, whenever an agent's answer was paid for, and at the end of a phase.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.domain.effects import Intent, Outcome, Receipt
from bot.domain.journal import Segment
from bot.domain.run import Learnings, Ledger, RunState
from bot.loop.files import RecordFiles
from bot.loop.inspection import is_segment
from bot.ports.clock import Clock
from bot.ports.state import Codec, StateStore

T = TypeVar("T")

ENTRIES = 25
"""Entries after which the journal goes on in a new file: each one more writes its file anew."""


class Journal:
    """One milestone's record; safe to use from several threads."""

    def __init__(self, root: int, store: StateStore, codec: Codec, clock: Clock) -> None:
        self.files = RecordFiles(root, store, codec)
        self._clock = clock
        self._lock = threading.RLock()
        self.state = RunState(root=root)
        self.ledger = Ledger()
        self.learnings = Learnings()
        self._segment = Segment()
        self._part = 1
        """Number of the file that the journal is at, within the present iteration."""
        self._intents: dict[str, Intent] = {}
        self._receipts: dict[str, Receipt] = {}
        self.created_before: tuple[datetime, ...] = ()
        """When each object was created that was on record when it was loaded, oldest first."""
        self.unnoticed = False
        """Whether files are damaged of which the state did not know before."""

    def load(self) -> None:
        """Read the whole record anew, as far as it can be read.

        Raises UserError when a newer specloop wrote it, StateDiverged when the ref went back.
        """
        with self._lock:
            found = self.files.load()
            self._blame(found.state or RunState(root=self.state.root), found.damaged)
            self.ledger = found.ledger or Ledger()
            self.learnings = found.learnings or Learnings()
            segments = found.segments
            withdrawn = {nonce for s in segments for nonce in s.withdrawn}
            intents = (i for s in segments for i in s.intents if i.nonce not in withdrawn)
            self._intents = {i.key: i for i in intents}
            self._receipts = {r.key: r for s in segments for r in s.receipts}
            self.created_before = tuple(self._created())
            self._open_segment()

    def file(self, path: str, kind: type[T]) -> T | None:
        """Return the value recorded at a path, or None. Raises RecordDamaged."""
        return self.files.read(path, kind)

    def give_up(self, path: str) -> None:
        """Take notice that a file cannot be read: from now on it counts as absent."""
        with self._lock:
            self.files.give_up(path)
            self._blame(self.state, [path])

    def update(
        self,
        message: str,
        *,
        state: RunState | None = None,
        ledger: Ledger | None = None,
        learnings: Learnings | None = None,
        files: Mapping[str, object] | None = None,
    ) -> None:
        """Commit changed records locally, in one commit; a file that is None is removed."""
        with self._lock:
            after = self.state if state is None else replace(state, updated_at=self._clock.now())
            records = {
                "state.json": None if state is None else after,
                "ledger.json": ledger,
                "learnings.json": learnings,
            }
            changed = {path: value for path, value in records.items() if value is not None}
            self.files.commit({**(files or {}), **changed}, message)
            # Only now: what could not be committed must not ride along with another thread's.
            before, self.state = self.state.iteration, after
            self.ledger, self.learnings = ledger or self.ledger, learnings or self.learnings
            if after.iteration != before:
                self._open_segment()

    def amend(
        self,
        message: str,
        change: Callable[[RunState], RunState],
        files: Mapping[str, object] | None = None,
    ) -> None:
        """Commit a change of the newest state: threads side by side lose nothing of each other."""
        with self._lock:
            self.update(message, state=change(self.state), files=files)

    def publish(self) -> None:
        """Push everything committed so far. Raises StateDiverged or ServiceError."""
        with self._lock:
            self.files.publish()

    # Phase outputs and answers of agents.

    def iteration_path(self, name: str) -> str:
        """Return the path of a record of the present iteration."""
        return f"iterations/{self.state.iteration:04}/{name}.json"

    def output(self, name: str, kind: type[T]) -> T | None:
        """Return a record of the present iteration, or None when it is still to be made."""
        return self.file(self.iteration_path(name), kind)

    # Intents and receipts.

    def receipt(self, key: str) -> Receipt | None:
        """Return the receipt of an effect, or None while none is known."""
        return self._receipts.get(key)

    def intent(self, key: str) -> Intent | None:
        """Return the intent of a Create, or None."""
        return self._intents.get(key)

    def unanswered(self) -> tuple[Intent, ...]:
        """Return the Creates that were about to be sent and of which nothing more is known."""
        return tuple(i for k, i in self._intents.items() if k not in self._receipts)

    def add_intents(self, intents: Iterable[Intent]) -> None:
        """Record Creates that are about to be sent."""
        with self._lock:
            new = tuple(intents)
            if not new:
                return
            self._intents.update((i.key, i) for i in new)
            self._append(Segment(intents=new), f"Intend {_names(new)}")

    def withdraw(self, intents: Iterable[Intent]) -> None:
        """Take back Creates that were never sent, so that nobody looks for them.

        They are sent later under a new nonce.
        """
        with self._lock:
            gone = tuple(intents)
            if not gone:
                return
            for intent in gone:
                self._intents.pop(intent.key, None)
            nonces = tuple(i.nonce for i in gone)
            self._append(Segment(withdrawn=nonces), f"Withdraw {_names(gone)}")

    def add_receipts(self, receipts: Iterable[Receipt]) -> None:
        """Record what came of effects; what is unknown or was not sent has no receipt yet."""
        with self._lock:
            none = (Outcome.UNKNOWN, Outcome.UNSENT)
            new = tuple(r for r in receipts if r.outcome not in none)
            if not new:
                return
            self._receipts.update((r.key, r) for r in new)
            self._append(Segment(receipts=new), f"Receive {_names(new)}")

    def created(self) -> frozenset[int]:
        """Return the numbers of all issues and pull requests that the bot made."""
        made = (r for k, r in self._receipts.items() if k.startswith(("item/", "pr/")))
        return frozenset(r.number for r in made if r.number is not None)

    def nonces(self) -> frozenset[str]:
        """Return the nonces of everything the bot made or was about to make."""
        return frozenset(i.nonce for i in self._intents.values())

    def item_keys(self) -> dict[int, str]:
        """Return the planned key of every item the bot created, by issue number."""
        return {
            r.number: key.removeprefix("item/")
            for key, r in self._receipts.items()
            if key.startswith("item/") and r.number is not None
        }

    def item_node_ids(self) -> dict[int, str]:
        """Return the node ids of the items the bot created, by issue number."""
        return {
            r.number: r.node_id
            for key, r in self._receipts.items()
            if key.startswith("item/") and r.number is not None and r.node_id is not None
        }

    def pull_requests(self) -> dict[int, int]:
        """Return the pull request of each item's latest attempt, by issue number."""
        found: dict[int, int] = {}
        for report in self.ledger.attempts:
            was = report.assignment
            receipt = self._receipts.get(pull_request_key(was.lead, was.attempt))
            if receipt is not None and receipt.number is not None:
                found.update(dict.fromkeys(was.items, receipt.number))
        return found

    def _blame(self, before: RunState, paths: Iterable[str]) -> None:
        """Let the state know of the damage: that outlives what is written over a damaged file."""
        known = set(before.damaged)
        self.unnoticed = not known.issuperset(paths)
        self.state = replace(before, damaged=tuple(sorted(known.union(paths))))

    def _created(self) -> list[datetime]:
        """Return when objects were created; one whose answer was lost counts from its intent."""
        made = (r for r in self._receipts.values() if r.key in self._intents)
        known = [r.at for r in made if r.outcome is Outcome.DONE and r.at is not None]
        return sorted([*known, *(i.at for i in self.unanswered())])

    def _open_segment(self) -> None:
        """Go on with the present iteration's last file, or begin its first."""
        folder = f"journal/{self.state.iteration:04}/"
        parts = [p for p in self.files.paths(folder) if is_segment(p)]
        self._part = int(parts[-1][-9:-5]) if parts else 1
        if self._segment_path() in self.files.damaged:
            self._part += 1
        self._segment = self.file(self._segment_path(), Segment) or Segment()

    def _append(self, more: Segment, message: str) -> None:
        if self._segment.entries >= ENTRIES:
            self._part += 1
            self._segment = Segment()
        self._segment = self._segment.plus(more)
        self.files.commit({self._segment_path(): self._segment}, message)

    def _segment_path(self) -> str:
        return f"journal/{self.state.iteration:04}/{self._part:04}.json"


def pull_request_key(lead: int, attempt: int) -> str:
    """Return the key under which an attempt's pull request is created."""
    return f"pr/{lead}.{attempt}"


def _names(entries: tuple[Intent, ...] | tuple[Receipt, ...]) -> str:
    keys = [e.key for e in entries]
    return ", ".join(keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
