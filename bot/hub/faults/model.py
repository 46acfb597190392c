"""Rules as values: what a rule meets, what it does, how often. Pure."""

from dataclasses import dataclass, field

MAX_DELAY = 30
"""Seconds a slow answer may take, all rules together."""
MAX_LAG = 300
"""Seconds listings may lag; the hub keeps outdated versions for twice as long."""
GROUPS = {
    "issues": frozenset({"issues", "pulls", "assignees", "closing_references"}),
    "comments": frozenset({"comments"}),
    "labels": frozenset({"labels", "issue_labels"}),
    "milestones": frozenset({"milestones"}),
    "reviews": frozenset({"reviews", "review_comments"}),
    "reactions": frozenset({"reactions"}),
    "statuses": frozenset({"statuses"}),
}
"""Kinds of listings and the tables behind each; pull requests are listed with the issues."""


@dataclass(frozen=True)
class Fail:
    """An HTTP failure, or no answer at all: ``answer`` is a status or 0 for a dropped connection.

    ``when`` is before (nothing happened) or after (it happened, and the answer is lost).
    """

    when: str = "before"
    answer: int = 502


@dataclass(frozen=True)
class Slow:
    """A delay before or after the effect."""

    seconds: float
    when: str = "before"


@dataclass(frozen=True)
class SecondaryLimit:
    """A refusal for going too fast; REST and GraphQL have statuses of their own."""

    status: int = 403
    graphql_status: int = 200
    retry_after: int | None = None


@dataclass(frozen=True)
class PrimaryLimit:
    """A refusal with nothing remaining; the pool fills in ``reset_after`` seconds."""

    status: int = 403
    reset_after: int = 60


@dataclass(frozen=True)
class ContentLimit:
    """Limits on what one account creates: issues, pull requests, comments, reviews."""

    per_minute: int = 80
    per_hour: int = 500
    retry_after: int | None = None


@dataclass(frozen=True)
class Lag:
    """Listings as they were ``seconds`` ago; no kinds means every kind."""

    seconds: float
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vanish:
    """Listings without what is younger than ``younger_than`` seconds."""

    younger_than: float = 60
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Truncate:
    """Nested connections cut to ``keep`` once a query has read ``issues`` issues."""

    issues: int = 60
    keep: int = 1


@dataclass(frozen=True)
class RefuseOversized:
    """Overlong bodies of updates refused loudly, where the hub ignores them in silence."""


@dataclass(frozen=True)
class IgnoreUpdates:
    """Bodies of GraphQL updates are not taken, and the answer does not complain."""


@dataclass(frozen=True)
class PartialBatch:
    """The first ``applied`` fields of a mutation happen, then the request fails."""

    applied: int
    answer: int = 502


@dataclass(frozen=True)
class LazyMerge:
    """The first ``reads`` requests that ask whether a head and a base merge are told UNKNOWN."""

    reads: int = 1


@dataclass(frozen=True)
class Deliveries:
    """What happens to a webhook delivery: ``how`` is doubled, dropped or reordered."""

    how: str


Fault = (
    Fail
    | Slow
    | SecondaryLimit
    | PrimaryLimit
    | ContentLimit
    | Lag
    | Vanish
    | Truncate
    | RefuseOversized
    | IgnoreUpdates
    | PartialBatch
    | LazyMerge
    | Deliveries
)


@dataclass(frozen=True)
class Match:
    """What a rule meets: every pattern that is given must fit, ``*`` stands for anything."""

    api: str | None = None
    """rest, graphql or git."""
    method: str | None = None
    path: str | None = None
    """``*`` is one segment here, ``**`` any number of them."""
    operation: str | None = None
    """A GraphQL operation's name; that of its first field when it has none."""
    field: str | None = None
    """A field of the query's or mutation's top level."""
    alias: str | None = None
    """Meets one field of a mutation by its alias (or name), not the request."""
    actor: str | None = None
    event: str | None = None
    """A webhook event, or ``event.action``."""


@dataclass(frozen=True)
class Rule:
    """A fault with the requests it meets: the first ``after`` are spared, then ``times`` fire."""

    kind: str
    fault: Fault
    match: Match = field(default_factory=Match)
    name: str = ""
    times: int | None = None
    after: int = 0
    probability: float = 1.0
    seed: int = 0
