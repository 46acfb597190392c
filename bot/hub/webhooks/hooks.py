"""All hooks of an open world, and the thread that turns changes into letters for them."""

import queue
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from bot.hub.faults.model import Deliveries
from bot.hub.scope import Scope
from bot.hub.store.view import CURRENT, View
from bot.hub.webhooks.event import Event, starts_workflows
from bot.hub.webhooks.hook import Hook
from bot.hub.webhooks.issue_events import comment_events, issue_events, review_events
from bot.hub.webhooks.other_events import (
    dependency_events,
    label_events,
    milestone_events,
    sub_issue_events,
)
from bot.hub.webhooks.outbox import Letter, Outbox
from bot.hub.webhooks.pushes import push_events, refs_of
from bot.hub.webhooks.sender import ACTING, Sender
from bot.hub.webhooks.sending import Parcel
from bot.hub.world.hub import Hub


@dataclass(frozen=True)
class _News:
    """A transaction's instant with who had subscribed to what just then, or None: refs may have
    moved, which is told to whoever has subscribed when that is found out.
    """

    stamp: int | None
    sender: Sender | None
    audience: "_Audience" = ()


class Hooks:
    """Safe for threads. Hooks and what is pending are forgotten when the server stops."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._hooks: dict[int, Hook] = {}
        self._refs: dict[int, dict[str, str]] = {}
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._next = int(time.time())
        self._outbox = Outbox(hub.database.clock, self.new_id)
        threading.Thread(target=self._write_for_ever, daemon=True).start()
        hub.database.committed = self._committed

    def of(self, repository_id: int) -> list[Hook]:
        """Return the hooks of a repository, oldest first."""
        return [hook for hook in list(self._hooks.values()) if hook.repository_id == repository_id]

    def add(self, hook: Hook) -> None:
        """Take up a hook; what was pushed before it is not told."""
        self.watch(hook.repository_id)
        self._hooks[hook.id] = hook

    def watch(self, repository_id: int) -> None:
        """Before somebody subscribes: forget refs that were looked at for nobody since."""
        is_watched = any(
            hook.repository_id == repository_id and _is_told_of("push", events)
            for hook, events in self._audience()
        )
        if not is_watched:
            with self._hub.database.lending() as connection:
                repository = self._hub.database.current(connection).repository(repository_id)
            self._refs[repository_id] = refs_of(self._hub.git(repository))

    def remove(self, hook: Hook) -> None:
        """Forget a hook; what is pending for it is not sent."""
        hook.is_deleted = True
        self._hooks.pop(hook.id, None)

    def new_id(self) -> int:
        """Return an id for a hook or a delivery."""
        with self._lock:
            self._next += 1
            return self._next

    def tell(self, hook: Hook, parcel: Parcel, is_again: bool = False) -> None:
        """Send a parcel to one hook soon."""
        self._outbox.put(Letter(hook, parcel, is_again=is_again))

    def look_for_pushes(self) -> None:
        """Compare refs soon: something may have been pushed by who is acting."""
        if any(_is_told_of("push", events) for _, events in self._audience()):
            self._news.put(_News(None, ACTING.get()))

    def _committed(self, stamp: int) -> None:
        if self._hooks:
            self._news.put(_News(stamp, ACTING.get(), self._audience()))

    def _audience(self) -> "_Audience":
        return tuple((hook, hook.events) for hook in list(self._hooks.values()) if hook.active)

    def _write_for_ever(self) -> None:
        while True:
            news = self._news.get()
            try:
                self._write(news)
            except Exception:  # noqa: BLE001 - one event that cannot be told must not end the others
                traceback.print_exc(file=sys.stderr)

    def _write(self, news: _News) -> None:
        with self._hub.database.reading() as connection:
            view = View(connection, CURRENT if news.stamp is None else news.stamp)
            is_push = news.stamp is None
            audience = self._audience() if is_push else news.audience
            for event in self._pushed(view, audience) if is_push else _events(view):
                for hook, events in audience:
                    is_here = hook.repository_id == event.repository_id
                    if is_here and _is_told_of(event.name, events):
                        self._outbox.put(self._letter(view, hook, event, news.sender))

    def _letter(self, view: View, hook: Hook, event: Event, sender: Sender | None) -> Letter:
        owner = view.repository(event.repository_id).owner_id
        sender = sender or Sender(owner, triggers=True)
        account = view.account(sender.account_id)
        scope = Scope(self._hub, account, hook.origin, view, view)
        parcel = Parcel(
            str(uuid.uuid4()),
            event.name,
            event.action,
            event.payload(scope),
            starts_workflows(event.name, sender.triggers),
        )
        now = self._hub.database.clock.read()
        rule = self._hub.faults.delivery(event.name, event.action, now)
        how = rule.fault.how if rule and isinstance(rule.fault, Deliveries) else ""
        return Letter(hook, parcel, how)

    def _pushed(self, view: View, audience: "_Audience") -> Iterator[Event]:
        told = {hook.repository_id for hook, events in audience if _is_told_of("push", events)}
        for repository_id in sorted(told):
            repository = view.repository(repository_id)
            old, new = self._refs.get(repository_id, {}), refs_of(self._hub.git(repository))
            self._refs[repository_id] = new
            yield from push_events(repository, old, new)


def _is_told_of(event: str, events: tuple[str, ...]) -> bool:
    return event in events or "*" in events


def hooks_of(hub: Hub) -> Hooks:
    """Return the hooks of a world; the first call begins to watch it."""
    with _FOUNDING:
        if hub.hooks is None:
            hub.hooks = Hooks(hub)
        return hub.hooks


def note_pushes(hub: Hub) -> None:
    """After a request that may have moved refs: nothing to do while there are no hooks."""
    if hub.hooks is not None:
        hub.hooks.look_for_pushes()


def _events(view: View) -> Iterator[Event]:
    before = View(view.connection, view.instant - 1)
    yield from label_events(view)
    yield from milestone_events(view)
    yield from issue_events(view, before)
    yield from comment_events(view)
    yield from review_events(view)
    yield from sub_issue_events(view)
    yield from dependency_events(view)


_Audience = tuple[tuple[Hook, tuple[str, ...]], ...]
_FOUNDING = threading.Lock()
