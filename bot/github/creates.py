"""Creates: issues, comments and pull requests, each with its marker, in as few requests as fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bot.domain.effects import (
    CreateComment,
    CreateIssue,
    CreatePullRequest,
    Intent,
    Outcome,
    Receipt,
)
from bot.domain.errors import ServiceError
from bot.github import ids as wanted
from bot.github.batch import Step
from bot.github.finding import Finder
from bot.github.ids import Ids, Need
from bot.github.markers import Marker, signed
from bot.github.parse import Node, child, number, text
from bot.github.sender import Make, Sender
from bot.ports.clock import Clock

LONGEST_TITLE = 256
"""Characters of a title that GitHub stores."""

_EXISTS = re.compile(r"pull request already exists", re.IGNORECASE)
_WAITS = (1.0, 2.0, 4.0)
"""Seconds between looks for a pull request that GitHub says exists and does not list yet."""


@dataclass(frozen=True, slots=True)
class Creates:
    """Sends Creates."""

    ids: Ids
    sender: Sender
    finder: Finder
    clock: Clock

    def send(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        """Return one receipt per intent, in order. Raises ServiceError when nothing was sent."""
        self.ids.resolve(need for intent in intents for need in needs(intent))
        receipts = self.sender.send([self._maker(intent) for intent in intents])
        return [self._settled(i, r) for i, r in zip(intents, receipts, strict=True)]

    def _maker(self, intent: Intent) -> Make:
        def make(stale: bool) -> Step | Receipt:
            wants = needs(intent)
            if stale:
                self.ids.forget(wants)
                self.ids.resolve(wants)
            missing = [n for n in wants if self.ids.get(n) is None]
            if missing:
                return Receipt(intent.key, Outcome.REFUSED, note=no_such(missing[0]))
            return self._step(intent)

        return make

    def _step(self, intent: Intent) -> Step:
        effect = intent.effect
        body = signed(effect.body, Marker(intent.key, intent.nonce))
        match effect:
            case CreateIssue():
                field, inputs = "createIssue", self._issue(effect, body)
            case CreateComment():
                subject = self._id(wanted.subject(effect.subject))
                field, inputs = "addComment", {"subjectId": subject, "body": body}
            case CreatePullRequest():
                field = "createPullRequest"
                inputs = {
                    "repositoryId": self._id(wanted.REPOSITORY),
                    "headRefName": effect.head,
                    "baseRefName": effect.base,
                    "title": effect.title[:LONGEST_TITLE],
                    "body": body,
                }
            case _:
                assert_never(effect)
        return Step(intent.key, field, inputs, self._made(intent), objects=1)

    def _issue(self, effect: CreateIssue, body: str) -> dict[str, Any]:
        inputs: dict[str, Any] = {
            "repositoryId": self._id(wanted.REPOSITORY),
            "title": effect.title[:LONGEST_TITLE],
            "body": body,
            "labelIds": [self._id(wanted.label(name)) for name in effect.labels],
            "milestoneId": self._id(wanted.milestone(effect.milestone)),
        }
        if effect.parent is not None:
            inputs["parentIssueId"] = self._id(wanted.subject(effect.parent))
        return inputs

    def _id(self, need: Need) -> str:
        found = self.ids.get(need)
        if found is None:  # `make` has looked before
            raise LookupError(no_such(need))
        return found

    def _made(self, intent: Intent) -> Callable[[Node], Receipt]:
        def read(payload: Node) -> Receipt:
            made = created(payload)
            node_id = text(made, "id")
            found = number(made, "number") or number(made, "fullDatabaseId")
            if not node_id or not found:
                return Receipt(intent.key, Outcome.UNKNOWN, note="GitHub did not say what it made")
            if isinstance(intent.effect, CreateComment):
                marker = Marker(intent.key, intent.nonce)
                self.ids.learn_marker(node_id, signed("", marker))
            else:
                self.ids.learn(wanted.subject(found), node_id)
            return Receipt(intent.key, Outcome.DONE, found, node_id)

        return read

    def _settled(self, intent: Intent, receipt: Receipt) -> Receipt:
        """Turn "a pull request already exists" into the one that does, if it fulfils this wish."""
        if receipt.outcome is not Outcome.REFUSED or not _EXISTS.search(receipt.note):
            return receipt
        if not isinstance(intent.effect, CreatePullRequest):
            return receipt
        for wait in (*_WAITS, None):
            try:
                found = self.finder.open_pull_request(intent.effect.head)
            except ServiceError:
                found = None
            if found is not None:
                if found.is_ours and found.marker is not None and found.marker.key == intent.key:
                    return Receipt(intent.key, Outcome.DONE, found.number, found.node_id)
                note = f"Pull request #{found.number} for this branch exists and is not ours."
                return replace(receipt, note=note)
            if wait is not None:
                self.clock.sleep(wait)
        return replace(receipt, outcome=Outcome.UNKNOWN)


def needs(intent: Intent) -> list[Need]:
    """Return what must have a node id before the intent can be sent."""
    effect = intent.effect
    match effect:
        case CreateIssue():
            parents = [] if effect.parent is None else [wanted.subject(effect.parent)]
            labels = [wanted.label(name) for name in effect.labels]
            return [wanted.REPOSITORY, wanted.milestone(effect.milestone), *parents, *labels]
        case CreateComment():
            return [wanted.subject(effect.subject)]
        case CreatePullRequest():
            return [wanted.REPOSITORY]
        case _:
            assert_never(effect)


def created(payload: Node) -> Node:
    """Return the object that a creating mutation's payload holds."""
    for path in (("issue",), ("pullRequest",), ("commentEdge", "node")):
        if found := child(payload, *path):
            return found
    return {}


def no_such(need: Need) -> str:
    """Return the sentence for something that does not exist."""
    names = {
        "repository": "There is no such repository.",
        "subject": f"There is no issue or pull request #{need.name}.",
        "milestone": f"There is no milestone {need.name}.",
        "label": f"There is no label `{need.name}` in the repository.",
        "comment": "The comment does not exist any more.",
    }
    return names[need.kind]
