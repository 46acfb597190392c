"""What clients say of a hook, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.rest import fields as read
from bot.hub.webhooks.event import EVENTS
from bot.hub.webhooks.hook import address_of, is_known

HIDDEN = "********"
"""What is shown instead of a secret."""


@dataclass(frozen=True)
class Config:
    """Where and how a hook is told."""

    url: str = ""
    secret: str | None = None
    content_type: str = "form"
    insecure_ssl: str = "0"


def config_of(fields: Mapping[str, Any], before: Config | None = None) -> Config:
    """Return the configuration; on a change, GitHub keeps only the secret when it is hidden.

    Raises Invalid, also for an address beyond this machine.
    """
    given = fields.get("config")
    if given is None and before is not None:
        return before
    if not isinstance(given, dict):
        raise _wrong("config", "missing_field")
    url = read.text(given, "url", "Hook")
    if address_of(url) is None:
        words = "url: the hub delivers to plain http addresses of this machine's loopback only"
        raise _wrong("url", "custom", words)
    kind = given.get("content_type", "form")
    if kind not in ("json", "form"):
        raise _wrong("content_type", "invalid")
    secret = read.text_or_none(given, "secret", "Hook")
    if secret == HIDDEN and before is not None:
        secret = before.secret
    insecure = read.text_or_none(given, "insecure_ssl", "Hook") or "0"
    if insecure not in ("0", "1"):
        raise _wrong("insecure_ssl", "invalid")
    return Config(url, secret, kind, insecure)


def events_of(fields: Mapping[str, Any], name: str = "events") -> tuple[str, ...]:
    """Return the events asked for. Raises Invalid for one that the hub does not send."""
    found = tuple(dict.fromkeys(read.texts(fields, name, "Hook")))
    for event in found:
        if not is_known(event):
            words = f"{name}: the hub does not send {event}; it sends {', '.join(EVENTS)}"
            raise _wrong(name, "custom", words)
    return found


def _wrong(field: str, code: str, words: str | None = None) -> Invalid:
    return Invalid(FieldError("Hook", field, code, words))
