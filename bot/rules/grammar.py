"""Commands in comments: which lines are commands, and what they say.

A command stands alone on its line, outside code and quotes. It is bare (`/continue`) in threads
the bot owns and prefixed (`/specloop continue`) anywhere.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
from bot.domain.work import Priority
from bot.rules.lines import spoken_lines

PREFIX = "specloop"
_LINE = re.compile(r"^/(?P<word>[a-z][a-z-]*)(?:[ \t]+(?P<rest>.*))?$", re.IGNORECASE)
_ITEM = re.compile(r"^#(\d{1,9})\b[ \t]*")
_TAG = re.compile(r"[0-9a-f]{6}")
_BUDGET = re.compile(r"(?:^|\s)budget=\+(\d{1,6}(?:\.\d{1,2})?)(?:usd)?(?=\s|$)", re.IGNORECASE)
_HOURS = re.compile(r"(?:^|\s)hours=\+(\d{1,4}(?:\.\d{1,2})?)(?=\s|$)", re.IGNORECASE)
_TOKENS = re.compile(r"(?:^|\s)tokens=\+(\d{1,9})(?=\s|$)", re.IGNORECASE)
_ITERATIONS = re.compile(r"(?:^|\s)iterations=\+(\d{1,4})(?=\s|$)", re.IGNORECASE)
_SLIP = re.compile(r"(?:^|\s)(budget|hours|tokens|iterations)\s?=", re.IGNORECASE)
"""A limit that is not written as one: taken for words, it would silently raise nothing."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One row of the table that help texts are made from."""

    usage: str
    where: str
    does: str


def _item_and_text(rest: str) -> tuple[int | None, str]:
    found = _ITEM.match(rest)
    return (int(found.group(1)), rest[found.end() :].strip()) if found else (None, rest.strip())


def _only_item(kind: type[Retry | Cancel], rest: str) -> Command:
    """Read a number or nothing: `/cancel 12` must not drop the thread's own item."""
    number, _ = _item_and_text(rest)
    word = f"/{kind.__name__.lower()}"
    if rest and number is None:
        return Misread(f"{word} {rest}", f"write `{word} #12`, or `{word}` alone on the item")
    return kind(number)


def _continue(rest: str) -> Command:
    options = (_BUDGET, _ITERATIONS, _HOURS, _TOKENS)
    budget, iterations, hours, tokens = (option.search(rest) for option in options)
    text = rest
    for option in options:
        text = option.sub(" ", text)
    if slip := _SLIP.search(text):
        hint = f"write `{slip.group(1).lower()}=+5`, a number with a plus before it"
        return Misread(f"/continue {rest}", hint)
    return Continue(
        text=" ".join(text.split()),
        budget_usd=float(budget.group(1)) if budget else 0.0,
        iterations=int(iterations.group(1)) if iterations else 0,
        hours=float(hours.group(1)) if hours else 0.0,
        tokens=int(tokens.group(1)) if tokens else 0,
    )


def _unblock(rest: str) -> Command:
    return Unblock(*_item_and_text(rest))


def _decide(rest: str) -> Command:
    return Decide(rest) if rest else Misread("/decide", "say which: `/decide 2`, or `/decide text`")


def _forget(rest: str) -> Command:
    tag = rest.strip("`").lower()
    if _TAG.fullmatch(tag):
        return Forget(tag)
    return Misread(f"/forget {rest}".strip(), "write the code from the list: `/forget 3f9a1c`")


def _stop(rest: str) -> Command:
    if rest.lower() in ("", "clean"):
        return Stop(clean=bool(rest))
    return Misread(f"/stop {rest}", "write `/stop`, or `/stop clean`")


def _priority(rest: str) -> Command:
    try:
        return SetPriority(Priority(rest.lower()))
    except ValueError:
        return Misread(f"/priority {rest}".strip(), "write `/priority high`, `medium` or `low`")


_TABLE: dict[str, tuple[CommandHelp, Callable[[str], Command]]] = {
    "continue": (
        CommandHelp(
            "/continue [text] [budget=+5usd] [iterations=+5] [hours=+2] [tokens=+1000000]",
            "spec issue",
            "accept the plan; resume after a stop; the text reaches the Planner; raise a limit",
        ),
        _continue,
    ),
    "unblock": (
        CommandHelp(
            "/unblock [#item] [text]",
            "spec issue, item",
            "unblock the item; the text reaches its Executor",
        ),
        _unblock,
    ),
    "decide": (
        CommandHelp("/decide N, or text", "decision item", "answer a question"),
        _decide,
    ),
    "retry": (
        CommandHelp("/retry [#item]", "spec issue, item", "start a new attempt"),
        lambda rest: _only_item(Retry, rest),
    ),
    "cancel": (
        CommandHelp("/cancel [#item]", "spec issue, item", "drop the item"),
        lambda rest: _only_item(Cancel, rest),
    ),
    "priority": (
        CommandHelp("/priority high, medium or low", "item", "change the item's priority"),
        _priority,
    ),
    "learn": (
        CommandHelp("/learn text", "spec issue", "tell every agent this from now on"),
        lambda rest: Learn(rest) if rest else Misread("/learn", "say what: `/learn text`"),
    ),
    "forget": (
        CommandHelp("/forget code", "spec issue", "take a learning back; the list has the codes"),
        _forget,
    ),
    "pause": (
        CommandHelp("/pause", "spec issue", "start no new work until `/continue`"),
        lambda _: Pause(),
    ),
    "stop": (
        CommandHelp(
            "/stop [clean]",
            "spec issue",
            "end here and keep everything, or close what the bot opened; `/continue` resumes",
        ),
        _stop,
    ),
    "replan": (
        CommandHelp("/replan [text]", "spec issue", "ask the Planner again"),
        lambda rest: Replan(rest.strip()),
    ),
    "status": (
        CommandHelp("/status", "spec issue, item", "reply with where things stand"),
        lambda _: ShowStatus(),
    ),
    "help": (
        CommandHelp("/help", "spec issue, item", "reply with the commands"),
        lambda _: ShowHelp(),
    ),
}

COMMANDS: tuple[CommandHelp, ...] = tuple(row for row, _ in _TABLE.values())


def parse_commands(body: str, *, own_thread: bool) -> tuple[Command, ...]:
    """Return the commands of one comment, in order.

    `own_thread` says that bare words count here. An unknown word after our prefix, or a near miss
    of a command in our own thread, is a Misread with a hint; anything else is left to other bots.
    """
    return tuple(command for _, command in spoken(body, own_thread=own_thread))


def spoken(body: str, *, own_thread: bool) -> Iterator[tuple[str, Command]]:
    """Yield the commands of one comment as `parse_commands` returns them, each with its line."""
    for line in spoken_lines(body):
        found = _LINE.match(line)
        if found is None:
            continue
        word, rest = found.group("word").lower(), (found.group("rest") or "").strip()
        prefixed = word == PREFIX
        if prefixed:
            word, _, rest = rest.partition(" ")
            word, rest = word.lower().lstrip("/"), rest.strip()
        elif not own_thread:
            continue
        if word in _TABLE:
            yield line, _TABLE[word][1](rest)
        elif prefixed or difflib.get_close_matches(word, _TABLE, n=1, cutoff=0.75):
            yield line, Misread(line.strip(), _hint(word))


def _hint(word: str) -> str:
    near = difflib.get_close_matches(word, _TABLE, n=1, cutoff=0.6)
    if near:
        return f"did you mean `/{near[0]}`?"
    return "the commands are " + ", ".join(f"`/{name}`" for name in _TABLE)
