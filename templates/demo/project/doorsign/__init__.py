"""Reads the sign on a shop's door and says whether the shop is open."""

from doorsign.model import Hours, Span
from doorsign.parse import SignError, parse
from doorsign.query import is_open
from doorsign.render import render

__all__ = [
    "Hours",
    "SignError",
    "Span",
    "is_open",
    "parse",
    "render",
]
