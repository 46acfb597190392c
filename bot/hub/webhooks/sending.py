"""One delivery: the body as GitHub writes it, signed, sent, and what came back."""

import hashlib
import hmac
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.hub.webhooks.hook import Hook, address_of

_PATIENCE = 10.0
"""Seconds a receiver has, as on GitHub."""
_KEPT = 64 * 1024


@dataclass(frozen=True)
class Parcel:
    """What is sent to a hook; sent again, it keeps its guid and its words."""

    guid: str
    event: str
    action: str | None
    payload: dict[str, Any]
    triggers: bool = False
    """Whether the event would start workflows that listen for it."""


@dataclass(frozen=True)
class Receipt:
    """What came of it; ``code`` is 0 when nobody answered."""

    code: int
    words: str
    seconds: float
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response_body: str


def send(hook: Hook, parcel: Parcel) -> Receipt:
    """Deliver once; never raises for what the receiver does. Redirects are not followed."""
    body, kind = _body(hook, parcel)
    headers = _headers(hook, parcel, body, kind)
    began = time.monotonic()
    address = address_of(hook.url)
    if address is None:
        return Receipt(0, "the address is not one of this machine's", 0.0, headers, {}, "")
    host, port, path = address
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read(_KEPT).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        words = "timed out" if isinstance(error, TimeoutError) else "failed to connect to host"
        return Receipt(0, words, time.monotonic() - began, headers, {}, "")
    finally:
        connection.close()
    words = "OK" if 200 <= answer.status < 300 else f"Invalid HTTP Response: {answer.status}"
    spent = time.monotonic() - began
    return Receipt(answer.status, words, spent, headers, dict(answer.getheaders()), said)


def signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """Return the signature of a body as the header has it."""
    return f"{algorithm}={hmac.new(secret.encode('utf-8', 'replace'), body, algorithm).hexdigest()}"


def _body(hook: Hook, parcel: Parcel) -> tuple[bytes, str]:
    text = json.dumps(parcel.payload, ensure_ascii=False, separators=(",", ":"))
    if hook.content_type == "json":
        return text.encode("utf-8", "replace"), "application/json"
    return urlencode(
        {"payload": text}, errors="replace"
    ).encode(), "application/x-www-form-urlencoded"


def _headers(hook: Hook, parcel: Parcel, body: bytes, kind: str) -> dict[str, str]:
    signed = {}
    if hook.secret:
        signed = {
            "X-Hub-Signature": signature(hook.secret, body, "sha1"),
            "X-Hub-Signature-256": signature(hook.secret, body),
        }
    mark = hashlib.sha256(str(hook.repository_id).encode()).hexdigest()[:7]
    return {
        "Accept": "*/*",
        "Content-Type": kind,
        "User-Agent": f"GitHub-Hookshot/{mark}",
        "X-GitHub-Delivery": parcel.guid,
        "X-GitHub-Event": parcel.event,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(hook.repository_id),
        "X-GitHub-Hook-Installation-Target-Type": "repository",
        "X-Hub-Triggers": str(parcel.triggers).lower(),
        **signed,
    }
