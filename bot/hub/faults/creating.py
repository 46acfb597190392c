"""Which requests create content that GitHub counts, and which change a body. Pure."""

import re
from typing import Any

from bot.hub.errors import FieldError, Invalid
from bot.hub.faults.matching import Facts
from bot.hub.rules.limits import BODY_TOO_LONG, MAX_BODY

CREATING_FIELDS = frozenset(
    {
        "createIssue",
        "createPullRequest",
        "addComment",
        "addPullRequestReview",
        "addPullRequestReviewThread",
        "addPullRequestReviewThreadReply",
        "addPullRequestReviewComment",
    }
)
SILENT_FIELDS = frozenset({"updateIssue", "updatePullRequest"})
"""Mutations whose overlong bodies GitHub ignores without an error."""
_CREATING = re.compile(
    r"/repos/[^/]+/[^/]+/(issues|pulls|issues/\d+/comments|pulls/\d+/(comments|reviews))"
)
_UPDATING = re.compile(r"/repos/[^/]+/[^/]+/(issues|pulls)/\d+")


def creates(facts: Facts) -> bool:
    """Return whether a REST request creates an issue, pull request, comment or review."""
    return facts.method == "POST" and _CREATING.fullmatch(facts.path) is not None


def updates_body(facts: Facts) -> bool:
    """Return whether a REST request may change the body of an issue or pull request."""
    return facts.method in ("PATCH", "POST") and _UPDATING.fullmatch(facts.path) is not None


def refuse_oversized(given: dict[str, Any]) -> None:
    """Refuse an overlong body as creation does. Raises Invalid."""
    body = given.get("body")
    if isinstance(body, str) and len(body) > MAX_BODY:
        raise Invalid(FieldError("Issue", "body", "custom", BODY_TOO_LONG))
