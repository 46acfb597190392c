"""What people said since the last look: commands are read from the tracker, not from events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.board import Board
from bot.domain.effects import CreateComment, Effect, React, Reaction
from bot.domain.events import CommandRead
from bot.domain.journal import Heeded
from bot.domain.work import Comment, Snapshot
from bot.loop.house import House
from bot.loop.lessons import lessons_effects
from bot.rules.foresight import foresee
from bot.rules.grammar import COMMANDS, parse_commands
from bot.rules.inbox import Heard, Response, respond

HEEDED = "commands.json"
KEPT = 400
"""How many handled comments are remembered; older ones fall out of every listing we read."""


def heed_commands(house: House, snapshot: Snapshot, board: Board) -> Snapshot:
    """Obey every new command of people with write permission; return the snapshot after it.

    What a command changes, the mark that it was heeded and its effects are recorded in one commit
    before the effects are performed: after a crash they are finished, and the command is not
    weighed again on a board that it has changed already. A reaction is its receipt for people;
    others are refused with one reply.
    """
    journal = house.journal
    snapshot = _finish(house, snapshot)
    state, ledger, handled = journal.state, journal.ledger, list(journal.state.handled_comments)
    learnings = journal.learnings
    effects: list[Effect] = []
    for comment, thread in _new_comments(snapshot, frozenset(handled)):
        handled.append(comment.id)
        for heard in _commands(comment, thread, board):
            allowed = _may_steer(house, comment)
            answer = (
                respond(heard, state, board, house.settings.labels, learnings)
                if allowed
                else Response(state, refusal="only people with write permission can steer here.")
            )
            state = answer.state
            learnings = answer.learnings or learnings
            failures = {k: v for k, v in ledger.failures.items() if int(k) not in answer.forgotten}
            ledger = replace(ledger, failures=failures)
            effects += [*answer.effects, *_receipt(house, heard, comment, answer)]
            name = type(heard.command).__name__.lower()
            house.listener.tell(
                CommandRead(comment.author, name, not answer.refusal, answer.refusal)
            )
    if len(handled) == len(journal.state.handled_comments):
        return snapshot
    state = replace(state, handled_comments=tuple(handled[-KEPT:]))
    effects += lessons_effects(house, journal.learnings, learnings)
    heeded = {HEEDED: Heeded(tuple(effects))}
    journal.update("Heed commands", state=state, ledger=ledger, learnings=learnings, files=heeded)
    return _finish(house, snapshot)


def _finish(house: House, snapshot: Snapshot) -> Snapshot:
    """Perform what heeded commands led to; return the snapshot after it."""
    heeded = house.journal.file(HEEDED, Heeded)
    if heeded is None or not heeded.effects:
        return snapshot
    receipts = house.performer.perform(heeded.effects)
    house.journal.update("Commands are obeyed", files={HEEDED: Heeded()})
    return foresee(snapshot, heeded.effects, receipts)


def _new_comments(snapshot: Snapshot, handled: frozenset[int]) -> Iterator[tuple[Comment, int]]:
    threads = [(snapshot.root.number, snapshot.root.comments)]
    threads += [(i.number, i.comments) for i in snapshot.items]
    threads += [(p.number, p.comments) for p in snapshot.pull_requests]
    new = [
        (comment, number)
        for number, comments in threads
        for comment in comments
        if comment.id not in handled and comment.author != snapshot.viewer
    ]
    yield from sorted(new, key=lambda entry: (entry[0].created_at, entry[0].id))


def _commands(comment: Comment, thread: int, board: Board) -> Iterator[Heard]:
    item = board.item(thread) or next(
        (i for i in board.items if i.pull_request and i.pull_request.number == thread), None
    )
    for position, command in enumerate(parse_commands(comment.body, own_thread=True)):
        yield Heard(
            comment_id=comment.id,
            position=position,
            author=comment.author,
            thread=thread,
            command=command,
            item=item.number if item else None,
        )


def _may_steer(house: House, comment: Comment) -> bool:
    """Author and editor alike must have write permission: either could have put the words."""
    people = {comment.author, comment.editor or comment.author}
    return all(house.tracker.permission(login).can_write for login in people)


def _receipt(house: House, heard: Heard, comment: Comment, answer: Response) -> list[Effect]:
    reaction = Reaction.REFUSED if answer.refusal else Reaction.ACCEPTED
    receipt: list[Effect] = [React(f"{heard.key}/reaction", comment.node_id, reaction)]
    if answer.refusal:
        body = house.words.render("comments/refusal", author=heard.author, refusal=answer.refusal)
        receipt.append(CreateComment(f"{heard.key}/reply", heard.thread, body))
    elif answer.reply:
        body = house.words.render(answer.reply, commands=COMMANDS, state=house.journal.state)
        receipt.append(CreateComment(f"{heard.key}/reply", heard.thread, body))
    return receipt
