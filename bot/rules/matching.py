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


def writers(root: Issue, accepted: AcceptedSpec | None) -> tuple[str, ...]:
    """Return who may have put the spec's present words there; all of them must have the right.

    GitHub names the last editor of a body, and who changed a title as far back as the issue's
    latest events go. Without that it may have been the author, who needs no permission for it.
    """
    body = root.editor or root.author
    if accepted is None:
        titled = root.past.renamed_by
    else:
        renamed = accepted.title != root.title
        titled = (root.past.renamed_by or root.author) if renamed else None
    return tuple(dict.fromkeys(w for w in (body, titled) if w is not None))


def voucher(root: Issue, label: str) -> str | None:
    """Return who labelled the root a spec after its words last changed, if it still is one.

    Only the last such event counts: a label that was taken off vouches for nothing. GitHub's times
    are whole seconds, so a change in the same second counts as one after it.
    """
    past = root.past
    if root.editor is not None and past.edited_at is None:
        return None  # nobody knows when
    changes = [at for at in (past.edited_at, past.renamed_at) if at is not None]
    events = [e for e in past.labelled if e.label.lower() == label.lower()]
    if not events or events[-1].off or not all(at < events[-1].at for at in changes):
        return None
    return events[-1].by


def why_untrusted(root: Issue, accepted: AcceptedSpec | None, barred: str) -> str:
    """Return why the spec's present text may not be followed, or an empty text.

    `barred` is one of its writers who has no write permission; empty when all have it. The
    accepted text stays in force until a person with write permission says `/continue`.
    """
    if not barred or (
        accepted is not None and accepted.digest == spec_digest(root.title, root.body)
    ):
        return ""
    if accepted is None:
        return (
            f"{barred} wrote the spec and has no write permission here: someone who has must "
            "comment `/continue`, or label it anew, to have it as it is now."
        )
    return (
        f"{barred} changed the spec and has no write permission here: someone who has must undo "
        "that, or comment `/continue` to have it as it is now."
    )
