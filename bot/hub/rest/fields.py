"""Reading what clients send: each reader returns a value of one type or raises Invalid naming the
field.
"""

from collections.abc import Mapping
from typing import Any

from bot.hub.clock import instant_of
from bot.hub.errors import FieldError, Invalid

_LARGEST = (1 << 63) - 1
"""The largest number the world can keep."""


def text(fields: Mapping[str, Any], name: str, resource: str) -> str:
    """Return a required text."""
    value = fields.get(name)
    if value is None:
        raise Invalid(FieldError(resource, name, "missing_field"))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Invalid(FieldError(resource, name, "invalid"))
    return value


def text_or_none(fields: Mapping[str, Any], name: str, resource: str) -> str | None:
    """Return a text, or None when it is absent or null."""
    return None if fields.get(name) is None else text(fields, name, resource)


def whole_number(fields: Mapping[str, Any], name: str, resource: str) -> int:
    """Return a required whole number."""
    value = fields.get(name)
    if value is None:
        raise Invalid(FieldError(resource, name, "missing_field"))
    if not is_number(value):
        raise Invalid(FieldError(resource, name, "invalid"))
    return int(value)


def is_number(value: Any) -> bool:
    """Return whether a value is a whole number that the world can keep."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def truth(fields: Mapping[str, Any], name: str, resource: str, default: bool = False) -> bool:
    """Return a truth value."""
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(FieldError(resource, name, "invalid"))
    return value


def instant_or_none(fields: Mapping[str, Any], name: str, resource: str) -> int | None:
    """Return an ISO 8601 date as nanoseconds, or None when it is absent or null."""
    value = text_or_none(fields, name, resource)
    try:
        return None if value is None else instant_of(value)
    except ValueError:
        raise Invalid(FieldError(resource, name, "invalid")) from None


def label_names(fields: Mapping[str, Any], resource: str) -> list[str]:
    """Return the names under ``labels``: texts, or objects with a ``name``."""
    value = fields.get("labels")
    entries = value if isinstance(value, list) else None
    if entries is None:
        raise Invalid(FieldError(resource, "labels", "invalid"))
    return [
        text(entry if isinstance(entry, dict) else {"name": entry}, "name", "Label")
        for entry in entries
    ]


def texts(fields: Mapping[str, Any], name: str, resource: str) -> list[str]:
    """Return a list of texts, empty when it is absent or null."""
    value = fields.get(name) or []
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise Invalid(FieldError(resource, name, "invalid"))
    return value
