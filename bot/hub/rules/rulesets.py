"""Rulesets: which branches they are for, and what their rules come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.hub.rules.protection import Protection

RULES = ("deletion", "merge_queue", "non_fast_forward", "pull_request", "required_status_checks")
ENFORCEMENTS = ("active", "disabled")
_EVERY, _DEFAULT = "~ALL", "~DEFAULT_BRANCH"
Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Ruleset:
    """A named set of rules with the branches it is for; ``rules`` are as REST has them."""

    id: int
    name: str
    enforcement: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    rules: tuple[Rule, ...]
    created_at: int
    updated_at: int

    def covers(self, branch: str, default_branch: str) -> bool:
        """Return whether it is enforced on a branch."""

        def fits(pattern: str) -> bool:
            if pattern == _DEFAULT:
                return branch == default_branch
            return pattern == _EVERY or fnmatchcase(f"refs/heads/{branch}", pattern)

        is_in = any(map(fits, self.include)) and not any(map(fits, self.exclude))
        return self.enforcement == "active" and is_in

    def protection(self) -> Protection:
        """Return what it demands; it binds admins too."""
        found = {rule["type"]: rule.get("parameters", {}) for rule in self.rules}
        reviews, checks = found.get("pull_request"), found.get("required_status_checks")
        return Protection(
            approvals=None if reviews is None else reviews["required_approving_review_count"],
            dismiss_stale=reviews is not None and reviews["dismiss_stale_reviews_on_push"],
            contexts=None if checks is None else _contexts(checks),
            strict=checks is not None and checks["strict_required_status_checks_policy"],
            enforce_admins=True,
            forbids_force="non_fast_forward" in found,
            forbids_deletion="deletion" in found,
            needs_other_than_pusher=reviews is not None and reviews["require_last_push_approval"],
            is_queued="merge_queue" in found,
        )


def _contexts(checks: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check["context"] for check in checks["required_status_checks"]))
