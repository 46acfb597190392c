"""How a conversation was held: by which runtime and model, on which prompt, in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Talk:
    """What identifies a conversation, and the transcript that was kept of it."""

    runtime: str = ""
    model: str = ""
    prompt: str = ""
    """SHA-256 of the whole prompt; a coding agent's names its home `~`."""
    transcript: str = ""
    """SHA-256 of the transcript as it was kept; empty when none was."""


UNTOLD = Talk()
