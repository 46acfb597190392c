"""Rules of the repository's own, as a maintainer sets them."""

from __future__ import annotations

from typing import Any

from tests.scenarios.world import World


def protect(world: World, approvals: int | None, *checks: str, strict: bool = False) -> None:
    """Protect the base branch: approvals, and statuses that must be green."""
    reviews = {"required_approving_review_count": approvals} if approvals is not None else None
    world.does(
        "PUT", f"{repository(world)}/branches/main/protection",
        required_status_checks={"strict": strict, "contexts": list(checks)} if checks else None,
        required_pull_request_reviews=reviews, enforce_admins=True, restrictions=None,
    )  # fmt: skip


def rule(world: World, kind: str, *, on: str = "~DEFAULT_BRANCH", **parameters: Any) -> str:
    """Lay a rule on branches, and return the ruleset's path."""
    made = world.does(
        "POST", f"{repository(world)}/rulesets", name=kind, enforcement="active",
        conditions={"ref_name": {"include": [on], "exclude": []}},
        rules=[{"type": kind, "parameters": parameters}],
    )  # fmt: skip
    return f"{repository(world)}/rulesets/{made['id']}"


def repository(world: World) -> str:
    """Return the repository's path."""
    return f"/repos/{world.site.milestone.repository}"
