"""What people said since the last look: commands are read from the tracker, not from events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.domain.board import Board
from bot.domain.commands import Continue
from bot.domain.effects import CreateComment, Effect, React, Reaction
from bot.domain.events import CommandRead
from bot.domain.journal import Heeded
from bot.domain.run import Learnings, Ledger, RunState
from bot.domain.work import Comment, Snapshot
from bot.loop.claims import pull_requests
from bot.loop.house import House
from bot.loop.lessons import lessons_effects
from bot.rules.budget import ceilings_met
from bot.rules.foresight import foresee
from bot.rules.grammar import COMMANDS
from bot.rules.hearing import entries, is_bot, uttered
from bot.rules.inbox import Heard, Response, respond

HEEDED = "commands.json"
KEPT = 5000
"""How much is remembered; GitHub keeps about 2,500 comments in a thread."""
BARRED = "only people with write permission can steer here."


@dataclass(slots=True)
class Inbox:
    """What commands have changed so far, in one look."""

    state: RunState
    ledger: Ledger
    learnings: Learnings
    effects: list[Effect] = field(default_factory=list)

    def take(self, answer: Response) -> None:
        """Take over what a command led to."""
        self.state = answer.state
        self.learnings = answer.learnings or self.learnings
        failures = {k: v for k, v in self.ledger.failures.items() if int(k) not in answer.forgotten}
        self.ledger = replace(self.ledger, failures=failures)
        self.effects += answer.effects


def heed_commands(house: House, snapshot: Snapshot, board: Board) -> Snapshot:
    """Obey every new command of people with write permission; return the snapshot after it.

    What a command changes, the mark that it was heeded and its effects are recorded in one commit
    before the effects are performed: after a crash they are finished, and the command is not
    weighed again on a board that it has changed already. A reaction is its receipt for people, and
    a comment is answered once at most; others are told once that they may not steer.
    """
    journal = house.journal
    snapshot = _finish(house, snapshot)
    inbox = Inbox(_ready(journal.state, snapshot), journal.ledger, journal.learnings)
    carried = {number: item for item, number in reversed(pull_requests(house, snapshot).items())}
    for comment, thread in _comments(snapshot, frozenset(carried)):
        item = carried.get(thread, thread if board.item(thread) else None)
        _hear(house, inbox, board, comment, (thread, item))
    if inbox.state == journal.state:
        return snapshot
    inbox.effects += lessons_effects(house, journal.learnings, inbox.learnings)
    journal.update(
        "Heed commands",
        state=inbox.state,
        ledger=inbox.ledger,
        learnings=inbox.learnings,
        files={HEEDED: Heeded(tuple(inbox.effects))},
    )
    return _finish(house, snapshot)


def _finish(house: House, snapshot: Snapshot) -> Snapshot:
    """Perform what heeded commands led to; return the snapshot after it."""
    heeded = house.journal.file(HEEDED, Heeded)
    if heeded is None or not heeded.effects:
        return snapshot
    receipts = house.performer.perform(heeded.effects)
    house.journal.update("Commands are obeyed", files={HEEDED: Heeded()})
    return foresee(snapshot, heeded.effects, receipts)


def _ready(state: RunState, snapshot: Snapshot) -> RunState:
    """Return the state with what an older version heard, which remembered only comments."""
    if state.heard is not None:
        return state
    known = frozenset(state.handled_comments)
    old = (c for c, _ in _comments(snapshot, None) if c.id in known)
    return replace(state, heard=entries(old))


def _comments(snapshot: Snapshot, pulls: frozenset[int] | None) -> Iterator[tuple[Comment, int]]:
    """Yield what others said in the threads of this milestone, oldest first, with the thread.

    `pulls` are the pull requests that are its own; None means all. On other people's, and on those
    of another spec, somebody else is spoken to.
    """
    threads = [(snapshot.root.number, snapshot.root.comments)]
    threads += [(i.number, i.comments) for i in snapshot.items]
    threads += [
        (p.number, p.comments) for p in snapshot.pull_requests if pulls is None or p.number in pulls
    ]
    said = [
        (comment, number)
        for number, comments in threads
        for comment in comments
        if comment.author != snapshot.viewer
    ]
    yield from sorted(said, key=lambda entry: (entry[0].created_at, entry[0].id))


def _hear(
    house: House, inbox: Inbox, board: Board, comment: Comment, place: tuple[int, int | None]
) -> None:
    """Take in one comment's new commands; `place` is its thread and the item that belongs to."""
    state, heard = inbox.state, inbox.state.heard or ()
    new = [] if is_bot(comment.author) else list(uttered(comment, heard))
    handled = state.handled_comments
    if comment.id not in handled:
        inbox.state = state = replace(state, handled_comments=(*handled, comment.id)[-KEPT:])
    if not new:
        return
    inbox.state = replace(state, heard=(*heard, *(u.entry for u in new))[-KEPT:])
    barred, answers = _barred(house, comment), list[tuple[Heard, Response]]()
    why = BARRED if barred == comment.author else f"{barred} edited this comment, and {BARRED}"
    for one in new:
        thread, item = place
        told = Heard(comment.id, one.ordinal, comment.author, thread, one.command, item)
        answer = (
            respond(told, inbox.state, board, house.settings.labels, inbox.learnings)
            if not barred
            else Response(inbox.state, refusal=why)
        )
        inbox.take(answer)
        reaction = Reaction.REFUSED if answer.refusal else Reaction.ACCEPTED
        inbox.effects.append(React(f"{told.key}/reaction", comment.node_id, reaction))
        name = type(one.command).__name__.lower()
        house.listener.tell(CommandRead(comment.author, name, not answer.refusal, answer.refusal))
        answers.append((told, answer))
    _reply(house, inbox, answers, barred)


def _barred(house: House, comment: Comment) -> str:
    """Return who of author and editor may not steer, or nobody: either could have put the words."""
    people = dict.fromkeys((comment.author, comment.editor or comment.author))
    may = house.tracker.permission
    return next((p for p in people if is_bot(p) or not may(p).can_write), "")


def _reply(house: House, inbox: Inbox, answers: list[tuple[Heard, Response]], barred: str) -> None:
    """Add the one reply to a comment, if there is something to say.

    Whoever may not steer is told so once: else anybody could make the bot write at will.
    """
    first, state = answers[0][0], inbox.state
    refusals = list(dict.fromkeys(a.refusal for _, a in answers if a.refusal))
    if barred:
        if barred in state.turned_away:
            return
        away = (*state.turned_away, barred)[-KEPT:]
        inbox.state = replace(state, turned_away=away)
    render, parts = house.words.render, list[str]()
    if refusals:
        parts.append(render("comments/refusal", author=first.author, refusals=refusals))
    continues = (h.command for h, a in answers if isinstance(h.command, Continue) and not a.refusal)
    limits = house.settings.limits
    capped = list(dict.fromkeys(c for a in continues for c in ceilings_met(a, inbox.state, limits)))
    if capped:
        parts.append(render("comments/capped", author=first.author, capped=capped))
    for name in dict.fromkeys(a.reply for _, a in answers if a.reply):
        parts.append(render(name, commands=COMMANDS, state=state))
    if parts:
        body = "\n\n".join(parts)
        inbox.effects.append(CreateComment(f"{first.key}/reply", first.thread, body))
