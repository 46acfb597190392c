"""The result: a branch in the user's repository, moved forward only, and how to take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.wiring.checkout import Checkout, fetch_result, remote_head
from bot.wiring.embedded import Endpoint
from bot.wiring.register import Milestone


@dataclass(frozen=True, slots=True)
class Result:
    """What a person is told of the result."""

    checkout: Path
    branch: str
    """Empty when nothing has landed yet."""
    lines: tuple[str, ...]


def deliver(checkout: Checkout, endpoint: Endpoint, milestone: Milestone) -> Result:
    """Bring what has landed into its branch of the checkout and say how to merge it."""
    url, token = endpoint.git_url(milestone.repository), endpoint.maintainer_token
    if remote_head(url, token, milestone.base_branch) == milestone.base_sha:
        return Result(checkout.path, "", ("result     nothing has landed yet",))
    fetched = fetch_result(checkout, url, token, milestone.base_branch, milestone.branch)
    where = str(checkout.path)
    if fetched.code != 0:
        return Result(
            checkout.path,
            "",
            (
                f"result     the branch {milestone.branch} was not updated: {fetched.complaint}.",
                "           Rename or delete it and run again; the result is kept.",
            ),
        )
    return Result(
        checkout.path,
        milestone.branch,
        (
            f"result     branch {milestone.branch} in {where}",
            f"review     git -C {where} log --stat {milestone.base_sha[:9]}..{milestone.branch}",
            f"merge      git -C {where} merge {milestone.branch}",
        ),
    )
