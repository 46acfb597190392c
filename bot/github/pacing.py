"""What to do with an answer: take it, send again, give up, or admit that nobody knows. Pure.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.github.answer import Answer, Failure, GraphQLError, Safety

CEILING = 120.0
"""Seconds that are waited for a limit at most; what takes longer is reported instead of slept."""
TRIES = 4
"""How often a request is sent at most."""
LIMIT_WAIT = 60.0
"""Seconds GitHub asks for when it names none; doubled each time."""

_LIMIT_WORDS = re.compile(
    r"secondary rate|rate limit exceeded|abuse detection|submitted too quickly", re.IGNORECASE
)
_BROKEN_WORDS = re.compile(
    r"something went wrong|timeout|timed out|timedout|resource limits", re.IGNORECASE
)
_LIMIT_KINDS = frozenset({"RATE_LIMIT", "RATE_LIMITED"})
_BROKEN_KINDS = frozenset(
    {"INTERNAL", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT", "RESOURCE_LIMITS_EXCEEDED"}
)


@dataclass(frozen=True, slots=True)
class Accept:
    """The answer says what happened; whoever asked reads it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Send the same again after so many seconds: it certainly did not happen, or does no harm."""

    after: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It did not happen and cannot now."""

    reason: str
    again_at: datetime | None = None
    """When the limit ends that refused it; None when it was no limit."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have happened. Never sent again from here."""

    reason: str


Decision = Accept | Retry | GiveUp | Ambiguous


def decide(
    attempt: int, safety: Safety, answer: Answer, now: datetime, waited: float = 0.0
) -> Decision:
    """Return what to do; `attempt` counts from 0, `now` is wall time in UTC.

    `waited` is how many seconds this request has been waited with already.
    """
    if answer.failure is Failure.NOT_SENT:
        return _again(attempt, f"GitHub cannot be reached ({answer.detail})")
    if is_limited(answer, safety):
        return _limited(attempt, answer, now, waited)
    if answer.failure is Failure.LOST:
        return _broken(attempt, safety, f"the answer was lost ({answer.detail})")
    if answer.status >= 500:
        return _broken(attempt, safety, f"GitHub answered {answer.status}")
    # A batch that has data is read alias by alias by whoever sent it: part of it happened.
    if safety is Safety.READ or answer.data is None:
        broken = next((e for e in answer.errors if is_broken(e)), None)
    else:
        broken = None
    if broken is not None:
        return _broken(attempt, safety, f"GitHub answered: {broken.message}")
    return Accept()


def is_limited(answer: Answer, safety: Safety) -> bool:
    """Whether a primary or secondary limit refused the whole request, so that it did not happen."""
    whole = safety is Safety.READ or answer.data is None
    if whole and any(is_limit(e) for e in answer.errors):
        return True
    if answer.status == 429:
        return True
    return answer.status == 403 and (
        "retry-after" in answer.headers
        or answer.headers.get("x-ratelimit-remaining") == "0"
        or _LIMIT_WORDS.search(answer.message) is not None
    )


def is_limit(error: GraphQLError) -> bool:
    """Whether a GraphQL error is a limit's refusal: what it belongs to did not happen."""
    return error.kind in _LIMIT_KINDS or _LIMIT_WORDS.search(error.message) is not None


def is_broken(error: GraphQLError) -> bool:
    """Whether a GraphQL error leaves open what happened: timeouts and internal errors."""
    return error.kind in _BROKEN_KINDS or _BROKEN_WORDS.search(error.message) is not None


def _limited(attempt: int, answer: Answer, now: datetime, waited: float) -> Decision:
    wait = _limit_wait(attempt, answer, now)
    if waited + wait <= CEILING and attempt + 1 < TRIES:
        return Retry(wait)
    said = answer.message or next((e.message for e in answer.errors), "too many requests")
    return GiveUp(f"GitHub's limit is reached ({said})", now + timedelta(seconds=wait))


def _limit_wait(attempt: int, answer: Answer, now: datetime) -> float:
    """Return seconds: `retry-after`, else until the reset when nothing remains, else a minute."""
    after = number(answer.headers.get("retry-after"))
    if after is not None:
        return max(1.0, after)
    reset = number(answer.headers.get("x-ratelimit-reset"))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        # One second more: GitHub rounds the moment of the reset down.
        return max(1.0, reset - now.astimezone(UTC).timestamp() + 1.0)
    return LIMIT_WAIT * 2.0**attempt


def _again(attempt: int, reason: str) -> Decision:
    return Retry(2.0**attempt) if attempt + 1 < TRIES else GiveUp(reason)


def _broken(attempt: int, safety: Safety, reason: str) -> Decision:
    return Ambiguous(reason) if safety is Safety.WRITE else _again(attempt, reason)


def number(text: str | None) -> float | None:
    """Read a header's whole number of reasonable size, or None."""
    return float(text) if text and re.fullmatch(r"\d{1,11}", text.strip()) else None
