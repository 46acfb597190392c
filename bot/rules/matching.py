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

    GitHub names the last editor of a body. Of a title it names nobody, and an author may change
    it without any permission.
    """
    body = root.editor or root.author
    renamed = accepted is not None and accepted.title != root.title
    return tuple(dict.fromkeys((body, root.author) if renamed else (body,)))


def vouchers(root: Issue, label: str) -> tuple[str, ...]:
    """Return who labelled the root a spec since its words last changed: they had it as it is now.

    GitHub's times are whole seconds, so a change in the same second counts as one after it.
    """
    past = root.past
    changes = [at for at in (past.edited_at, past.renamed_at) if at is not None]
    found = (
        e.by
        for e in past.labelled
        if e.label.lower() == label.lower() and all(at < e.at for at in changes)
    )
    return tuple(dict.fromkeys(found))


def why_untrusted(root: Issue, accepted: AcceptedSpec | None, barred: str) -> str:
    """Return why the spec's present text may not be followed, or an empty text.

    `barred` is one of its writers who has no write permission; empty when all have it. The
    accepted text stays in force until a person with write permission has the new one, by a label
    or by `/continue`.
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
