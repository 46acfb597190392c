"""What people said while a milestone ran, and saying it again at the same places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from bot.domain.run import Phase, RunState, Standing
from bot.hub import MAINTAINER
from bot.state.codec import JsonCodec
from bot.wiring.maintainer import Maintainer
from bot.wiring.recorded import Recorded

_EVENTS = {
    "APPROVED": "APPROVE",
    "CHANGES_REQUESTED": "REQUEST_CHANGES",
    "COMMENTED": "COMMENT",
}
_PHASES = tuple(Phase)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a run was when something was said: it is heard by the look that begins there."""

    iteration: int
    phase: int
    waited: bool
    """Whether it stood still there, after a look that moved nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A comment, a review of a pull request, or a new text of the spec."""

    place: Place
    look: int
    """Words of one look are said together; the next look's, after it."""
    number: int
    text: str
    event: str = ""
    """Of a review."""
    title: str = ""
    """Of the spec."""


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said again, and how much is not: other people have no account there."""

    words: tuple[Word, ...]
    left_out: int


def place_of(state: RunState) -> Place:
    """Return where a run is."""
    waited = state.standing is not Standing.RUNNING
    return Place(state.iteration, _PHASES.index(state.phase), waited)


def said_in(found: Recorded, person: Maintainer, pulls: Sequence[int]) -> Said:
    """Return what people said, from the tracker, at the places where the record heard it."""
    comments = {int(c["id"]): c for c in person.comments()}
    states = _states(found)
    words, known, left_out = [], frozenset[int](), 0
    for look, (_, state) in enumerate(states):
        heard, known = set(state.handled_comments) - known, known | set(state.handled_comments)
        for comment in (comments[i] for i in sorted(heard) if i in comments):
            if _is_theirs(comment):
                words.append(Word(place_of(state), look, _thread(comment), comment["body"]))
            else:
                left_out += 1
    specs = [(look, s, s.spec) for look, (_, s) in enumerate(states) if s.spec is not None]
    for (_, _, before), (look, state, spec) in pairwise(specs):
        if spec.digest == before.digest:
            continue
        if spec.accepted_from == MAINTAINER:
            words.append(Word(place_of(state), look, state.root, spec.body, title=spec.title))
        else:
            left_out += 1
    for number in pulls:
        for review in person.reviews(number):
            if not _is_theirs(review) or review["state"] not in _EVENTS:
                left_out += 1
                continue
            at = datetime.fromisoformat(review["submitted_at"]).timestamp()
            look = max((n for n, (when, _) in enumerate(states) if when <= at), default=0)
            event = _EVENTS[review["state"]]
            place = place_of(states[look][1])
            # It was given after that state, so the look that made the next one heard it.
            words.append(Word(place, look + 1, number, review["body"] or "", event))
    return Said(tuple(sorted(words, key=lambda w: (w.look, w.place))), left_out)


def _states(found: Recorded) -> list[tuple[int, RunState]]:
    """Return each state that was recorded, with its time."""
    codec = JsonCodec()
    return [(at, codec.decode(RunState, data)) for at, data in found.versions("state.json")]


def _is_theirs(thing: Mapping[str, Any]) -> bool:
    return bool(thing["user"]["login"] == MAINTAINER)


def _thread(comment: Mapping[str, Any]) -> int:
    return int(comment["issue_url"].rpartition("/")[2])


class Speaker:
    """Says everything again, once, where it was heard."""

    def __init__(self, person: Maintainer, words: Sequence[Word]) -> None:
        self._person = person
        self._left = list(words)

    def is_due(self, state: RunState) -> bool:
        """Whether something is to be said before the next look."""
        return bool(self._left) and self._left[0].place <= place_of(state)

    def speak(self, state: RunState) -> bool:
        """Say what the next look heard; True when something was said."""
        if not self.is_due(state):
            return False
        look = self._left[0].look
        while self._left and self._left[0].look == look:
            word = self._left.pop(0)
            if word.title:
                self._person.edit(word.number, word.title, word.text)
            elif word.event:
                self._person.review(word.number, word.event, word.text)
            else:
                self._person.comment(word.number, word.text)
        return True
