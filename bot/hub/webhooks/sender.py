"""Who is acting: set for each request, remembered with each change."""

from contextvars import ContextVar

ACTING: ContextVar[int | None] = ContextVar("acting", default=None)
"""The id of the account whose request is under way."""
