"""The tracker: GitHub issues and pull requests, read as a whole and written by effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.effects import Intent, MergePullRequest, Receipt, SetEffect
from bot.domain.work import Issue, MilestoneRef, Permission, PullRequest


@dataclass(frozen=True, slots=True)
class Mark:
    """The hidden marker of one of the bot's own issues, pull requests or comments."""

    key: str
    nonce: str
    """Begins with the root's number and a dot."""
    number: int
    """Of an issue or pull request; a comment's database id."""
    comment: str = ""
    """A comment's node id; empty for the others."""


@dataclass(frozen=True, slots=True)
class TrackerView:
    """One reading of a milestone."""

    viewer: str
    root: Issue
    milestone: MilestoneRef | None
    items: tuple[Issue, ...]
    pull_requests: tuple[PullRequest, ...]
    """Every open pull request, and closed ones of this milestone as far as listed."""
    default_branch: str
    marks: tuple[Mark, ...] = ()
    """Markers in the issues, pull requests and comments whose author is the viewer."""
    unlisted: tuple[int, ...] = ()
    """Expected children that are on the milestone and that its listing does not show yet."""
    strays: dict[int, str] = field(default_factory=dict)
    """Expected children that are on another milestone, by number with its title, or gone (empty).

    One that was merely taken off the milestone is backlog and no stray.
    """


class TrackerReader(Protocol):
    """Reads; safe to repeat."""

    def read(
        self, root: int, milestone: int | None, expected: Mapping[int, str] | None = None
    ) -> TrackerView:
        """Read root, children, comments and pull requests.

        `expected` are children that the caller knows of: their node ids by number. A listing
        without one of them lags, unless somebody took it off the milestone: that is looked up.

        ceil(N/50) + 1 requests for N children at most, and one more when some are missing. Raises
        UserError when the root does not exist, ServiceError when GitHub cannot be read.
        """
        ...

    def permission(self, login: str) -> Permission:
        """Return what a person may do here, asked of GitHub once per person and five minutes."""
        ...

    def find(self, intent: Intent) -> Receipt | None:
        """Look for the object an unanswered Create may have made.

        Only objects of our own identity, made since the intent and carrying its nonce, count;
        the lowest number wins. None means: not (yet) in the listings.
        """
        ...

    def pull_requests(self, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Read pull requests directly, without a listing's lag, in one request per 20."""
        ...


class TrackerWriter(Protocol):
    """Writes; called by the performer alone. Each returns one receipt per effect, in order."""

    def prepare(self, title: str, labels: Sequence[str]) -> MilestoneRef:
        """Ensure that the labels and the native Milestone of that title exist.

        Both have natural keys (GitHub refuses a second one of the same name), so this may be
        repeated freely.
        """
        ...

    def create(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        """Send Creates, batched, each with its marker; never resends one whose answer was lost."""
        ...

    def set(self, effects: Sequence[SetEffect]) -> Sequence[Receipt]:
        """Send Sets, batched."""
        ...

    def merge(self, effect: MergePullRequest) -> Receipt:
        """Merge with the head guard. REFUSED carries GitHub's reason; UNKNOWN means: read it."""
        ...


class Tracker(TrackerReader, TrackerWriter, Protocol):
    """Both sides, as one adapter provides them."""


class SendPermit(Protocol):
    """Asked before every request that writes: may this process still send?"""

    def check(self) -> None:
        """Raise LeaseLost when the lease is over by the boot clock."""
        ...
