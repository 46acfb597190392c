"""Reading a ruleset that a client sends; what the hub could not enforce is refused in words."""

from collections.abc import Mapping
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rest import fields as read
from bot.hub.rules.rulesets import ENFORCEMENTS, RULES

_NAME = "Ruleset"
_MAX_APPROVALS = 10
_METHODS = ["merge", "squash", "rebase"]
_NOT_HERE = (
    "require_code_owner_review",
    "required_review_thread_resolution",
)
_QUEUE = {
    "check_response_timeout_minutes": 60,
    "grouping_strategy": "ALLGREEN",
    "max_entries_to_build": 5,
    "max_entries_to_merge": 5,
    "merge_method": "MERGE",
    "min_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 5,
}
"""Kept and told: no entry of a queue is ever made here."""


def wish_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a ruleset that were given. Raises Invalid naming the first wrong one."""
    if fields.get("target", "branch") != "branch" or fields.get("bypass_actors"):
        name = "bypass_actors" if fields.get("bypass_actors") else "target"
        raise _wrong(name, "the hub has rulesets for branches, which nobody can bypass")
    wish: dict[str, Any] = {}
    if "name" in fields:
        wish["name"] = read.text(fields, "name", _NAME)
        if not wish["name"].strip():
            raise _wrong("name", "a name")
    if "enforcement" in fields:
        wish["enforcement"] = read.text(fields, "enforcement", _NAME)
        if wish["enforcement"] not in ENFORCEMENTS:
            raise _wrong("enforcement", f"one of {', '.join(ENFORCEMENTS)}")
    if "conditions" in fields:
        names = _object(_object(fields, "conditions"), "ref_name")
        wish["include"] = tuple(read.texts(names, "include", _NAME))
        wish["exclude"] = tuple(read.texts(names, "exclude", _NAME))
    if "rules" in fields:
        given = fields["rules"]
        if not isinstance(given, list) or not all(isinstance(rule, dict) for rule in given):
            raise _wrong("rules", "a list of objects")
        wish["rules"] = tuple(_rule(rule) for rule in given)
    return wish


def _rule(given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given.get("type")
    if kind not in RULES:
        raise _wrong("rules", f"type: the hub has {', '.join(RULES)}")
    if kind == "pull_request":
        return {"type": kind, "parameters": _reviews(_object(given, "parameters"))}
    if kind == "required_status_checks":
        return {"type": kind, "parameters": _checks(_object(given, "parameters"))}
    if kind == "merge_queue":
        return {"type": kind, "parameters": _QUEUE}
    return {"type": kind}


def _reviews(given: Mapping[str, Any]) -> dict[str, Any]:
    count = read.whole_number(given, "required_approving_review_count", _NAME)
    if not 0 <= count <= _MAX_APPROVALS:
        raise _wrong("required_approving_review_count", f"from 0 to {_MAX_APPROVALS}")
    for name in _NOT_HERE:
        if read.truth(given, name, _NAME):
            raise _wrong(name, "the hub does not have it")
    methods = read.texts(
        {"allowed_merge_methods": _METHODS, **given}, "allowed_merge_methods", _NAME
    )
    if set(methods) != set(_METHODS):
        raise _wrong("allowed_merge_methods", "the hub allows all, or as the repository says")
    return {
        "required_approving_review_count": count,
        **{
            name: read.truth(given, name, _NAME)
            for name in ("dismiss_stale_reviews_on_push", "require_last_push_approval")
        },
        **dict.fromkeys(_NOT_HERE, False),
        "allowed_merge_methods": _METHODS,
    }


def _checks(given: Mapping[str, Any]) -> dict[str, Any]:
    listed = given.get("required_status_checks")
    if not isinstance(listed, list) or not all(isinstance(check, dict) for check in listed):
        raise _wrong("required_status_checks", "a list of objects")
    name = "strict_required_status_checks_policy"
    return {
        "required_status_checks": [
            {"context": read.text(check, "context", _NAME)} for check in listed
        ],
        name: read.truth(given, name, _NAME),
        "do_not_enforce_on_create": True,
    }


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise _wrong(name, "an object")
    return value


def _wrong(name: str, words: str) -> Invalid:
    return Invalid(FieldError(_NAME, name, "invalid", f"{name}: {words}"))
