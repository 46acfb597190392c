"""Faults of one HTTP request: told to the hub just before it leaves, or met on the way to it."""

from __future__ import annotations

import re
from typing import Any

from bot.github import client
from bot.github.answer import Answer
from bot.github.transport import exchange, open_github
from bot.hub import BOT
from tests.recovery.faults.control import Control, Rule
from tests.recovery.points import Points

PATIENCE, TOO_LATE = 0.3, 0.7
"""Seconds that a client waits whose answer is to come too late, and after which it comes."""
UNLISTED = (0, 1, 10, 500)
"""Seconds for which a created object is missing from listings."""

_FAIL = {"fault": "fail"}
_BEFORE = {
    "500 before": {**_FAIL, "answer": 500},
    "502 before": {**_FAIL, "answer": 502},
    "cut before": {**_FAIL, "answer": "drop"},
    "slow": {"fault": "slow", "seconds": 0.05},
    "timeout, late effect": {"fault": "slow", "seconds": TOO_LATE},
    "secondary limit": {"fault": "secondary_limit"},
    "secondary limit, 30 s": {"fault": "secondary_limit", "retry_after": 30, "status": 429},
    "secondary limit, 1 h": {
        "fault": "secondary_limit", "retry_after": 3600, "graphql_status": 403,
    },
    "primary limit, 60 s": {"fault": "primary_limit", "reset_after": 60},
    "primary limit, 1 h": {"fault": "primary_limit", "reset_after": 3600, "status": 429},
}  # fmt: skip
_AFTER = {
    "500 after": {**_FAIL, "answer": 500},
    "502 after": {**_FAIL, "answer": 502},
    "cut after": {**_FAIL, "answer": "drop"},
    "timeout after": {"fault": "slow", "seconds": TOO_LATE},
}
_BATCH = ("first of the batch only", "last of the batch missing")
_ALIAS = {
    "alias failed": _FAIL,
    "alias lost": {**_FAIL, "when": "after"},
    "alias too quick": {"fault": "secondary_limit"},
}
ANY_REQUEST = ("refused", "timeout before", *_BEFORE, *_AFTER)
BATCHES = (*_BATCH, *_ALIAS)
UPDATES = ("update ignored",)
CREATIONS = (
    *(f"lost, unlisted {n} s" for n in UNLISTED),
    *(f"unlisted {n} s" for n in UNLISTED[1:]),
    "lost, listed at times",
    "listed at times",
)
IN_TIME = tuple(name for name in (*ANY_REQUEST, *CREATIONS) if "timeout" not in name)


def describe(method: str, path: str, body: Any) -> str:
    """Return a request's name: what it does, without what differs from run to run."""
    if path != "/graphql":
        return f"http.{method}({_FRESH.sub('*', path)})"
    query = str((body or {}).get("query", ""))
    named = re.search(r"(?:query|mutation)\s+(\w+)", query)
    fields = [field for _, field in _ALIASES.findall(query)]
    counted = " ".join(f"{n} {f}" for f in dict.fromkeys(fields) if (n := fields.count(f)))
    return f"http.POST({named[1] if named else 'query'}{': ' if counted else ''}{counted})"


_FRESH = re.compile(r"(?<=/)([0-9a-f]{16,}|\d+)(?=/|$)")
_ALIASES = re.compile(r"^\s*(c\d+): (\w+)", re.MULTILINE)


def aliases_of(body: Any) -> list[str]:
    """Return the aliases of a batch's document."""
    return [alias for alias, _ in _ALIASES.findall(str((body or {}).get("query", "")))]


def watch_requests(points: Points, control: Control) -> None:
    """Put points around every HTTP request of the process, and lay the faults wanted of it."""

    def watched(github: Any, method: str, path: str, params: Any, json: Any) -> Answer:
        with points.around(describe(method, path, json)) as fault:
            if not fault:
                return exchange(github, method, path, params, json)
            return _spoilt(fault, control, github, (method, path, params, json))

    client.exchange = watched


Request = tuple[str, str, Any, Any]


def _spoilt(fault: str, control: Control, github: Any, request: Request) -> Answer:
    if fault == "refused":
        return _elsewhere("http://127.0.0.1:1", 5.0, github, request)
    api = "graphql" if request[1] == "/graphql" else "rest"
    control.add(rules_of(fault, api, request[3]))
    if fault.startswith("timeout"):
        return _elsewhere(str(github.config.base_url), PATIENCE, github, request)
    return exchange(github, *request)


def _elsewhere(url: str, timeout: float, github: Any, request: Request) -> Answer:
    """Send a request by a client that waits less, or to where nobody listens."""
    token = github.auth.token
    with open_github(url, token, timeout=timeout, trust_env=False) as other:
        return exchange(other, *request)


def rules_of(fault: str, api: str, body: Any) -> list[Rule]:
    """Return the rules that spoil the next request of an API."""
    once: Rule = {"times": 1, "match": {"api": api}}
    if fault in _BEFORE:
        return [{**_BEFORE[fault], **once}]
    if fault in _AFTER:
        return [{**_AFTER[fault], "when": "after", **once}]
    aliases = aliases_of(body)
    if fault in _BATCH:
        applied = 1 if fault == _BATCH[0] else len(aliases) - 1
        return [{"fault": "partial_batch", "applied": applied, **once}]
    if fault in _ALIAS:
        match = {"api": api, "alias": aliases[-1]}
        return [{**_ALIAS[fault], "times": 1, "match": match}]
    if fault == "update ignored":
        return [{"fault": "ignore_updates", "times": 1}]
    if fault == "timeout before":
        return [{"fault": "slow", "seconds": TOO_LATE, **once}, {**_BEFORE["cut before"], **once}]
    lost = [{**_AFTER["cut after"], "when": "after", **once}] if "lost" in fault else []
    seconds = re.search(r"unlisted (\d+)", fault)
    missing: Rule = {"fault": "vanish", "younger_than": float(seconds[1]) if seconds else 500.0}
    if seconds is None:
        missing |= {"probability": 0.5, "seed": len(str(body))}
    # What people say is heard in time: later it would only be another story.
    own = {"kinds": ["issues", "milestones"], "match": {"actor": BOT}}
    said = {"kinds": ["comments"], "match": {"actor": BOT, "operation": "FindComments"}}
    return [missing | own, missing | said, *lost]
