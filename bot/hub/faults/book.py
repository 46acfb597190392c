"""The rules that are on, how often each has met and fired, and what accounts have created."""

import random
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.hub.clock import NANOSECONDS, iso
from bot.hub.faults.matching import Facts, meets_alias, meets_delivery, meets_request
from bot.hub.faults.model import ContentLimit, Rule

_REMEMBERED = 500


@dataclass
class Standing:
    """A rule with its counts."""

    rule: Rule
    place: int
    met: int = 0
    fired: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.rule.seed)  # noqa: S311 - repeatable on purpose

    def decide(self) -> bool:
        """Count one request that the rule meets and return whether it fires."""
        rule = self.rule
        if rule.times is not None and self.fired >= rule.times:
            return False
        self.met += 1
        if self.met <= rule.after:
            return False
        if rule.probability < 1 and self.chance.random() >= rule.probability:
            return False
        self.fired += 1
        return True


class Book:
    """Safe for threads; empty it costs a request one look."""

    def __init__(self) -> None:
        self._standings: tuple[Standing, ...] = ()
        self._fired: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self._created: dict[str, deque[int]] = {}
        self._merges_asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def is_quiet(self) -> bool:
        """Whether no rule is on."""
        return not self._standings

    def put(self, rules: tuple[Rule, ...]) -> None:
        """Replace all rules; counts, memory and chance begin anew."""
        with self._lock:
            self._standings = tuple(Standing(rule, place) for place, rule in enumerate(rules))
            self._fired.clear()
            self._created.clear()
            self._merges_asked.clear()

    def as_json(self) -> dict[str, Any]:
        """Return what is on and the last that fired, oldest first."""
        with self._lock:
            rules = [_print(standing) for standing in self._standings]
            return {"rules": rules, "fired": list(self._fired)}

    def request(self, facts: Facts, now: int, stop: Callable[[Rule], bool]) -> list[Rule]:
        """Return the rules that fire for a request, in order, up to one that ends it."""
        chosen = []
        with self._lock:
            for standing in self._standings:
                if meets_request(standing.rule, facts) and standing.decide():
                    chosen.append(standing.rule)
                    if not isinstance(standing.rule.fault, ContentLimit):
                        self._note(standing, now, facts)
                    if stop(standing.rule):
                        break
        return chosen

    def alias(self, facts: Facts, alias: str, name: str, now: int) -> Rule | None:
        """Return the first rule that fires for one field of a mutation."""
        with self._lock:
            for standing in self._standings:
                if meets_alias(standing.rule, facts, alias, name) and standing.decide():
                    self._note(standing, now, facts, alias=alias, field=name)
                    return standing.rule
        return None

    def delivery(self, event: str, action: str | None, now: int) -> Rule | None:
        """Return the first rule that fires for a webhook delivery."""
        with self._lock:
            for standing in self._standings:
                if meets_delivery(standing.rule, event, action) and standing.decide():
                    self._note(standing, now, event=event, action=action)
                    return standing.rule
        return None

    def may_create(self, actor: str, limit: ContentLimit, now: int) -> bool:
        """Return whether an account is below both limits; a refusal is remembered as fired."""
        with self._lock:
            made = self._created.get(actor, ())
            minute = sum(1 for at in made if at > now - 60 * NANOSECONDS)
            hour = sum(1 for at in made if at > now - 3600 * NANOSECONDS)
            if minute < limit.per_minute and hour < limit.per_hour:
                return True
            note = {"fault": "content_limit", "at": iso(now), "actor": actor}
            self._fired.append({**note, "in_minute": minute, "in_hour": hour})
            return False

    def created(self, actor: str, now: int) -> None:
        """Remember one created object; forget what is older than an hour."""
        with self._lock:
            made = self._created.setdefault(actor, deque())
            made.append(now)
            while made[0] <= now - 3600 * NANOSECONDS:
                made.popleft()

    def merge_asked(self, base: str, head: str) -> int:
        """Count a request that asks whether a head merges; return how many did before it."""
        with self._lock:
            before = self._merges_asked[base, head]
            self._merges_asked[base, head] += 1
            return before

    def _note(
        self, standing: Standing, now: int, facts: Facts | None = None, **more: str | None
    ) -> None:
        rule = standing.rule
        entry: dict[str, Any] = {"rule": standing.place, "fault": rule.kind, "at": iso(now)}
        if rule.name:
            entry["name"] = rule.name
        if facts is not None:
            entry |= {"method": facts.method, "path": facts.path, "actor": facts.actor}
            entry |= {"operation": facts.operation} if facts.operation else {}
        self._fired.append({**entry, **more})


def _print(standing: Standing) -> dict[str, Any]:
    """Return a rule as it could be put again, with its counts beside it."""
    rule = standing.rule
    shown: dict[str, Any] = {"fault": rule.kind}
    for name, value in asdict(rule.fault).items():
        if isinstance(value, frozenset):
            shown |= {name: sorted(value)} if value else {}
        elif name == "answer":
            shown[name] = value or "drop"
        elif value is not None:
            shown[name] = value
    match = {name: value for name, value in asdict(rule.match).items() if value is not None}
    shown |= {"match": match} if match else {}
    shown |= {"name": rule.name} if rule.name else {}
    shown |= {"times": rule.times} if rule.times is not None else {}
    shown |= {"after": rule.after, "probability": rule.probability, "seed": rule.seed}
    return {"rule": shown, "met": standing.met, "fired": standing.fired}
