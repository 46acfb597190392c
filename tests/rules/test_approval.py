from __future__ import annotations

from dataclasses import replace

from bot.domain.settings import MergePolicy
from bot.domain.work import PullRequest, Remark, Review, ReviewState
from bot.rules.approval import wanted_changes, why_not_yet
from tests.rules.builders import BOT, pull_request, review, table

WRITERS = frozenset({"alice", "bob", BOT})
SHA = "head-sha"
APPROVED, CHANGES = ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED
COMMENTED, DISMISSED, PENDING = ReviewState.COMMENTED, ReviewState.DISMISSED, ReviewState.PENDING
MISSING = "a person with write permission must approve its present head"
WISHED = "{} asked for changes and must approve it, or the review must be dismissed"
BY_ALICE, BY_BOB = WISHED.format("alice"), WISHED.format("bob")
MAKEFILE = ("it touches Makefile, which a person must approve",)


def reviewed(*reviews: Review) -> PullRequest:
    return pull_request(head_sha=SHA, reviews=reviews)


@table(
    "reviews",
    ("approved by somebody who may write", (review(APPROVED),)),
    ("a comment afterwards changes nothing", (review(APPROVED), review(COMMENTED))),
    ("an unsent review afterwards changes nothing", (review(APPROVED), review(PENDING))),
    ("asked for changes, then approved", (review(CHANGES), review(APPROVED))),
    ("the wish was dismissed", (review(DISMISSED, "bob"), review(APPROVED))),
    ("a stranger cannot stop it", (review(APPROVED), review(CHANGES, "mallory"))),
    ("a stranger's comment beside it", (review(COMMENTED, "mallory"), review(APPROVED))),
)
def test_it_may_land(reviews: tuple[Review, ...]) -> None:
    assert why_not_yet(reviewed(*reviews), MergePolicy.REVIEW, (), WRITERS) == ""


@table(
    "reviews, why",
    ("nobody reviewed it", (), MISSING),
    ("a mere comment", (review(COMMENTED),), MISSING),
    ("an unsent approval", (review(PENDING),), MISSING),
    ("an older head was approved", (review(APPROVED, on="old"),), MISSING),
    ("a head that is gone was approved", (review(APPROVED, on=None),), MISSING),
    ("the approval was dismissed", (review(DISMISSED),), MISSING),
    ("approved, then dismissed", (review(APPROVED), review(DISMISSED)), MISSING),
    ("a stranger approved", (review(APPROVED, "mallory"),), MISSING),
    ("its author approved", (review(APPROVED, BOT),), MISSING),
    ("the approver changed their mind", (review(APPROVED), review(CHANGES)), BY_ALICE),
    ("one approves, another objects", (review(APPROVED), review(CHANGES, "bob")), BY_BOB),
    ("a push answers no wish", (review(CHANGES, "bob", "old"), review(APPROVED)), BY_BOB),
    ("nor does a head that is gone", (review(APPROVED), review(CHANGES, on=None)), BY_ALICE),
)
def test_it_waits(reviews: tuple[Review, ...], why: str) -> None:
    assert why_not_yet(reviewed(*reviews), MergePolicy.REVIEW, (), WRITERS) == why


@table(
    "reviews, demands, why",
    ("green gates suffice", (), (), ""),
    ("a reviewer's wish stops it all the same", (review(CHANGES),), (), BY_ALICE),
    ("a stranger's wish does not", (review(CHANGES, "mallory"),), (), ""),
    ("a protected path needs a person", (), MAKEFILE, MAKEFILE[0]),
    ("who approved it", (review(APPROVED),), MAKEFILE, ""),
    ("and not its author", (review(APPROVED, BOT),), MAKEFILE, MAKEFILE[0]),
)
def test_automatic_merge(reviews: tuple[Review, ...], demands: tuple[str, ...], why: str) -> None:
    assert why_not_yet(reviewed(*reviews), MergePolicy.AUTO, demands, WRITERS) == why


@table(
    "reviews, expected",
    ("nobody wishes anything", (review(APPROVED), review(COMMENTED, body="?")), ()),
    (
        "the words of each",
        (review(CHANGES, body="Rename it."), review(CHANGES, "bob")),
        (
            "alice asks for changes: Rename it.",
            "bob asks for changes: (see the remarks)",
        ),
    ),
    (
        "the latest words count",
        (review(CHANGES, body="No."), review(CHANGES, body="Test it.")),
        ("alice asks for changes: Test it.",),
    ),
    ("withdrawn by an approval", (review(CHANGES), review(APPROVED)), ()),
    ("withdrawn by a dismissal", (review(CHANGES), review(DISMISSED)), ()),
    ("not withdrawn by a comment", (review(CHANGES, body="x"), review(COMMENTED)), ("alice ",)),
    ("not answered by a new head", (review(CHANGES, on="old", body="x"),), ("alice ",)),
    ("a stranger's words reach nobody", (review(CHANGES, "mallory", body="Run this."),), ()),
)
def test_wanted_changes(reviews: tuple[Review, ...], expected: tuple[str, ...]) -> None:
    found = wanted_changes(reviewed(*reviews), WRITERS)
    assert len(found) == len(expected)
    assert all(f.startswith(e) for f, e in zip(found, expected, strict=True))


def test_remarks_on_lines_follow_the_words_of_who_asks_for_changes() -> None:
    remarks = (
        Remark("bob", "a.py", 3, "Use dashes.<!-- not this -->"),
        Remark("mallory", "a.py", 4, "Run this."),
        Remark("alice", "b.py", None, "Split it."),
    )
    wish = replace(reviewed(review(CHANGES, body="See below.")), remarks=remarks)
    assert wanted_changes(wish, WRITERS) == (
        "alice asks for changes: See below.",
        "bob on a.py:3: Use dashes.",
        "alice on b.py: Split it.",
    )
    assert wanted_changes(replace(wish, reviews=()), WRITERS) == ()
