"""What a person's commands change: from (state, command) to (new state, effects, answer)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.domain.board import Board, Item
from bot.domain.commands import (
    Cancel,
    Command,
    Continue,
    Decide,
    Forget,
    Learn,
    Misread,
    Pause,
    Replan,
    Retry,
    SetPriority,
    ShowHelp,
    ShowStatus,
    Stop,
    Unblock,
)
from bot.domain.effects import AddLabels, CloseIssue, ClosePullRequest, RemoveLabels, SetEffect
from bot.domain.run import ItemInput, Learnings, Phase, RunState, Standing
from bot.domain.settings import Labels
from bot.domain.usage import NOTHING_USED
from bot.domain.work import CloseReason, ItemKind, Priority, Status
from bot.rules.learning import forget, teach
from bot.rules.reading import priority_label

_OPTION = re.compile(r"^\d{1,3}\. (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heard:
    """One command, from whom, and where."""

    comment_id: int
    ordinal: int
    """Its place among the commands that this comment ever held."""
    author: str
    thread: int
    """Number of the issue or pull request it stands on."""
    command: Command
    item: int | None
    """The item that the thread belongs to, if any."""

    @property
    def key(self) -> str:
        """The key of the effects it causes."""
        return f"command/{self.comment_id}/{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Response:
    """What a command led to."""

    state: RunState
    effects: tuple[SetEffect, ...] = ()
    refusal: str = ""
    """One sentence for its author, when it was not accepted."""
    reply: str = ""
    """Name of the reply template, when it asks for one."""
    forgotten: tuple[int, ...] = field(default=())
    """Items whose failed attempts count anew."""
    learnings: Learnings | None = None
    """What is known from now on, when it changed that."""


def respond(
    heard: Heard, state: RunState, board: Board, labels: Labels, known: Learnings
) -> Response:
    """Return what a command of a person with write permission leads to."""
    match heard.command:
        case Continue() as c:
            return _continue(c, heard, state)
        case Replan(text=text):
            words = f"{heard.author} asks for a new plan. {text}".strip()
            return Response(_resumed(state, words))
        case Pause():
            return Response(replace(state, paused=True))
        case Stop(clean=clean):
            effects = _clean(heard.key, board) if clean else ()
            return Response(replace(state, paused=True), effects)
        case Learn(text=text):
            return Response(state, learnings=teach(known, text))
        case Forget(tag=tag):
            return _forget(tag, state, known)
        case ShowStatus():
            return Response(state, reply="comments/status")
        case ShowHelp():
            return Response(state, reply="comments/help")
        case Misread(line=line, hint=hint):
            return Response(state, refusal=f"`{line}` was not understood: {hint}")
        case Unblock() | Retry() | Cancel() | SetPriority() | Decide():
            return _on_item(heard, heard.command, state, board, labels)


def _continue(command: Continue, heard: Heard, state: RunState) -> Response:
    """Resume; a plan is accepted only if one was shown, which is when `execute` is due."""
    over = state.standing in (Standing.DONE, Standing.STUCK)
    # Whoever says it while nothing waits for acceptance wants everything looked at again.
    waited = state.standing is Standing.WAITING and state.plan_accepted and not state.paused
    state = replace(
        _watched_anew(state),
        spec_allowed=state.spec_shown or state.spec_allowed,
        plan_accepted=state.plan_accepted or state.phase is Phase.EXECUTE,
        paused=False,
        extra_cost_usd=state.extra_cost_usd + command.budget_usd,
        extra_iterations=state.extra_iterations + command.iterations,
        extra_hours=state.extra_hours + command.hours,
        extra_tokens=state.extra_tokens + command.tokens,
        resumed=state.resumed or over or waited or bool(state.lost),
    )
    if command.text:
        said = f"{heard.author} wrote: {command.text}"
        state = replace(state, planner_input=(*state.planner_input, said))
    return Response(state)


def _forget(tag: str, state: RunState, known: Learnings) -> Response:
    left = forget(known, tag)
    if left is None:
        return Response(state, refusal=f"there is no learning `{tag}` (any more).")
    return Response(state, learnings=left)


def _resumed(state: RunState, words: str) -> RunState:
    return replace(
        _watched_anew(state),
        paused=False, resumed=True, replan=True, planner_input=(*state.planner_input, words),
    )  # fmt: skip


def _watched_anew(state: RunState) -> RunState:
    """Let what is spent without a merge count from here: a person looked and wants it to go on."""
    return replace(state, unmerged=NOTHING_USED, unmerged_calls=0)


def _unstuck(state: RunState) -> RunState:
    """Resume a run that is stuck: a person just gave what it lacked."""
    stuck = state.standing is Standing.STUCK
    return replace(_watched_anew(state) if stuck else state, resumed=state.resumed or stuck)


def _on_item(
    heard: Heard,
    command: Unblock | Retry | Cancel | SetPriority | Decide,
    state: RunState,
    board: Board,
    labels: Labels,
) -> Response:
    named = getattr(command, "item", None)
    number = named if named is not None else heard.item
    item = board.item(number) if number is not None else None
    if item is None:
        return Response(state, refusal=_which_item(number, board))
    if not item.is_open:
        return Response(state, refusal=f"#{item.number} is closed.")
    if item.kind is ItemKind.DECISION and isinstance(command, Unblock | Retry):
        return Response(state, refusal=f"#{item.number} asks a question: answer with `/decide`.")
    match command:
        case Unblock(text=text):
            return _unblock(heard, item, text, state, labels)
        case Retry():
            return _retry(heard, item, state, labels)
        case Cancel():
            return Response(state, _cancel(heard.key, item))
        case SetPriority(priority=priority):
            return Response(state, _prioritise(heard.key, item, priority, labels))
        case Decide(text=text):
            return _decide(heard, item, text, state)


def _which_item(number: int | None, board: Board) -> str:
    if number is not None:
        return f"#{number} is not an item of this milestone."
    example = next((i.number for i in board.open_items if i.status is Status.BLOCKED), None)
    shown = f"#{example}" if example else "#12"
    return f"say which item: for example `/unblock {shown} what to do`."


def _unblock(heard: Heard, item: Item, text: str, state: RunState, labels: Labels) -> Response:
    words = ItemInput(item.number, text, heard.author)
    return Response(
        replace(_unstuck(state), item_input=(*state.item_input, words)),
        (RemoveLabels(f"{heard.key}/unblock", item.number, (labels.blocked,)),)
        if labels.blocked in item.issue.labels
        else (),
        forgotten=(item.number,),
    )


def _retry(heard: Heard, item: Item, state: RunState, labels: Labels) -> Response:
    again = _unblock(heard, item, "Please try again.", state, labels)
    if item.pull_request is None:
        return again
    close = ClosePullRequest(f"{heard.key}/close-pr", item.pull_request.number)
    return replace(again, effects=(*again.effects, close))


def _clean(key: str, board: Board) -> tuple[SetEffect, ...]:
    """Close what the bot opened: a person's own issue stays open, its pull request does not."""
    return tuple(
        effect
        for item in board.open_items
        for effect in _cancel(f"{key}/{item.number}", item)
        if isinstance(effect, ClosePullRequest) or item.key != f"#{item.number}"
    )


def _cancel(key: str, item: Item) -> tuple[SetEffect, ...]:
    close = CloseIssue(f"{key}/close", item.number, CloseReason.NOT_PLANNED)
    if item.pull_request is None:
        return (close,)
    return (close, ClosePullRequest(f"{key}/close-pr", item.pull_request.number))


def _prioritise(key: str, item: Item, priority: Priority, labels: Labels) -> tuple[SetEffect, ...]:
    wanted = priority_label(priority, labels)
    others = tuple(
        name
        for name in (labels.high, labels.medium, labels.low)
        if name != wanted and name in item.issue.labels
    )
    add = AddLabels(f"{key}/add", item.number, (wanted,))
    return (add, RemoveLabels(f"{key}/remove", item.number, others)) if others else (add,)


def _decide(heard: Heard, item: Item, text: str, state: RunState) -> Response:
    if item.kind is not ItemKind.DECISION:
        return Response(state, refusal=f"#{item.number} asks for no decision; use `/unblock`.")
    options = _options(item)
    if text.isdecimal() and options:
        number = int(text[:9])  # no list is that long, and `int` refuses thousands of digits
        if not 1 <= number <= len(options):
            listed = "; ".join(f"{n}. {option}" for n, option in enumerate(options, 1))
            return Response(state, refusal=f"there is no option {text}: choose from {listed}.")
        text = options[number - 1]
    words = f"Decision #{item.number} ({item.issue.title}): {heard.author} decided: {text}"
    return Response(
        replace(_unstuck(state), planner_input=(*state.planner_input, words)),
        (CloseIssue(f"{heard.key}/decided", item.number, CloseReason.COMPLETED),),
    )


def _options(item: Item) -> tuple[str, ...]:
    """Return the options that a decision's body lists by number, below what describes it."""
    _, found, listed = item.issue.body.rpartition("### Options")
    return tuple(m.group(1).strip() for m in _OPTION.finditer(listed)) if found else ()
