"""The Planner's answer as models write it: bounds, references, and sentences to repair from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.agents.answer_parts import MANY, AnswerModel, Key, Number, Reference, Text, Title, Wishes
from bot.domain.plan import Decision, Deferral, ItemChange, PlannedItem, PlannerAnswer
from bot.domain.work import ItemKind, Priority

_UNKNOWN = "which is no key of a new item; existing items are written like #12"


class PlannedItemModel(AnswerModel):
    """A child issue that you want."""

    key: Key
    title: Title
    description: Text
    priority: Priority = Priority.MEDIUM
    kind: Literal["work", "decision"] = Field(
        "work", description="`decision` for a question that only a person can answer"
    )
    criteria: tuple[Text, ...] = Field((), max_length=MANY)
    depends_on: tuple[Reference, ...] = Field((), max_length=MANY)
    options: tuple[Title, ...] = Field(
        (), max_length=MANY, description="for a decision: answers a person can choose by number"
    )

    @model_validator(mode="after")
    def _options_fit(self) -> PlannedItemModel:
        if self.kind == "work" and self.options:
            raise ValueError(f"{self.key} is work, and only a decision has options")
        if len(self.options) == 1:
            raise ValueError(
                f"{self.key} offers one option: offer at least two, or none for a free answer"
            )
        return self

    def to_domain(self, known: Mapping[str, str]) -> PlannedItem:
        """Return the item as the loop knows it; existing items become their `#number`."""
        return PlannedItem(
            self.key,
            self.title,
            self.description,
            self.priority,
            ItemKind(self.kind),
            self.criteria,
            tuple(known.get(reference, reference) for reference in self.depends_on),
            self.options,
        )


class OfExisting(AnswerModel):
    """Something said of an existing item: by its number, or by its key, as models like to do."""

    item: Number

    @field_validator("item", mode="before")
    @classmethod
    def _by_number(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        number = known_keys(info.context).get(value, value).removeprefix("#")
        return int(number) if number.isdecimal() else value


class ItemChangeModel(OfExisting):
    """A change of an existing item."""

    priority: Priority | None = None
    drop: bool = Field(False, description="close it as not planned")
    reason: Text = ""

    @model_validator(mode="after")
    def _changes_something(self) -> ItemChangeModel:
        if self.priority is None and not self.drop:
            raise ValueError(f"the change of #{self.item} sets no priority and drops nothing")
        if self.drop and not self.reason.strip():
            raise ValueError(f"#{self.item} is dropped without a reason")
        return self


class DeferralModel(OfExisting):
    """A Medium item that may stay open when the spec is done."""

    reason: Text = Field(min_length=1)


class PlannerAnswerModel(AnswerModel):
    """The plan."""

    decision: Decision
    reason: Text = Field(min_length=1)
    items: tuple[PlannedItemModel, ...] = Field((), max_length=MANY, description="new items")
    changes: tuple[ItemChangeModel, ...] = Field((), max_length=MANY)
    assignments: tuple[tuple[Reference, ...], ...] = Field(
        (), max_length=MANY, description="one group of related items for each Executor"
    )
    deferrals: tuple[DeferralModel, ...] = Field((), max_length=MANY)
    learnings: tuple[Text, ...] = Field(
        (), max_length=MANY, description="the whole curated set: what you leave out is forgotten"
    )
    wish_known: Wishes = ()

    @model_validator(mode="after")
    def _references_hold(self, info: ValidationInfo) -> PlannerAnswerModel:
        problems = broken_references(self, known_keys(info.context))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def to_domain(self, prompt: Mapping[str, object]) -> PlannerAnswer:
        """Return the answer as the loop knows it; existing items become their `#number`."""
        known = known_keys(prompt)
        return PlannerAnswer(
            self.decision,
            self.reason,
            tuple(item.to_domain(known) for item in self.items),
            tuple(ItemChange(c.item, c.priority, c.drop, c.reason) for c in self.changes),
            tuple(tuple(known.get(r, r) for r in group) for group in self.assignments),
            tuple(Deferral(d.item, d.reason) for d in self.deferrals),
            self.learnings,
            self.wish_known,
        )


def known_keys(context: object) -> Mapping[str, str]:
    """Return the keys of existing items with their `#number`, out of the invocation's prompt."""
    items = context.get("items") if isinstance(context, Mapping) else None
    return {
        str(item["key"]): f"#{item['number']}"
        for item in (items if isinstance(items, list | tuple) else ())
        if isinstance(item, Mapping) and item.get("key") and item.get("number")
    }


def broken_references(answer: PlannerAnswerModel, known: Mapping[str, str]) -> list[str]:
    """Return what is wrong with keys, dependencies and assignments, one sentence each."""
    keys = [item.key for item in answer.items]
    problems = [
        f"the key {k} is given to two items" for k in sorted(set(keys)) if keys.count(k) > 1
    ]
    for item in answer.items:
        for reference in item.depends_on:
            if reference == item.key:
                problems.append(f"{item.key} depends on itself")
            elif not _exists(reference, keys, known):
                problems.append(f"{item.key} depends on {reference}, {_UNKNOWN}")
    for group in answer.assignments:
        if not group:
            problems.append("an assignment names no item")
        problems += [
            f"an assignment names {r}, {_UNKNOWN}" for r in group if not _exists(r, keys, known)
        ]
    named = [known.get(reference, reference) for group in answer.assignments for reference in group]
    problems += [f"{r} is assigned twice" for r in sorted(set(named)) if named.count(r) > 1]
    if not problems and (circle := circle_in({i.key: i.depends_on for i in answer.items})):
        problems.append(f"these items wait for each other: {', '.join(circle)}")
    return problems


def _exists(reference: str, keys: list[str], known: Mapping[str, str]) -> bool:
    # Whether `#12` is of this milestone is for the guards: the prompt omits closed items.
    return reference.startswith("#") or reference in keys or reference in known


def circle_in(waits: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the items that can never start because they wait for each other."""
    left = dict(waits)
    while ready := [key for key, needs in left.items() if not any(n in left for n in needs)]:
        for key in ready:
            del left[key]
    return sorted(left)
