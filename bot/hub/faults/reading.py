"""From JSON to rules: strict, and a wrong rule is refused with the name of its field. Pure."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.faults import model
from bot.hub.faults.model import GROUPS, MAX_DELAY, MAX_LAG, Fault, Match, Rule

MAX_RULES = 100
_LONGEST_TEXT = 300

Reader = Callable[[Any, str], Any]


def read_rules(body: Any) -> tuple[Rule, ...]:
    """Return the rules of ``{"rules": [...]}``. Raises Invalid naming the first wrong field."""
    if not isinstance(body, dict):
        raise _wrong("rules", 'the body is an object: {"rules": [...]}')
    _only(body, ("rules",), "")
    found = body.get("rules")
    if not isinstance(found, list) or len(found) > MAX_RULES:
        raise _wrong("rules", f"a list of at most {MAX_RULES} rules")
    return tuple(_rule(entry, f"rules[{index}]") for index, entry in enumerate(found))


def _rule(entry: Any, at: str) -> Rule:
    if not isinstance(entry, dict):
        raise _wrong(at, "a rule is an object")
    kind = entry.get("fault")
    if not isinstance(kind, str) or kind not in _FAULTS:
        raise _wrong(f"{at}.fault", f"one of {', '.join(_FAULTS)}")
    maker, own = _FAULTS[kind]
    _only(entry, ("fault", "match", *_COMMON, *own), f"{at}.")
    for name in _REQUIRED.get(kind, ()):
        if name not in entry:
            raise _wrong(f"{at}.{name}", f"{kind} needs it")
    made = maker(**_read(entry, own, at))
    rule = Rule(kind, made, _match(entry.get("match", {}), at), **_read(entry, _COMMON, at))
    _refuse_senseless(rule, at)
    return rule


def _match(entry: Any, at: str) -> Match:
    if not isinstance(entry, dict):
        raise _wrong(f"{at}.match", "an object")
    _only(entry, tuple(_MATCH), f"{at}.match.")
    return Match(**_read(entry, _MATCH, f"{at}.match"))


def _refuse_senseless(rule: Rule, at: str) -> None:
    match, is_delivery = rule.match, rule.kind == "deliveries"
    if match.alias is not None and rule.kind not in ("fail", "secondary_limit"):
        raise _wrong(f"{at}.match.alias", "only fail and secondary_limit meet one alias")
    if match.event is not None and not is_delivery:
        raise _wrong(f"{at}.match.event", "only deliveries meet events")
    if is_delivery:
        for name in ("api", "method", "path", "operation", "field", "alias", "actor"):
            if getattr(match, name) is not None:
                raise _wrong(f"{at}.match.{name}", "deliveries are met by event only")


def _read(entry: Mapping[str, Any], readers: Mapping[str, Reader], at: str) -> dict[str, Any]:
    return {name: read(entry[name], f"{at}.{name}") for name, read in readers.items()
            if name in entry}  # fmt: skip


def _only(entry: Mapping[str, Any], known: tuple[str, ...], at: str) -> None:
    for name in entry:
        if name not in known:
            raise _wrong(f"{at}{name}"[:_LONGEST_TEXT], f"unknown; known are {', '.join(known)}")


def _wrong(name: str, words: str) -> Invalid:
    return Invalid(FieldError("Fault", name, "invalid", f"{name}: {words}"))


def _whole(least: int, most: int) -> Reader:
    def read(value: Any, at: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _wrong(at, f"a whole number from {least} to {most}")
        return value

    return read


def _number(least: float, most: float) -> Reader:
    def read(value: Any, at: str) -> float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not least <= value <= most:
            raise _wrong(at, f"a number from {least} to {most}")
        return float(value)

    return read


def _one_of(*known: Any) -> Reader:
    def read(value: Any, at: str) -> Any:
        if isinstance(value, bool) or value not in known:
            raise _wrong(at, f"one of {', '.join(map(str, known))}")
        return value

    return read


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
        raise _wrong(at, f"a text of 1 to {_LONGEST_TEXT} characters")
    return value


def _answer(value: Any, at: str) -> int:
    found = _one_of(500, 502, 503, "drop")(value, at)
    return 0 if found == "drop" else int(found)


def _kinds(value: Any, at: str) -> frozenset[str]:
    if not isinstance(value, list) or not value:
        raise _wrong(at, "a list of kinds, at least one")
    reader = _one_of(*GROUPS)
    return frozenset(reader(entry, f"{at}[{index}]") for index, entry in enumerate(value))


_WHEN = _one_of("before", "after")
_COMMON: dict[str, Reader] = {
    "name": _text,
    "times": _whole(1, 1_000_000),
    "after": _whole(0, 1_000_000),
    "probability": _number(0, 1),
    "seed": _whole(0, 2**63 - 1),
}
_MATCH: dict[str, Reader] = {
    "api": _one_of("rest", "graphql", "git"),
    **dict.fromkeys(("method", "path", "operation", "field", "alias", "actor", "event"), _text),
}
_RETRY = _whole(0, 86_400)
_FAULTS: dict[str, tuple[Callable[..., Fault], dict[str, Reader]]] = {
    "fail": (model.Fail, {"when": _WHEN, "answer": _answer}),
    "slow": (model.Slow, {"seconds": _number(0, MAX_DELAY), "when": _WHEN}),
    "secondary_limit": (
        model.SecondaryLimit,
        {
            "status": _one_of(403, 429),
            "graphql_status": _one_of(200, 403),
            "retry_after": _RETRY,
        },
    ),
    "primary_limit": (
        model.PrimaryLimit,
        {"status": _one_of(403, 429), "reset_after": _whole(0, 3600)},
    ),
    "content_limit": (
        model.ContentLimit,
        {
            "per_minute": _whole(0, 100_000),
            "per_hour": _whole(0, 100_000),
            "retry_after": _RETRY,
        },
    ),
    "lag": (model.Lag, {"seconds": _number(0, MAX_LAG), "kinds": _kinds}),
    "vanish": (model.Vanish, {"younger_than": _number(0, 1e9), "kinds": _kinds}),
    "truncate": (model.Truncate, {"issues": _whole(1, 100_000), "keep": _whole(0, 100)}),
    "refuse_oversized": (model.RefuseOversized, {}),
    "ignore_updates": (model.IgnoreUpdates, {}),
    "partial_batch": (
        model.PartialBatch,
        {"applied": _whole(0, 10_000), "answer": _answer},
    ),
    "lazy_merge": (model.LazyMerge, {"reads": _whole(1, 1000)}),
    "deliveries": (
        model.Deliveries,
        {"how": _one_of("doubled", "dropped", "reordered")},
    ),
}
_REQUIRED = {
    "slow": ("seconds",),
    "lag": ("seconds",),
    "partial_batch": ("applied",),
    "deliveries": ("how",),
}
