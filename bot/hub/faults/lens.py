"""How listings look through rules: later than they are, or without what is young."""

from dataclasses import dataclass

from bot.hub.clock import NANOSECONDS
from bot.hub.faults.model import GROUPS, Lag, Vanish

_BIRTH = {
    "issues": "created_at",
    "comments": "created_at",
    "labels": "created_at",
    "milestones": "created_at",
    "reviews": "submitted_at",
    "review_comments": "created_at",
    "reactions": "created_at",
    "statuses": "created_at",
}


@dataclass(frozen=True)
class FaultyLens:
    """One request's view of listings; ``now`` is when it began, so that its parts agree."""

    now: int
    lags: tuple[Lag, ...] = ()
    vanishing: tuple[Vanish, ...] = ()

    def instant(self, table: str, instant: int) -> int:
        """Return the instant at which a table is listed: the first lag that names it counts."""
        for lag in self.lags:
            if _names(lag.kinds, table):
                return self.now - int(lag.seconds * NANOSECONDS)
        return instant

    def condition(self, table: str) -> str:
        """Return SQL that listings of a table must satisfy besides their own."""
        birth = _BIRTH.get(table)
        if birth is None:
            return ""
        limits = [
            self.now - int(vanish.younger_than * NANOSECONDS)
            for vanish in self.vanishing
            if _names(vanish.kinds, table)
        ]
        return f"{birth} <= {min(limits)}" if limits else ""


def _names(kinds: frozenset[str], table: str) -> bool:
    return not kinds or any(table in GROUPS[kind] for kind in kinds)
