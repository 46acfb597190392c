"""Sets: labels, links, closing, edits, reactions and statuses. Already so counts as done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CloseMilestone,
    ClosePullRequest,
    EditComment,
    HideComment,
    LeaveMilestone,
    LinkBlockedBy,
    Outcome,
    React,
    Receipt,
    RemoveLabels,
    SetCommitStatus,
    SetEffect,
)
from bot.domain.errors import ServiceError
from bot.github import ids as wanted
from bot.github.answer import Answer, LostAnswer
from bot.github.batch import Again, Step
from bot.github.creates import no_such
from bot.github.ids import Ids, Need
from bot.github.markers import fitted, read, signed
from bot.github.parse import Node, child, text
from bot.github.place import Place
from bot.github.sender import Make, Sender, unsent

LONGEST_DESCRIPTION = 140
"""Characters of a commit status's description that GitHub stores."""

BatchedSet = (
    AddLabels
    | RemoveLabels
    | CloseIssue
    | ClosePullRequest
    | LinkBlockedBy
    | LeaveMilestone
    | EditComment
    | HideComment
    | React
)


@dataclass(frozen=True, slots=True)
class Sets:
    """Sends Sets."""

    place: Place
    ids: Ids
    sender: Sender

    def send(self, effects: Sequence[SetEffect]) -> Sequence[Receipt]:
        """Return one receipt per effect, in order. Raises ServiceError when nothing was sent."""
        self.ids.resolve(need for e in effects for need in needs(e))
        receipts: list[Receipt] = []
        while len(receipts) < len(effects):
            try:
                receipts += self._send_first(effects[len(receipts) :])
            except ServiceError as error:
                if not receipts:
                    raise
                # What was done must not be lost with the rest.
                return [*receipts, *(unsent(e.key, error) for e in effects[len(receipts) :])]
            last = receipts[-1]
            if last.outcome is Outcome.UNSENT:  # what comes after it would meet the same limit
                rest = effects[len(receipts) :]
                return [*receipts, *(replace(last, key=e.key) for e in rest)]
        return receipts

    def _send_first(self, effects: Sequence[SetEffect]) -> list[Receipt]:
        """Send the first effects that go together; GraphQL has no mutation for two of them."""
        first = effects[0]
        if isinstance(first, CloseMilestone):
            path = f"{self.place.path}/milestones/{first.number}"
            return [self._rest(first.key, "PATCH", path, {"state": "closed"})]
        if isinstance(first, SetCommitStatus):
            path = f"{self.place.path}/statuses/{first.sha}"
            return [self._rest(first.key, "POST", path, status_body(first))]
        makes = []
        for effect in effects:
            if isinstance(effect, CloseMilestone | SetCommitStatus):
                break
            makes.append(self._maker(effect))
        return self.sender.send(makes)

    def _rest(self, key: str, method: str, path: str, body: dict[str, str]) -> Receipt:
        try:
            answer = self.place.client.write(method, path, body)
        except LostAnswer as lost:
            return Receipt(key, Outcome.UNKNOWN, note=str(lost))
        return Receipt(key, Outcome.DONE) if answer.status < 300 else refused(key, answer)

    def _maker(self, effect: BatchedSet) -> Make:
        def make(stale: bool) -> Step | Receipt:
            wants = needs(effect)
            if stale:
                self.ids.forget(wants)
                self.ids.resolve(wants)
            if isinstance(effect, RemoveLabels):
                # A label that the repository does not have is on no issue.
                wants = [n for n in wants if n.kind != "label" or self.ids.get(n) is not None]
                if all(n.kind != "label" for n in wants):
                    return Receipt(effect.key, Outcome.DONE, note="no such label")
            missing = [n for n in wants if n.kind != "comment" and self.ids.get(n) is None]
            if missing:
                return Receipt(effect.key, Outcome.REFUSED, note=no_such(missing[0]))
            field, inputs = self._mutation(effect, wants)
            receive = _edited if isinstance(effect, EditComment) else _done
            return Step(effect.key, field, inputs, receive(effect.key, inputs), lenient=True)

        return make

    def _mutation(self, effect: BatchedSet, wants: Sequence[Need]) -> tuple[str, dict[str, Any]]:
        """Return the mutation and its input; every id in `wants` is known."""
        found = [self.ids.get(n) for n in wants]
        match effect:
            case AddLabels():
                return "addLabelsToLabelable", {"labelableId": found[0], "labelIds": found[1:]}
            case RemoveLabels():
                return "removeLabelsFromLabelable", {"labelableId": found[0], "labelIds": found[1:]}
            case CloseIssue():
                inputs = {"issueId": found[0], "stateReason": effect.reason.value}
                return "closeIssue", inputs | ({"duplicateIssueId": found[1]} if found[1:] else {})
            case ClosePullRequest():
                return "closePullRequest", {"pullRequestId": found[0]}
            case LinkBlockedBy():
                return "addBlockedBy", {"issueId": found[0], "blockingIssueId": found[1]}
            case LeaveMilestone():
                return "updateIssue", {"id": found[0], "milestoneId": None}
            case EditComment():
                body = self._body(effect)
                return "updateIssueComment", {"id": effect.comment_node_id, "body": body}
            case HideComment():
                inputs = {"subjectId": effect.comment_node_id, "classifier": "DUPLICATE"}
                return "minimizeComment", inputs
            case React():
                content = effect.reaction.value
                return "addReaction", {"subjectId": effect.comment_node_id, "content": content}
            case _:
                assert_never(effect)

    def _body(self, effect: EditComment) -> str:
        """Return the new text with the comment's marker, by which copies of it are recognised."""
        marker = self.ids.marker(effect.comment_node_id)
        if marker is None or read(effect.body) is not None:
            return fitted(effect.body)
        return signed(effect.body, marker)


def needs(effect: SetEffect) -> list[Need]:
    """Return what must have a node id before the effect can be sent, in the order it uses them."""
    match effect:
        case AddLabels() | RemoveLabels():
            return [wanted.subject(effect.number), *(wanted.label(n) for n in effect.labels)]
        case CloseIssue():
            original = [] if effect.duplicate_of is None else [wanted.subject(effect.duplicate_of)]
            return [wanted.subject(effect.number), *original]
        case ClosePullRequest() | LeaveMilestone():
            return [wanted.subject(effect.number)]
        case LinkBlockedBy():
            return [wanted.subject(effect.number), wanted.subject(effect.blocked_by)]
        case EditComment():
            return [Need("comment", effect.comment_node_id)] if read(effect.body) is None else []
        case HideComment() | React() | CloseMilestone() | SetCommitStatus():
            return []
        case _:
            assert_never(effect)


def status_body(effect: SetCommitStatus) -> dict[str, str]:
    """Return the REST body of a commit status."""
    return {
        "state": "success" if effect.green else "failure",
        "context": effect.context,
        "description": effect.description[:LONGEST_DESCRIPTION],
    }


def refused(key: str, answer: Answer) -> Receipt:
    """Return the receipt of a REST refusal, in GitHub's words."""
    said = answer.message or f"GitHub answered {answer.status}"
    return Receipt(key, Outcome.REFUSED, note=said)


def _done(key: str, _: dict[str, Any]) -> Callable[[Node], Receipt]:
    return lambda _: Receipt(key, Outcome.DONE)


def _edited(key: str, inputs: dict[str, Any]) -> Callable[[Node], Receipt | Again]:
    """GitHub is known to ignore an update without an error; the answer shows what is stored."""

    def read_back(payload: Node) -> Receipt | Again:
        stored = text(child(payload, "issueComment"), "body").replace("\r\n", "\n").rstrip()
        if stored == str(inputs["body"]).replace("\r\n", "\n").rstrip():
            return Receipt(key, Outcome.DONE)
        return Again(1.0, "GitHub answered without updating the comment.", passes=False)

    return read_back
