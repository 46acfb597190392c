"""What the rules have decided for one request, and how it is carried out around the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from bot.hub.clock import Clock
from bot.hub.faults.answers import failure, secondary
from bot.hub.faults.book import Book
from bot.hub.faults.creating import creates
from bot.hub.faults.lens import FaultyLens
from bot.hub.faults.matching import Facts
from bot.hub.faults.model import (
    MAX_DELAY,
    ContentLimit,
    Fail,
    Fault,
    IgnoreUpdates,
    Lag,
    LazyMerge,
    PartialBatch,
    PrimaryLimit,
    RefuseOversized,
    SecondaryLimit,
    Slow,
    Truncate,
    Vanish,
)
from bot.hub.git.merging import IS_TESTED
from bot.hub.server.messages import Outgoing
from bot.hub.store.view import LENS


@dataclass
class Plan:
    """Delays, answers instead of the true one, and how listings and batches are to be spoilt."""

    book: Book
    clock: Clock
    facts: Facts
    before: float = 0.0
    after: float = 0.0
    instead: Outgoing | None = None
    """The answer without any effect."""
    finally_: Outgoing | None = None
    """The answer after the effect, in place of the true one."""
    primary: PrimaryLimit | None = None
    """The pool is to be emptied, and the request refused for it."""
    lens: FaultyLens | None = None
    truncate: Truncate | None = None
    partial: PartialBatch | None = None
    lazy_merge: LazyMerge | None = None
    content: ContentLimit | None = None
    refuses_oversized: bool = False
    ignores_updates: bool = False
    applied: int = field(default=0, init=False)
    is_cut: bool = field(default=False, init=False)
    is_limited: bool = field(default=False, init=False)
    """Whether a limit refused a field."""
    issues_read: int = field(default=0, init=False)
    merges: dict[tuple[str, str], int] = field(default_factory=dict, init=False)
    """How often each base and head was asked about before this request."""

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let listings and resolvers of this request see the plan."""
        mine, lens = PLAN.set(self), LENS.set(self.lens)
        tested = IS_TESTED.set(None if self.lazy_merge is None else self.is_tested)
        try:
            yield
        finally:
            IS_TESTED.reset(tested)
            LENS.reset(lens)
            PLAN.reset(mine)

    def is_tested(self, base: str, head: str) -> bool:
        """Return whether the test merge counts as done: the same all through the request."""
        if (base, head) not in self.merges:
            self.merges[base, head] = self.book.merge_asked(base, head)
        return self.lazy_merge is None or self.merges[base, head] >= self.lazy_merge.reads

    @property
    def replaces_answer(self) -> bool:
        """Whether the client gets, or got, another answer than the true one."""
        is_cut = self.is_cut and self.partial is not None
        return is_cut or self.instead is not None or self.finally_ is not None

    def outcome(self, answer: Outgoing) -> Outgoing:
        """Return what the client gets after the effect; remember what was created."""
        facts = self.facts
        if facts.api == "rest" and answer.status < 300 and creates(facts):
            self.book.created(facts.actor, self.clock.read())
        if self.is_cut and self.partial is not None:
            return failure(self.partial.answer)
        given = self.finally_ or answer
        return replace(given, limited=True) if self.is_limited else given


PLAN: ContextVar[Plan | None] = ContextVar("plan", default=None)
"""The plan of the request under way; None in almost all of them."""


def make_plan(book: Book, clock: Clock, facts: Facts) -> Plan:
    """Ask the rules about a request."""
    plan, now = Plan(book, clock, facts), clock.read()
    ends = (Fail, SecondaryLimit, PrimaryLimit)
    rules = book.request(
        facts,
        now,
        lambda rule: isinstance(rule.fault, ends) and getattr(rule.fault, "when", "") != "after",
    )
    for rule in rules:
        match rule.fault:
            case Slow() | Fail() | SecondaryLimit() | PrimaryLimit() | ContentLimit():
                _spoil_answer(plan, rule.fault, now)
            case fault:
                _spoil_content(plan, fault)
    lags = tuple(rule.fault for rule in rules if isinstance(rule.fault, Lag))
    vanishing = tuple(rule.fault for rule in rules if isinstance(rule.fault, Vanish))
    if lags or vanishing:
        plan.lens = FaultyLens(now, lags, vanishing)
    return plan


def _spoil_answer(plan: Plan, fault: Fault, now: int) -> None:
    facts = plan.facts
    match fault:
        case Slow(seconds, "before"):
            plan.before = min(plan.before + seconds, MAX_DELAY)
        case Slow(seconds, _):
            plan.after = min(plan.after + seconds, MAX_DELAY)
        case Fail("before", answer):
            plan.instead = plan.instead or failure(answer)
        case Fail(_, answer):
            plan.finally_ = plan.finally_ or failure(answer)
        case SecondaryLimit(status, graphql_status, retry_after):
            answered = secondary(facts, status, graphql_status, retry_after)
            plan.instead = plan.instead or answered
        case PrimaryLimit() as limit:
            plan.primary = limit
        case ContentLimit() as limit:
            plan.content = plan.content or limit
            is_one = facts.api == "rest" and creates(facts) and plan.instead is None
            if is_one and not plan.book.may_create(facts.actor, limit, now):
                plan.instead = secondary(facts, 403, 200, limit.retry_after)
        case _:
            pass


def _spoil_content(plan: Plan, fault: Fault) -> None:
    match fault:
        case Truncate() as truncate:
            plan.truncate = plan.truncate or truncate
        case PartialBatch() as partial:
            plan.partial = plan.partial or partial
        case LazyMerge() as lazy:
            plan.lazy_merge = plan.lazy_merge or lazy
        case RefuseOversized():
            plan.refuses_oversized = True
        case IgnoreUpdates():
            plan.ignores_updates = True
        case _:
            pass
