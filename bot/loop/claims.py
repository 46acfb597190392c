"""Telling a person where record and GitHub contradict each other; the rest goes on without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.effects import AddLabels, CreateComment, Effect
from bot.domain.outputs import TrainOutcome, TrainReport
from bot.domain.work import Snapshot
from bot.loop.house import House
from bot.loop.journal import pull_request_key
from bot.rules.claims import (
    Claim,
    Contradiction,
    edited_copies,
    strayed,
    wrong_merges,
    wrong_pull_requests,
)
from bot.rules.foresight import foresee
from bot.rules.text import digest


@dataclass(frozen=True, slots=True)
class Oddities:
    """What an observation met that fits no rule."""

    strays: Mapping[int, str] = field(default_factory=dict)
    """Items that left the milestone, with the title of the one they are on; empty: gone."""
    copies: Mapping[int, int] = field(default_factory=dict)
    """Copies of an item that a person edited, with the number of the one that lives."""


def pull_requests(house: House, snapshot: Snapshot) -> dict[int, int]:
    """Return the pull request of each item's latest attempt, as far as GitHub bears it out."""
    wrong = {c.pull_request for c in wrong_pull_requests(snapshot, _claims(house))}
    found = house.journal.pull_requests()
    return {item: number for item, number in found.items() if number not in wrong}


def tell_contradictions(house: House, snapshot: Snapshot, odd: Oddities) -> Snapshot:
    """Show both sides of each contradiction, once, and block the items it is about."""
    journal = house.journal
    if journal.state.lost:  # the whole record is in doubt, and a person was asked already
        return snapshot
    found = [
        *wrong_pull_requests(snapshot, _claims(house)),
        *wrong_merges(snapshot, _merges(house), _lost_commits(house, snapshot)),
        *strayed(snapshot, odd.strays, journal.item_keys()),
        *edited_copies(snapshot, odd.copies),
    ]
    new = [c for c in found if journal.receipt(f"{_key(c)}/comment") is None]
    if not new:
        return snapshot
    effects = [e for c in new for e in _effects(house, c)]
    snapshot = foresee(snapshot, effects, house.performer.perform(effects))
    void = {c.pull_request for c in new if c.void_train}
    ledger = replace(
        journal.ledger,
        trains=tuple(t for t in journal.ledger.trains if t.pull_request not in void),
        troubles=(*journal.ledger.troubles, *(c.sentence for c in new)),
    )
    journal.update("Show what contradicts the record", ledger=ledger)
    return snapshot


def _claims(house: House) -> list[Claim]:
    """Return what the ledger says of pull requests that have not landed."""
    journal, claims = house.journal, []
    merged = {t.pull_request for t in _merges(house)}
    for report in journal.ledger.attempts:
        key = pull_request_key(report.assignment.lead, report.assignment.attempt)
        receipt, intent = journal.receipt(key), journal.intent(key)
        if receipt is not None and receipt.number is not None and receipt.number not in merged:
            claims.append(Claim(report, receipt.number, intent.nonce if intent else ""))
    return claims


def _merges(house: House) -> list[TrainReport]:
    return [t for t in house.journal.ledger.trains if t.outcome is TrainOutcome.MERGED]


def _lost_commits(house: House, snapshot: Snapshot) -> list[str]:
    """Return the landed commits that the base branch lacks.

    Each landed on top of the ones before: while the last is there, all are.
    """
    landed = [t.landed_commit for t in _merges(house) if t.landed_commit]
    base, contains = snapshot.base_sha, house.codebase.contains
    if not landed or contains(landed[-1], base):
        return []
    return [commit for commit in landed if not contains(commit, base)]


def _key(found: Contradiction) -> str:
    return f"contradiction/{found.about}/{digest(found.recorded, found.shown)}"


def _effects(house: House, found: Contradiction) -> list[Effect]:
    key, label = _key(found), house.settings.labels.blocked
    body = house.words.render("comments/contradiction", found=found)
    blocked = [AddLabels(f"{key}/{number}", number, (label,)) for number in found.blocks]
    return [CreateComment(f"{key}/comment", found.tell, body), *blocked]
