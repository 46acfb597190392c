"""What a token with fine-grained permissions may do, and what each request needs."""

from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("none", "read", "write")
RESOURCES = ("actions", "contents", "issues", "metadata", "pull_requests", "statuses", "workflows")
WORKFLOW_FOLDER = ".github/workflows"
WORKFLOW = "workflow"
FINE_GRAINED = "fine_grained"
WORKFLOW_LOGIN = "github-actions[bot]"
WORKFLOW_REQUESTS = 1000
"""Requests an hour of a workflow's token, for one repository."""


@dataclass(frozen=True)
class Need:
    """A level that one of the resources must have; no resource is enough for nothing."""

    resources: tuple[str, ...]
    level: str


@dataclass(frozen=True)
class Grant:
    """The limits of one token; ``repositories`` are ids, None for all the account has."""

    kind: str
    permissions: tuple[tuple[str, str], ...]
    repositories: frozenset[int] | None

    def covers(self, repository_id: int) -> bool:
        """Return whether the token was made for a repository."""
        return self.repositories is None or repository_id in self.repositories

    def allows(self, need: Need) -> bool:
        """Return whether one of the resources has the level; reading metadata is always allowed."""
        held = {**dict(self.permissions)}
        held["metadata"] = max(held.get("metadata", "read"), "read", key=LEVELS.index)
        wanted = LEVELS.index(need.level)
        return any(LEVELS.index(held.get(name, "none")) >= wanted for name in need.resources)


CHANGE_WORKFLOWS = Need(("workflows",), "write")
NOBODY = Need((), "write")
"""What no such token may do: administration and the hub's own addresses."""


def need_of_route(method: str, template: str, *, on_pull: bool) -> Need | None:
    """Return what a REST route needs, None for one that any token may use.

    ``on_pull`` tells that the issue in the path is a pull request: either permission is enough.
    """
    level = "read" if method == "GET" else "write"
    if template.startswith("/_hub/blobs/"):
        return None
    if template.startswith("/_hub/") or (template == "/user/repos" and level == "write"):
        return NOBODY
    prefix = "/repos/{owner}/{repo}"
    if not template.startswith(prefix):
        return None
    rest = template.removeprefix(prefix)
    first = rest.strip("/").partition("/")[0]
    if first in ("", "collaborators", "rules", "rulesets"):
        return Need(("metadata",), "read") if level == "read" else NOBODY
    administrative = ("/hooks", "/actions/permissions", "/actions/secrets")
    if rest.endswith("/protection") or rest.startswith(administrative):
        return NOBODY
    if first == "actions":
        return Need(("actions",), level)
    if rest.endswith(("/status", "/statuses")) or first == "statuses":
        return Need(("statuses",), level)
    if first == "pulls":
        is_merge = rest.endswith("/merge") and level == "write"
        return Need(("contents" if is_merge else "pull_requests",), level)
    if first in ("issues", "labels", "milestones", "assignees"):
        is_either = on_pull or first != "issues" or "{id}" in rest
        return Need(("issues", "pull_requests") if is_either else ("issues",), level)
    return Need(("contents",), level)


_PULLS, _ISSUES, _CONTENTS = ("pull_requests",), ("issues",), ("contents",)
_EITHER = ("issues", "pull_requests")
_TYPES: Mapping[str, tuple[str, ...]] = {
    "Issue": _ISSUES,
    "PullRequest": _PULLS,
    "PullRequestReview": _PULLS,
    "PullRequestReviewComment": _PULLS,
    "PullRequestReviewThread": _PULLS,
    "IssueComment": _EITHER,
    "Label": _EITHER,
    "Milestone": _EITHER,
    "Commit": _CONTENTS,
    "Tree": _CONTENTS,
    "Blob": _CONTENTS,
    "Tag": _CONTENTS,
    "Ref": _CONTENTS,
    "StatusCheckRollup": ("statuses",),
    "Status": ("statuses",),
    "StatusContext": ("statuses",),
}


def need_of_type(name: str) -> Need | None:
    """Return what reading a GraphQL type needs, None for one that any token may read."""
    resources = _TYPES.get(name.removesuffix("Connection"))
    return None if resources is None else Need(resources, "read")


def need_of_mutation(name: str) -> Need:
    """Return what a GraphQL mutation needs."""
    if name == "mergePullRequest" or name.endswith(("Ref", "Refs")):
        return Need(_CONTENTS, "write")
    if "PullRequest" in name:
        return Need(_PULLS, "write")
    if name.endswith("Issue") or "BlockedBy" in name:
        return Need(_ISSUES, "write")
    return Need(_EITHER, "write")
