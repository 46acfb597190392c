"""What the reviews of a pull request add up to."""

from collections.abc import Iterable

from bot.hub.store.records import Review

OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED"})


def latest_opinions(reviews: Iterable[Review]) -> list[Review]:
    """Return each reviewer's last approval or request for changes.

    A later comment changes nothing.
    """
    latest: dict[int, Review] = {}
    for review in reviews:
        if review.state in OPINIONS | {"DISMISSED"}:
            latest.pop(review.author_id, None)
        if review.state in OPINIONS:
            latest[review.author_id] = review
    return list(latest.values())


def latest_reviews(reviews: Iterable[Review]) -> list[Review]:
    """Return each reviewer's last review, whatever it says."""
    return list({review.author_id: review for review in reviews}.values())


def review_decision(opinions: Iterable[Review]) -> str | None:
    """Return APPROVED, CHANGES_REQUESTED, or None while nobody gave an opinion that counts."""
    states = {review.state for review in opinions}
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    return "APPROVED" if "APPROVED" in states else None
