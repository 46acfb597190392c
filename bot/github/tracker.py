"""The Tracker of one repository: each verb in a file of its own, put together here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import quote

from bot.domain.effects import Intent, MergePullRequest, Receipt, SetEffect
from bot.domain.errors import ServiceError, UserError
from bot.domain.work import MilestoneRef, Permission, PullRequest
from bot.github.client import Client, Requests
from bot.github.creates import Creates
from bot.github.finding import Finder
from bot.github.ids import Ids
from bot.github.merging import Merging
from bot.github.parse import GHOST
from bot.github.place import Place
from bot.github.preparing import Preparing
from bot.github.reading import Reader
from bot.github.sender import Sender
from bot.github.sets import Sets
from bot.ports.clock import Clock
from bot.ports.tracker import TrackerView

PERMISSION_KEPT = 300.0
"""Seconds for which an answer holds: a run may last hours, and people are demoted meanwhile."""


class GitHubTracker:
    """Implements `ports.tracker.Tracker` over GitHub's API."""

    def __init__(self, client: Client, repository: str, clock: Clock) -> None:
        owner, slash, name = repository.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise UserError(f"`{repository}` is no repository; write it as `owner/name`.")
        place = Place(client, owner, name)
        ids = Ids(place)
        sender = Sender(client, clock)
        self._place = place
        self._reader = Reader(place, ids)
        self._finder = Finder(place)
        self._creates = Creates(ids, sender, self._finder, clock)
        self._sets = Sets(place, ids, sender)
        self._merging = Merging(place)
        self._preparing = Preparing(place, ids, clock)
        self._clock = clock
        self._permissions: dict[str, tuple[Permission, float]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; the tracker is of no use afterwards."""
        self._place.client.close()

    @property
    def place(self) -> Place:
        """The repository, for what is no tracker's verb."""
        return self._place

    @property
    def requests(self) -> Requests:
        """What was sent so far."""
        return self._place.client.requests

    def read(
        self, root: int, milestone: int | None, expected: Mapping[int, str] | None = None
    ) -> TrackerView:
        """Read root, children, comments and pull requests; see the port."""
        return self._reader.read(root, milestone, expected)

    def permission(self, login: str) -> Permission:
        """Return what a person may do here; whoever GitHub does not know may do nothing.

        https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
        """
        known, asked = self._permissions.get(login.lower(), (None, 0.0))
        now = self._clock.boot()
        if known is None or now - asked > PERMISSION_KEPT:
            known = self._ask_permission(login)
            self._permissions[login.lower()] = (known, now)
        return known

    def _ask_permission(self, login: str) -> Permission:
        if not login or login == GHOST:
            return Permission.NONE
        path = f"{self._place.path}/collaborators/{quote(login, safe='')}/permission"
        answer = self._place.client.read(path)
        if answer.status == 404:
            return Permission.NONE
        if answer.status >= 400 or not isinstance(answer.body, dict):
            # Not NONE: a person's command must not be refused because GitHub refused us.
            said = answer.message or f"HTTP {answer.status}"
            raise ServiceError(f"GitHub does not say what {login} may do: {said}.")
        granted = answer.body.get("permission")
        return Permission(granted) if granted in tuple(Permission) else Permission.NONE

    def find(self, intent: Intent) -> Receipt | None:
        """Look for the object an unanswered Create may have made; see the port."""
        return self._finder.find(intent)

    def pull_requests(self, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Read pull requests directly, without a listing's lag."""
        return self._reader.pull_requests(numbers)

    def prepare(self, title: str, labels: Sequence[str]) -> MilestoneRef:
        """Ensure that the labels and the native Milestone of that title exist."""
        return self._preparing.prepare(title, labels)

    def create(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        """Send Creates, batched, each with its marker; see the port."""
        return self._creates.send(intents)

    def set(self, effects: Sequence[SetEffect]) -> Sequence[Receipt]:
        """Send Sets, batched; see the port."""
        return self._sets.send(effects)

    def merge(self, effect: MergePullRequest) -> Receipt:
        """Merge with the head guard; see the port."""
        return self._merging.send(effect)
