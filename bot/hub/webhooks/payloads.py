"""``hook``, ``hook-delivery-item`` and ``hook-delivery``."""

from typing import Any

from bot.hub.clock import iso
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.webhooks.hook import Delivery, Hook
from bot.hub.webhooks.reading import HIDDEN

Json = dict[str, Any]


def hook_payload(scope: Scope, repository: Repository, hook: Hook) -> Json:
    """Return a hook; its secret is never shown."""
    url = f"{scope.api_url(repository)}/hooks/{hook.id}"
    latest = hook.latest()[:1]
    response: Json = {"code": None, "status": "unused", "message": None}
    if latest:
        is_fine = 200 <= latest[0].code < 300
        status = "active" if is_fine else "connection_error" if not latest[0].code else "invalid"
        response = {"code": latest[0].code, "status": status, "message": latest[0].words}
    config = {
        "url": hook.url,
        "content_type": hook.content_type,
        "insecure_ssl": hook.insecure_ssl,
    }
    return {
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.active,
        "events": list(hook.events),
        "config": {**config, **({"secret": HIDDEN} if hook.secret else {})},
        "updated_at": iso(hook.updated_at),
        "created_at": iso(hook.created_at),
        "url": url,
        "test_url": f"{url}/test",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": response,
    }


def delivery_item(delivery: Delivery) -> Json:
    """Return a delivery as lists show it; ``triggers`` is the hub's own."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": iso(delivery.at),
        "redelivery": delivery.is_again,
        "duration": delivery.seconds,
        "status": delivery.words,
        "status_code": delivery.code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": None,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
        "triggers": delivery.triggers,
    }


def full_delivery(hook: Hook, delivery: Delivery) -> Json:
    """Return a delivery with what was sent and answered."""
    shown = {"url": hook.url, "request": delivery.request, "response": delivery.response}
    return {**delivery_item(delivery), **shown}
