"""A spec from a file or standard input: checked before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import UserError

BODY_LIMIT = 60_000
"""Characters; GitHub stores 65,536 and the bot must be able to quote around it."""
TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class SpecText:
    """Title and body of the spec issue."""

    title: str
    body: str


def read_spec(data: bytes, name: str) -> SpecText:
    """Return the spec in a text; its first heading, else its first line, is the title.

    Raises UserError, in one sentence, for a text that is empty, binary or too large.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not UTF-8 text; a spec is written in Markdown.") from error
    if any(ord(c) < 32 and c not in "\n\t\f" for c in text):
        raise UserError(f"{name} is not a text; a spec is written in Markdown.")
    if not text.strip():
        raise UserError(f"{name} is empty: write what must be true at the end.")
    if len(text) > BODY_LIMIT:
        raise UserError(
            f"{name} has {len(text):,} characters; an issue holds {BODY_LIMIT:,}: shorten it, "
            "or split it into several specs."
        )
    first, _, rest = text.strip().partition("\n")
    title = " ".join(first.lstrip("#").split())
    if not title:
        raise UserError(f"{name} begins with an empty heading: give the spec a title.")
    body = rest.strip() if first.startswith("#") else text.strip()
    if not body:
        body = title
    if len(title) > TITLE_LIMIT:
        title, body = title[: TITLE_LIMIT - 1].rstrip() + "…", text.strip()
    return SpecText(title, body)
