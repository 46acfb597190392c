"""``branch-protection`` and ``protected-branch``."""

from typing import Any
from urllib.parse import quote

from bot.hub.rules.protection import Protection
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository

Json = dict[str, Any]
_OFF = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)


def protection_payload(
    scope: Scope, repository: Repository, branch: str, rules: Protection
) -> Json:
    """Return the rules; GET and PUT say the same, what is not demanded is left out."""
    url = f"{scope.api_url(repository)}/branches/{quote(branch, safe='')}/protection"
    payload: Json = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": rules.enforce_admins},
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": False},
        **{name: {"enabled": False} for name in _OFF},
    }
    if rules.contexts is not None:
        checks = f"{url}/required_status_checks"
        payload["required_status_checks"] = {
            "url": checks,
            "strict": rules.strict,
            "contexts": list(rules.contexts),
            "contexts_url": f"{checks}/contexts",
            "checks": [{"context": name, "app_id": None} for name in rules.contexts],
        }
    if rules.approvals is not None:
        payload["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": rules.dismiss_stale,
            "require_code_owner_reviews": False,
            "require_last_push_approval": False,
            "required_approving_review_count": rules.approvals,
        }
    return payload
