"""Branch protection: what it demands of a pull request, and the words GitHub refuses with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.hub.store.records import Review


@dataclass(frozen=True)
class Protection:
    """The rules of one branch; ``approvals`` None means no reviews are demanded, 0 that a pull
    request is. ``contexts`` None means no status checks are demanded.
    """

    approvals: int | None = None
    dismiss_stale: bool = False
    contexts: tuple[str, ...] | None = None
    strict: bool = False
    enforce_admins: bool = False
    forbids_force: bool = True
    forbids_deletion: bool = True
    needs_other_than_pusher: bool = False
    """Whether somebody else than the last pusher must approve."""
    is_queued: bool = False
    """Whether only a merge queue may merge; the hub has none."""


def combined(several: Iterable[Protection]) -> Protection | None:
    """Return rules that demand all that each demands, None for no rules."""
    found = tuple(several)
    if not found:
        return None
    counts = [one.approvals for one in found if one.approvals is not None]
    lists = [one.contexts for one in found if one.contexts is not None]
    return Protection(
        approvals=max(counts) if counts else None,
        dismiss_stale=any(one.dismiss_stale for one in found),
        contexts=tuple(dict.fromkeys(chain.from_iterable(lists))) if lists else None,
        strict=any(one.strict and one.contexts for one in found),
        enforce_admins=any(one.enforce_admins for one in found),
        forbids_force=any(one.forbids_force for one in found),
        forbids_deletion=any(one.forbids_deletion for one in found),
        needs_other_than_pusher=any(one.needs_other_than_pusher for one in found),
        is_queued=any(one.is_queued for one in found),
    )


@dataclass(frozen=True)
class PullState:
    """What protection looks at in a pull request; ``states`` are the head's statuses by context."""

    opinions: tuple[Review, ...]
    states: Mapping[str, str]
    is_up_to_date: bool
    last_pusher: int
    """Whose account moved the head last."""


def review_verdict(protection: Protection | None, opinions: Iterable[Review]) -> str | None:
    """Return ``reviewDecision``: None where no approval is demanded."""
    if protection is None or not protection.approvals:
        return None
    states = [review.state for review in opinions]
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    is_enough = states.count("APPROVED") >= protection.approvals
    return "APPROVED" if is_enough else "REVIEW_REQUIRED"


def obstacle(protection: Protection, pull: PullState) -> str | None:
    """Return why a merge is refused, in GitHub's words, or None.

    A head that strict checks find out of date counts as one whose checks are still expected.
    """
    verdict = review_verdict(protection, pull.opinions)
    if verdict == "CHANGES_REQUESTED":
        return "Changes requested by a reviewer with write access."
    if verdict == "REVIEW_REQUIRED":
        count = protection.approvals or 0
        reviews = "review is" if count == 1 else "reviews are"
        return f"At least {count} approving {reviews} required by reviewers with write access."
    approvers = {o.author_id for o in pull.opinions if o.state == "APPROVED"}
    if protection.needs_other_than_pusher and not approvers - {pull.last_pusher}:
        return "New changes require approval from someone other than the last pusher."
    lacking = missing_checks(protection, {} if is_behind(protection, pull) else pull.states)
    if lacking is None and protection.is_queued:
        return "Changes must be made through the merge queue."
    return lacking


def missing_checks(protection: Protection, states: Mapping[str, str]) -> str | None:
    """Return the sentence about demanded statuses that are not successful, or None."""
    demanded = protection.contexts or ()
    found = {name: _WORDS[states.get(name, "")] for name in demanded}
    lacking = [name for name in demanded if found[name] != "successful"]
    if not lacking:
        return None
    if len(demanded) == 1:
        return f'Required status check "{lacking[0]}" is {found[lacking[0]]}.'
    worst = next(word for word in ("failing", "pending", "expected") if word in found.values())
    return f"{len(lacking)} of {len(demanded)} required status checks are {worst}."


_WORDS = {
    "success": "successful",
    "failure": "failing",
    "error": "failing",
    "pending": "pending",
    "": "expected",
}


def is_behind(protection: Protection, pull: PullState) -> bool:
    """Return whether strict checks demand a head that contains the base."""
    return protection.strict and bool(protection.contexts) and not pull.is_up_to_date
