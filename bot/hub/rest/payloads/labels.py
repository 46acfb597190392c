"""``label``."""

from typing import Any
from urllib.parse import quote

from bot.hub.rules.node_ids import node_id
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Label


def label_payload(scope: Scope, repository: Repository, label: Label) -> dict[str, Any]:
    """Return a label."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id, repository.id),
        "url": f"{scope.api_url(repository)}/labels/{quote(label.name, safe='')}",
        "name": label.name,
        "color": label.color,
        "default": label.is_default,
        "description": label.description,
        "archived_at": None,
        "archived_by": None,
    }
