"""Whether a rule meets a request, one alias of a mutation, or a webhook delivery. Pure."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from bot.hub.faults.model import (
    Fail,
    IgnoreUpdates,
    Lag,
    Match,
    PartialBatch,
    PrimaryLimit,
    Rule,
    Slow,
    Truncate,
    Vanish,
)

_FREE = "/rate_limit"
"""What may be asked when nothing remains."""
UPDATING_FIELDS = frozenset({"updateIssue", "updatePullRequest", "updateIssueComment"})
"""Mutations that change a body."""


@dataclass(frozen=True)
class Facts:
    """What rules know of a request; ``fields`` are the top level's aliases and names."""

    api: str
    method: str
    path: str
    actor: str
    operation: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    is_read: bool = True


def meets_request(rule: Rule, facts: Facts) -> bool:
    """Return whether the rule meets the whole request (alias and delivery rules never do)."""
    match, fault = rule.match, rule.fault
    if match.alias is not None or rule.kind == "deliveries" or not _fits(match, facts):
        return False
    if facts.api == "git":
        return isinstance(fault, (Fail, Slow))
    if isinstance(fault, PrimaryLimit):
        return facts.path != _FREE
    if isinstance(fault, PartialBatch):
        return facts.api == "graphql" and not facts.is_read and len(facts.fields) > fault.applied
    if isinstance(fault, IgnoreUpdates):
        return any(name in UPDATING_FIELDS for _, name in facts.fields) and not facts.is_read
    if isinstance(fault, Truncate):
        return facts.api == "graphql" and facts.is_read
    if isinstance(fault, (Lag, Vanish)):
        return facts.is_read
    return True


def meets_alias(rule: Rule, facts: Facts, alias: str, field: str) -> bool:
    """Return whether the rule meets one field of a mutation."""
    match = rule.match
    if match.alias is None or not fnmatchcase(alias, match.alias):
        return False
    return (match.field is None or fnmatchcase(field, match.field)) and _fits(match, facts)


def meets_delivery(rule: Rule, event: str, action: str | None) -> bool:
    """Return whether the rule meets a webhook delivery."""
    if rule.kind != "deliveries":
        return False
    wanted = rule.match.event
    return wanted is None or any(
        fnmatchcase(name, wanted) for name in (event, f"{event}.{action or ''}")
    )


def _fits(match: Match, facts: Facts) -> bool:
    plain = (
        (match.api, facts.api),
        (match.method, facts.method),
        (match.operation, facts.operation),
    )
    if any(wanted is not None and not fnmatchcase(found, wanted) for wanted, found in plain):
        return False
    # an app's login has brackets, which a glob would take for a set of letters
    if match.actor is not None and facts.actor.lower() != match.actor.lower():
        return False
    if match.path is not None and not _path(match.path).fullmatch(facts.path):
        return False
    names = [name for _, name in facts.fields]
    return match.field is None or any(fnmatchcase(name, match.field) for name in names)


@lru_cache(maxsize=256)
def _path(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern.rstrip("/") or "/")
    words = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))
