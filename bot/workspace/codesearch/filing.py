"""Putting a file into the index: is it text, what is it worth, which chunks has it."""

from __future__ import annotations

from bot.workspace.codesearch.chunks import chunks_of
from bot.workspace.codesearch.kinds import is_generated, weight_of
from bot.workspace.codesearch.store import Store

GENERATED = 0.4
"""What a place in a generated file counts, of what it would count otherwise."""
_LOOKED_AT = 8000
"""Bytes in which a zero tells that a file is no text: git looks at as many."""


def add_file(store: Store, path: str, blob: str, content: bytes | None) -> int:
    """Return the id of a file, added if it is new.

    One that is binary, or too large to have a content here, is noted without chunks, so that
    nobody reads it again.
    """
    known = store.known(path, blob)
    if known is not None:
        return known
    weight = weight_of(path)
    if content is None or b"\0" in content[:_LOOKED_AT]:
        return store.add(path, blob, weight, ())
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return store.add(
        path, blob, weight * (GENERATED if is_generated(text) else 1.0), chunks_of(path, text)
    )
