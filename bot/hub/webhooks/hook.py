"""A hook and its deliveries, and the one rule about addresses: loopback only."""

import ipaddress
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.hub.webhooks.event import EVENTS

_REMEMBERED = 200


@dataclass(frozen=True)
class Delivery:
    """One attempt to tell a hook about an event."""

    id: int
    guid: str
    at: int
    event: str
    action: str | None
    repository_id: int
    triggers: bool
    """Whether the event would start workflows that listen for it."""
    is_again: bool
    seconds: float
    code: int
    """The receiver's status; 0 when it did not answer."""
    words: str
    request: dict[str, Any]
    response: dict[str, Any]


@dataclass
class Hook:
    """A subscription; it lives as long as the server does."""

    id: int
    repository_id: int
    url: str
    secret: str | None
    content_type: str
    insecure_ssl: str
    events: tuple[str, ...]
    active: bool
    origin: str
    """The hub's own address as the hook's maker wrote it: payloads name it."""
    created_at: int
    updated_at: int
    is_deleted: bool = False
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def latest(self) -> list[Delivery]:
        """Return what was delivered, the newest first."""
        with self.lock:
            return list(self.deliveries)[::-1]


def is_known(event: str) -> bool:
    """Return whether a hook may subscribe to an event."""
    return event == "*" or event in EVENTS


def address_of(url: str) -> tuple[str, int, str] | None:
    """Return host, port and path of an address the hub delivers to, or None for any other.

    Plain HTTP on this machine's loopback only: a test's hub must not reach out.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    if parts.scheme != "http" or not is_own or "@" in parts.netloc:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ("127.0.0.1" if host == "localhost" else host), port, path
