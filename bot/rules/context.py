"""What a prompt holds at most, and what is left out first when it would hold more."""

from __future__ import annotations


def shortened(text: str, limit: int) -> str:
    """Return the text, or its two ends with a line between them that says how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
