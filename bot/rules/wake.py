"""Which milestones an event wakes. An event only wakes: what is done is read from the truth. Pure.

The payloads are those that GitHub hands to workflows:
https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.commands import Continue, Pause, Stop
from bot.rules.grammar import parse_commands

RootOf = Callable[[str], int | None]
"""Tells from a body's hidden marker for which root the bot made it, or None."""

_BRANCH = re.compile(r"specloop/([0-9]{1,9})/\S+")
_TITLED = re.compile(r"\(#([0-9]{1,9})\)$")
_NUMBER = re.compile(r"#?([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Speech:
    """A comment that asks the running iteration to end."""

    comment: int
    """Database id."""
    people: frozenset[str]
    """Logins of its author and of whoever sent the event: all of them need write permission."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A milestone that an event asks to look at."""

    root: int
    why: str
    begins: bool = False
    """Whether a milestone without a record may begin now: one labelled before the bot was installed
    never begins by itself."""
    people: frozenset[str] = frozenset()
    """Logins that all need write permission for it to begin: whose words ask for it."""
    stop: Speech | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """All milestones are to be looked at: whatever was dropped is found so."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """The event concerns no milestone."""

    why: str


Heed = Wish | Everything | Nothing


def heed(event: str, payload: object, spec_label: str, root_of: RootOf) -> Heed:
    """Return what an event asks for; never raises, whatever the payload is."""
    match event:
        case "issues":
            return _issue(payload, spec_label)
        case "issue_comment":
            return _comment(payload, spec_label, root_of)
        case "pull_request_target" | "pull_request":
            return _pull_request(payload)
        case "schedule":
            return Everything("the schedule")
        case "workflow_dispatch":
            return _by_hand(payload)
    return Nothing(f"the event `{event}` concerns no milestone")


def _issue(payload: object, spec_label: str) -> Heed:
    action, issue = _text(payload, "action"), _at(payload, "issue")
    number = _number(issue, "number")
    if number is None:
        return Nothing("the event names no issue")
    if action == "labeled":
        if _text(payload, "label", "name").lower() != spec_label.lower():
            return Nothing(f"#{number} was labelled with something else than `{spec_label}`")
        return Wish(number, f"#{number} was labelled `{spec_label}`", begins=True)
    if action == "edited" and _is_spec(issue, spec_label):
        return Wish(number, f"the spec #{number} was edited")
    return Nothing(f"#{number} is no spec, or nothing happened to it that counts")


def _comment(payload: object, spec_label: str, root_of: RootOf) -> Heed:
    issue, comment = _at(payload, "issue"), _at(payload, "comment")
    number, said = _number(issue, "number"), _text(comment, "body")
    if number is None or _text(payload, "action") not in ("created", "edited"):
        return Nothing("nothing was said")
    is_root = _is_spec(issue, spec_label)
    root = number if is_root else _root_of_thread(issue, root_of)
    if root is None:
        return Nothing(f"#{number} belongs to no milestone as far as it tells")
    commands = parse_commands(said, own_thread=True)
    if not commands:
        return Nothing(f"the comment on #{number} holds no command")
    stops = any(isinstance(c, Stop | Pause) for c in commands)
    people = frozenset({_text(comment, "user", "login"), _text(payload, "sender", "login")})
    written = _number(comment, "id")
    return Wish(
        root,
        f"#{number} has a command",
        begins=is_root and any(isinstance(c, Continue) for c in commands),
        people=people,
        stop=Speech(written, people) if stops and written is not None else None,
    )


def _root_of_thread(issue: object, root_of: RootOf) -> int | None:
    """Return the root of an item or pull request: by its marker, else by its Milestone's title."""
    found = root_of(_text(issue, "body"))
    if found is None:
        titled = _TITLED.search(_text(issue, "milestone", "title"))
        found = int(titled.group(1)) if titled else None
    return found


def _pull_request(payload: object) -> Heed:
    pull = _at(payload, "pull_request")
    if _text(payload, "action") != "closed":
        return Nothing("no pull request was closed")
    head = _at(pull, "head")
    branch = _BRANCH.fullmatch(_text(head, "ref"))
    home = _text(payload, "repository", "full_name").lower()
    if branch is None or not home or _text(head, "repo", "full_name").lower() != home:
        return Nothing("the pull request is none of an agent's")
    author, sender = _text(pull, "user", "login"), _text(payload, "sender", "login")
    if author and author == sender:
        return Nothing(f"the bot itself ({author}) closed or merged its pull request")
    return Wish(int(branch.group(1)), "a pull request was closed or merged")


def _by_hand(payload: object) -> Heed:
    wanted = _at(_at(payload, "inputs"), "milestone")
    found = _NUMBER.fullmatch(str(wanted).strip()) if isinstance(wanted, str | int) else None
    if found and int(found.group(1)):
        return Wish(int(found.group(1)), "somebody started it by hand", begins=True)
    if wanted in (None, ""):
        return Everything("somebody started it by hand")
    return Nothing("`milestone` must be the number of a spec issue")


def _is_spec(issue: object, spec_label: str) -> bool:
    labels = _at(issue, "labels")
    names = [_text(label, "name").lower() for label in labels] if isinstance(labels, list) else []
    return spec_label.lower() in names


def _at(data: object, *path: str) -> object:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _text(data: object, *path: str) -> str:
    found = _at(data, *path)
    return found if isinstance(found, str) else ""


def _number(data: object, *path: str) -> int | None:
    found = _at(data, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
