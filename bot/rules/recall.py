"""A lost record: noticed by what GitHub shows and the record does not know, and taken up again.

Everything the bot made bears a marker, and its progress comment tells what was spent. A record
that was deleted, or put back to an earlier state, knows less than that. One that is damaged knows
it of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain.effects import Outcome, Receipt
from bot.domain.outputs import AttemptOutcome, AttemptReport
from bot.domain.plan import Assignment
from bot.domain.run import Ledger, Phase, RunState
from bot.domain.usage import Usage
from bot.domain.work import Comment, PullRequest, Snapshot
from bot.rules.dashboard import begun
from bot.rules.hearing import uttered

_NOTE = re.compile(
    r"<!-- specloop iteration=(\d{1,6}) requests=(\d{1,12}) input=(\d{1,15}) output=(\d{1,15})"
    r" cost=(\d{1,9}(?:\.\d{1,9})?) seconds=(\d{1,9}(?:\.\d{1,9})?) -->"
)
_ATTEMPT = re.compile(r"pr/(\d{1,10})\.(\d{1,6})")
PROGRESS = "progress"
"""Key of the progress comment."""


@dataclass(frozen=True, slots=True)
class Known:
    """One of the bot's own issues or pull requests, as its marker names it."""

    key: str
    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the progress comment says of a record."""

    comment: Comment
    iteration: int
    spent: Usage

    @property
    def receipt(self) -> Receipt:
        """The comment's receipt: there is to be no second one."""
        return Receipt(PROGRESS, Outcome.DONE, self.comment.id, self.comment.node_id)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A record as far as GitHub tells it."""

    state: RunState
    ledger: Ledger
    receipts: tuple[Receipt, ...]


def told(snapshot: Snapshot, number: int | None = None) -> Told | None:
    """Return what the bot's latest progress comment says, or None when there is none.

    One that somebody else edited still counts: whoever may edit it may steer here, and nothing
    is authorised by it. Where the record knows which comment it is (`number`), no other is read:
    whoever shares the bot's identity may have been made to repeat one.
    """
    for comment in reversed(snapshot.root.comments):
        if number not in (None, comment.id):
            continue
        note = _NOTE.search(comment.body) if comment.author == snapshot.viewer else None
        if note is not None:
            requests, read, written = (int(note[n]) for n in (2, 3, 4))
            spent = Usage(requests, read, written, float(note[5]), float(note[6]))
            return Told(comment, int(note[1]), spent)
    return None


def is_behind(state: RunState, note: Told | None) -> bool:
    """Whether the progress comment is further than the record: by more than a crash explains."""
    return note is not None and note.iteration > begun(state) + 1


def spent_at_least(state: RunState, accounts: Iterable[Usage]) -> RunState:
    """Return the state with what was spent by all accounts: nothing makes that less.

    Each account may be rounded: what rounding explains is no difference.
    """
    for spent in accounts:
        if _exceeds(spent, state.spent):
            state = replace(state, spent=_most(state.spent, spent))
    return state


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record lives, and the commit to which it can be put back, if it is known."""

    ref: str
    whole: str | None = None


def noticed(
    state: RunState,
    snapshot: Snapshot,
    unknown: Sequence[Known],
    record: Record,
    note: Told | None,
) -> RunState:
    """Return the state that waits for a person because the record is not what it was.

    Nothing that was said before is heeded a second time, and what is made from now on has keys
    of an iteration that never was.
    """
    threads = [snapshot.root.comments]
    threads += [i.comments for i in snapshot.items]
    threads += [p.comments for p in snapshot.pull_requests]
    said = {c.id for thread in threads for c in thread}
    heard = list(state.heard or ())
    for comment in (c for thread in threads for c in thread):
        heard += [u.entry for u in uttered(comment, heard)]
    return replace(
        state,
        lost=_sentence(unknown, state.damaged, record, note),
        iteration=max(state.iteration, note.iteration if note else 0) + 1,
        phase=Phase.OBSERVE,
        started_at=None,
        handled_comments=tuple(sorted(said.union(state.handled_comments))),
        heard=tuple(heard),
    )


def recall(state: RunState, ledger: Ledger, snapshot: Snapshot, made: Iterable[Known]) -> Recalled:
    """Return the record with what GitHub tells put into it, so that the loop goes on from there.

    `made` is everything that was made for this milestone: a ledger that was damaged knows nothing
    of attempts, whatever the journal knows.

    Items keep their keys. An attempt is taken up with its pull request; the train runs the gates
    on what would land, as ever. An attempt that had none yet begins anew.
    """
    known = {k.key: k.number for k in sorted(made, key=lambda k: -k.number)}  # lowest wins
    receipts = [Receipt(key, Outcome.DONE, number) for key, number in known.items()]
    attempts = {r.assignment.lead: r for r in ledger.attempts}
    for key, number in known.items():
        report = _attempt(key, snapshot.pull_request(number), snapshot)
        before = attempts.get(report.assignment.lead) if report else None
        if report and (before is None or _is_later(report, before)):
            attempts[report.assignment.lead] = report
    return Recalled(
        replace(
            state,
            lost="",
            damaged=(),
            plan_accepted=True,  # there are items, and a person just said: go on from here
        ),
        replace(ledger, attempts=tuple(attempts.values()), verdict=None),
        tuple(receipts),
    )


def _is_later(one: AttemptReport, other: AttemptReport) -> bool:
    return one.assignment.attempt > other.assignment.attempt


def _attempt(key: str, pull: PullRequest | None, snapshot: Snapshot) -> AttemptReport | None:
    named = _ATTEMPT.fullmatch(key)
    if named is None or pull is None:
        return None
    lead, attempt = int(named[1]), int(named[2])
    children = {i.number for i in snapshot.items}
    others = tuple(n for n in pull.closes if n != lead and n in children)
    assignment = Assignment(
        items=(lead, *others),
        attempt=attempt,
        branch=pull.head_branch,
        start=pull.head_sha,
        base=snapshot.base_sha,
        pull_request=pull.number,
    )
    return AttemptReport(
        assignment,
        AttemptOutcome.READY,
        head=pull.head_sha,
        rounds=0,
        title=pull.title,
        summary="Taken up from its pull request after the record was lost.",
    )


def _sentence(
    unknown: Sequence[Known], damaged: Sequence[str], record: Record, note: Told | None
) -> str:
    gone = _few([f"#{n}" for n in sorted({k.number for k in unknown})])
    gone = f": it does not know {gone}, which specloop made here" if gone else ""
    age = f" (it had reached iteration {note.iteration})" if note else ""
    spent = f"The {note.spent.cost_usd:.2f} USD spent stay spent." if note else ""
    if damaged:
        paths = _few([f"`{p}`" for p in damaged])
        what = f"is damaged: {paths} cannot be read{age}{gone}"
    else:
        what = f"was deleted or set back{age}{gone}"
    back = f" (`git push --force origin {record.whole}:{record.ref}`)" if record.whole else ""
    return (
        f"The record {record.ref} {what}. Put the ref back to its last{' good' if damaged else ''} "
        f"commit{back}, or comment `/continue` to go on from what GitHub shows: learnings, history "
        f"and attempts without a pull request are given up then. {spent} "
        "Commands from before this comment are not read again."
    )


def _few(names: Sequence[str]) -> str:
    """Return at most five names, and how many more there are."""
    rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{rest}"


def _exceeds(one: Usage, other: Usage) -> bool:
    return (
        one.requests > other.requests
        or one.input_tokens > other.input_tokens
        or one.output_tokens > other.output_tokens
        or one.cost_usd > other.cost_usd + 1e-6
        or one.seconds > other.seconds + 0.1
    )


def _most(one: Usage, other: Usage) -> Usage:
    return Usage(
        max(one.requests, other.requests),
        max(one.input_tokens, other.input_tokens),
        max(one.output_tokens, other.output_tokens),
        max(one.cost_usd, other.cost_usd),
        max(one.seconds, other.seconds),
        max(one.cached_tokens, other.cached_tokens),
    )
