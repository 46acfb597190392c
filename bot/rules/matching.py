"""The spec's text: is it the one that was accepted, and who may change it?"""

from __future__ import annotations

from bot.domain.run import AcceptedSpec
from bot.domain.work import Issue
from bot.rules.text import digest


def spec_digest(title: str, body: str) -> str:
    """Return the fingerprint of a spec; white space does not count."""
    return digest(title, body)


def accept(root: Issue) -> AcceptedSpec:
    """Return the present text of the root as the accepted spec."""
    return AcceptedSpec(
        title=root.title,
        body=root.body,
        digest=spec_digest(root.title, root.body),
        accepted_from=root.editor or root.author,
    )


def why_untrusted(root: Issue, accepted: AcceptedSpec | None, *, may_write: bool) -> str:
    """Return why the spec's present text may not be followed, or an empty text.

    `may_write` says whether the person who last wrote it has write permission. The accepted text
    stays in force until then.
    """
    if accepted is not None and accepted.digest == spec_digest(root.title, root.body):
        return ""
    if may_write:
        return ""
    who = root.editor or root.author
    what = "wrote" if accepted is None else "changed"
    return (
        f"{who} {what} the spec and has no write permission here: "
        "someone who has must edit it or open it anew."
    )
