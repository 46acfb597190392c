"""Neutralises text that people or models wrote before it stands in a comment on GitHub.

No Markdown is parsed: two parsers that disagree about where code begins are a hole. Instead the
places that act are broken with a character that draws nothing, so that the text reads as it was
written, in prose and in code alike, and does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.words.hidden import BREAK, show

LIMIT = 10_000
"""Characters of a cleaned text, unless told otherwise; GitHub refuses bodies above 65,536."""
LINE_LIMIT = 200
"""Characters of a cleaned line, such as a title."""

_CUT = "\n\n(cut: the text was longer)"
_MENTION = re.compile(r"(?<![A-Za-z0-9])@(?=\w)")
# The keyword is broken, not the number, so that the reference still leads to the issue.
_CLOSING = re.compile(
    r"(?<![A-Za-z0-9])([cfr])(?=(?:lose[sd]?|ix(?:e[sd])?|esolve[sd]?)(?![A-Za-z0-9])"
    r"[^A-Za-z0-9#]*(?:#|gh-|https?:|www|[A-Za-z0-9][\w.-]{0,100}/[\w.-]{1,100}#))",
    re.IGNORECASE,
)
# A reference to another repository leaves a notice there.
_ELSEWHERE = re.compile(r"(?<=[\w.-])#(?=\d)")
# What may precede a command at the start of a line: quotes, list and heading marks, other markup.
_COMMAND = re.compile(
    rf"^((?:[^\S\n]|[{BREAK}>*+\-_#~`|.()\[\]\"'!&<0-9])*/)(?=[A-Za-z])", re.MULTILINE
)
_HTML = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#|[A-Za-z])")
_IMAGE = re.compile(r"!(?=\[)")
# `[text](address)` hides where it leads; `[label]: address` is a line that draws nothing at all.
_LINK = re.compile(r"\](?=[(:\[])")
_WWW = re.compile(r"www(?=\.)", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?=//)|(?:mailto|xmpp):(?=\S)", re.IGNORECASE)
_SKIP = re.compile(
    r"\[(?=(?:(?:skip|no)[ -](?:ci|actions)|(?:ci|actions)[ -]skip)\])|\b(?=skip-checks:)",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"^([ \t]*[A-Za-z]{1,30}-)(?=[A-Za-z-]{0,30}by:)", re.MULTILINE | re.IGNORECASE
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")

_FENCE_START = re.compile(r"^([`~])(?=\1\1)")


def clean(text: object, limit: int = LIMIT, own: Sequence[str] = ()) -> str:
    """Return the text with everything broken that would act on GitHub.

    Gone or broken: hidden characters, mentions, closing keywords, references into other
    repositories, lines that start with a slash command, HTML with its comments and markers,
    entities, images, links that hide their address, live addresses, `[skip ci]`, trailers.
    Addresses that start with one of `own` (each ends in `/`) stay alive. A fence left open is
    closed, so that what follows the text keeps its meaning. At most `limit` characters.
    """
    shown = show(str(text)[: 4 * limit])
    kept = break_all(shown[:limit], own)
    if len(kept) > limit or len(shown) > limit:
        # The fence's end needs room too; a fence longer than this is cut with the text.
        kept = (kept[: max(0, limit - len(_CUT) - 100)].rstrip() + _CUT)[:limit]
    end = open_fence(kept)
    if end and len(kept) + len(end) + 1 > limit:
        return kept.replace("`", "'").replace("~", "-")
    return f"{kept}\n{end}" if end else kept


def clean_line(text: object, limit: int = LINE_LIMIT, own: Sequence[str] = ()) -> str:
    """Return the text cleaned and on one line, for titles and list entries."""
    flat = " ".join(show(str(text)[: 4 * limit]).split())
    broken = _FENCE_START.sub(rf"\g<0>{BREAK}", break_all(flat[: limit + 1], own))
    return broken if len(broken) <= limit else broken[: limit - 3].rstrip(f"{BREAK} ") + "..."


def break_all(text: str, own: Sequence[str] = ()) -> str:
    """Break every place that acts; `text` holds no hidden character yet."""
    for pattern in (_HTML, _ENTITY, _IMAGE, _LINK, _ELSEWHERE, _CLOSING, _MENTION, _COMMAND):
        text = pattern.sub(rf"\g<0>{BREAK}", text)
    for pattern in (_SKIP, _TRAILER):
        text = pattern.sub(rf"\g<0>{BREAK}", text)
    # One may lie within the other: `www.https://` is a scheme to some.
    text = _ADDRESS.sub(_unless_own(own), text)
    return _WWW.sub(rf"\g<0>{BREAK}", text)


def _unless_own(own: Sequence[str]) -> Callable[[re.Match[str]], str]:
    """Break an address, unless it lies below one of our own and does not climb out of it."""

    def broken(match: re.Match[str]) -> str:
        address = match.string[match.start() :].split(maxsplit=1)[0]
        ours = address.startswith(tuple(own)) and ".." not in address and "%" not in address
        return match[0] if ours else match[0] + BREAK

    return broken


def open_fence(text: str) -> str:
    """Return the line that closes the code fence the text leaves open, or nothing."""
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.fullmatch(line)
        if match is None:
            continue
        run, rest = match[1], match[2]
        if not fence:
            # An opening fence of backticks has none in its info string.
            fence = "" if run[0] == "`" and "`" in rest else run
        elif run[0] == fence[0] and len(run) >= len(fence) and not rest.strip():
            fence = ""
    return fence
