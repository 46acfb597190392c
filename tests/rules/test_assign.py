"""Items 3, 4 and 5; pull request 9 carries the latest attempt of item 3 unless a case says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.board import Item
from bot.domain.outputs import AttemptOutcome, AttemptReport, TrainOutcome, TrainReport
from bot.domain.plan import Assignment, Errand
from bot.domain.run import ItemInput
from bot.domain.work import PullRequest, PullRequestState, ReviewState, Status
from bot.rules.assign import Situation, choose_assignments
from tests.rules.builders import (
    BASE,
    HEAD,
    HIGH,
    assignment,
    attempt,
    backlog,
    board,
    decision,
    gates,
    item,
    ledger,
    modest,
    pull_request,
    review,
    snapshot,
    table,
    train,
)

READY, FAILED = AttemptOutcome.READY, AttemptOutcome.FAILED
BLOCKED, INTERRUPTED = AttemptOutcome.BLOCKED, AttemptOutcome.INTERRUPTED
START, RETRY, REVISE, RECONCILE = Errand.START, Errand.RETRY, Errand.REVISE, Errand.RECONCILE
OPEN = pull_request(9)
CLOSED = pull_request(9, state=PullRequestState.CLOSED)
MERGED = pull_request(9, state=PullRequestState.MERGED)
WISH = pull_request(9, reviews=(review(ReviewState.CHANGES_REQUESTED, body="Rename it."),))
GIVEN = pull_request(
    9, reviews=(replace(review(ReviewState.CHANGES_REQUESTED, "bob", "old", "Shorter."), id=7),)
)


def said(text: str, number: int = 3) -> ItemInput:
    return ItemInput(number, text, "alice")


def chosen(
    *items: Item | int,
    groups: tuple[tuple[int, ...], ...] = (),
    limit: int = 10,
    attempts: tuple[AttemptReport, ...] = (),
    pulls: tuple[PullRequest, ...] = (),
    trains: tuple[TrainReport, ...] = (),
    **facts: Any,
) -> tuple[Assignment, ...]:
    carried = {n: p.number for p in pulls for n in p.closes}
    seen = snapshot(pull_requests=pulls)
    known = ledger(*attempts, trains=trains)
    facts.setdefault("reviewers", {"alice"})
    return choose_assignments(
        Situation(seen, board(*items), known, carried, **facts), groups, limit
    )


def leads(found: tuple[Assignment, ...]) -> list[tuple[int, ...]]:
    return [a.items for a in found]


@table(
    "items, expected",
    ("everything that is ready goes", (3, 4), [(3,), (4,)]),
    ("High goes first", (3, item(4, priority=HIGH)), [(4,), (3,)]),
    ("what others wait for goes first", (3, 4, item(5, waiting_for=(4,))), [(4,), (3,)]),
    ("blocked stays", (3, item(4, status=Status.BLOCKED)), [(3,)]),
    ("done and dropped stay", (item(3, status=Status.DONE), item(4, status=Status.DROPPED)), []),
    ("who waits stays", (3, item(4, waiting_for=(3,))), [(3,)]),
    (
        "a circle stays: nobody can begin",
        (item(3, waiting_for=(4,)), item(4, waiting_for=(3,))),
        [],
    ),
    ("a decision is for people", (decision(3),), []),
    ("low feedback is backlog", (backlog(3),), []),
    ("unless somebody waits for it", (backlog(3), item(4, waiting_for=(3,))), [(3,)]),
)
def test_who_is_sent(items: tuple[Item | int, ...], expected: list[tuple[int, ...]]) -> None:
    assert leads(chosen(*items)) == expected


@table(
    "groups, expected",
    ("a group goes together, in its order", ((4, 3),), [(4, 3), (5,)]),
    ("an item is in one group only", ((3, 4), (4, 5)), [(3, 4), (5,)]),
    ("named twice is named once", ((3, 3),), [(3,), (4,), (5,)]),
    ("strangers are left out", ((3, 99),), [(3,), (4,), (5,)]),
    ("an empty group is none", ((),), [(3,), (4,), (5,)]),
)
def test_groups(groups: tuple[tuple[int, ...], ...], expected: list[tuple[int, ...]]) -> None:
    assert leads(chosen(3, 4, 5, groups=groups)) == expected


def test_a_group_goes_as_far_as_it_can() -> None:
    found = chosen(
        3, item(4, status=Status.BLOCKED), item(5, waiting_for=(4,)), groups=((4, 3, 5),)
    )
    assert leads(found) == [(3,)]


def test_the_planner_may_name_backlog() -> None:
    assert leads(chosen(backlog(3), groups=((3,),))) == [(3,)]


def test_a_person_may_retry_backlog() -> None:
    (found,) = chosen(backlog(3), item_input=(said("Please try again."),))
    assert found.notes == ("alice wrote: Please try again.",)


def test_at_most_the_limit_and_the_best_of_them() -> None:
    assert leads(chosen(3, 4, item(5, priority=HIGH), limit=2)) == [(5,), (3,)]
    assert chosen(3, limit=0) == ()


def test_a_first_attempt_starts_from_the_base_with_what_people_said() -> None:
    (found,) = chosen(3, item_input=(said("Use dashes."), said(""), said("No.", 4)))
    assert found == Assignment(
        (3,), 1, "specloop/1/3/1", BASE, BASE, errand=START, notes=("alice wrote: Use dashes.",)
    )


@table(
    "outcome, pull, conflict, words, errand, notes",
    ("ready and unreviewed waits", READY, OPEN, None, "", None, ()),
    ("a reviewer's wish", READY, WISH, None, "", REVISE, ("alice asks for changes: Rename it.",)),
    ("a person's words", READY, OPEN, None, "Shorter!", REVISE, ("alice wrote: Shorter!",)),
    ("a conflict", READY, OPEN, train(9, TrainOutcome.CONFLICT, note="c"), "", RECONCILE, ("c",)),
    ("red once merged", READY, OPEN, train(9, TrainOutcome.RED, note="r"), "", RECONCILE, ("r",)),
    ("only people can help", READY, OPEN, train(9, TrainOutcome.REFUSED, note="g"), "", None, ()),
    ("waiting for approval", READY, OPEN, train(9, TrainOutcome.WAITING, note="w"), "", None, ()),
    ("red on an older head", READY, OPEN, train(9, TrainOutcome.RED, "old", "r"), "", None, ()),
    (
        "a wish before a conflict",
        READY,
        WISH,
        train(9, TrainOutcome.CONFLICT, note="c"),
        "Soon!",
        REVISE,
        ("alice asks for changes: Rename it.", "alice wrote: Soon!"),
    ),
    ("failed, its pull request open", FAILED, OPEN, None, "", RETRY, ("The last attempt ended",)),
    ("asked, and was unblocked", BLOCKED, OPEN, None, "", RETRY, ("The last attempt asked: How?",)),
    ("asked, and was answered", BLOCKED, OPEN, None, "So.", RETRY, ("The last attempt asked: How?",
     "alice wrote: So.")),
    ("a wish that was handed out waits for its reviewer", READY, GIVEN, None, "", None, ()),
    ("and is told again when nothing came of it", FAILED, GIVEN, None, "", REVISE,
     ("bob asks for changes: Shorter.",)),
    ("interrupted goes on as it was", INTERRUPTED, OPEN, None, "So.", START, ("alice wrote: So.",)),
)  # fmt: skip
def test_an_attempt_with_an_open_pull_request(
    outcome: AttemptOutcome,
    pull: PullRequest,
    conflict: TrainReport | None,
    words: str,
    errand: Errand | None,
    notes: tuple[str, ...],
) -> None:
    found = chosen(
        3,
        attempts=(
            attempt(
                3,
                outcome=outcome,
                question="How?",
                gates=gates(False, "boom"),
                assignment=assignment(3, answers=(7,)),
            ),
        ),
        reviewers={"alice", "bob"},
        pulls=(pull,),
        trains=(conflict,) if conflict else (),
        item_input=(said(words),),
    )
    assert [a.errand for a in found] == ([errand] if errand else [])
    for a in found:
        assert (a.attempt, a.branch, a.start, a.pull_request) == (1, "specloop/1/3/1", HEAD, 9)
        assert len(a.notes) == len(notes)
        assert all(n.startswith(e) for n, e in zip(a.notes, notes, strict=True))


@table(
    "outcome, pulls, expected",
    (
        "failed before it had a pull request: the work so far goes on",
        FAILED,
        (),
        (2, HEAD, RETRY, "The last attempt ended red: boom"),
    ),
    (
        "asked: the question goes along",
        BLOCKED,
        (),
        (2, HEAD, RETRY, "The last attempt asked: How?"),
    ),
    (
        "closed unmerged: a new start",
        READY,
        (CLOSED,),
        (2, BASE, RETRY, "Pull request #9 of the last attempt was closed unmerged."),
    ),
    (
        "merged, and a person opened the item again",
        READY,
        (MERGED,),
        (2, BASE, RETRY, "Pull request #9 of the last attempt was merged, and the item is still"),
    ),
    ("interrupted: the same attempt goes on", INTERRUPTED, (), (1, HEAD, START, "")),
)
def test_an_attempt_without_an_open_pull_request(
    outcome: AttemptOutcome, pulls: tuple[PullRequest, ...], expected: tuple
) -> None:
    past = attempt(3, outcome=outcome, question="How?", gates=gates(False, "boom"))
    (found,) = chosen(3, attempts=(past,), pulls=pulls)
    nth, start, errand, note = expected
    assert (found.attempt, found.start, found.errand) == (nth, start, errand)
    assert found.branch == f"specloop/1/3/{nth}"
    assert found.pull_request is None
    assert "".join(found.notes).startswith(note)


def test_an_interrupted_attempt_keeps_its_errand_and_notes() -> None:
    sent = assignment(3, attempt=2, errand=RETRY, notes=("Mind the gap.",))
    past = attempt(outcome=INTERRUPTED, assignment=sent)
    (found,) = chosen(3, attempts=(past,))
    assert (found.attempt, found.errand, found.notes) == (2, RETRY, ("Mind the gap.",))


def test_three_findings_suffice() -> None:
    past = attempt(3, outcome=FAILED, gates=gates(False, *"abcd"))
    assert len(chosen(3, attempts=(past,))[0].notes) == 3
    assert chosen(3, attempts=(attempt(3, outcome=FAILED),))[0].notes == ()


# Items that share an attempt.


def test_a_shared_attempt_is_handed_out_once() -> None:
    past = attempt(3, 4, outcome=FAILED)
    assert leads(chosen(3, 4, attempts=(past,))) == [(3, 4)]
    assert leads(chosen(3, 4, groups=((4,), (3,)), attempts=(past,))) == [(3, 4)]


def test_what_people_said_of_any_of_its_items_goes_along() -> None:
    past = attempt(3, 4, outcome=FAILED)
    (found,) = chosen(3, 4, attempts=(past,), item_input=(said("So.", 4),))
    assert "alice wrote: So." in found.notes


def test_histories_are_not_mixed_and_fresh_items_go_together() -> None:
    past = (attempt(3, outcome=FAILED), attempt(4, outcome=FAILED))
    found = chosen(3, 4, 5, 6, groups=((3, 5, 4, 6),), attempts=past)
    assert sorted(leads(found)) == [(3,), (4,), (5, 6)]


@table(
    "other, expected",
    ("a blocked one does not hold the other up", item(3, status=Status.BLOCKED), [(4,)]),
    ("a dropped one is left out", item(3, status=Status.DROPPED), [(4,)]),
    ("a done one is left out", item(3, status=Status.DONE), [(4,)]),
    ("one that waits now is left out", item(3, waiting_for=(5,)), [(4,), (5,)]),
)
def test_a_shared_attempt_is_split(other: Item, expected: list[tuple[int, ...]]) -> None:
    found = chosen(other, 4, *([5] if other.waiting_for else []),
                   attempts=(attempt(3, 4, outcome=BLOCKED),))  # fmt: skip
    assert leads(found) == expected
    assert found[0].branch == "specloop/1/4/2"


def test_after_a_split_each_goes_its_own_way() -> None:
    past = (attempt(3, 4, outcome=BLOCKED), attempt(4, nth=2, outcome=FAILED))
    assert sorted((a.items, a.attempt) for a in chosen(3, 4, attempts=past)) == [
        ((3,), 2),
        ((4,), 3),
    ]


def test_a_shared_pull_request_waits_until_all_its_open_items_are_ready() -> None:
    shared = pull_request(9, closes=(3, 4))
    past = attempt(3, 4, outcome=BLOCKED)
    blocked = item(3, status=Status.BLOCKED)
    assert chosen(blocked, 4, attempts=(past,), pulls=(shared,)) == ()
    done = item(3, status=Status.DONE)
    assert leads(chosen(done, 4, attempts=(past,), pulls=(shared,))) == [(3, 4)]


def test_a_strangers_review_sends_nobody() -> None:
    past = {"attempts": (attempt(3),), "pulls": (WISH,)}
    assert chosen(3, **past, reviewers={"bob"}) == ()


NUMBERS = st.integers(2, 9)
GROUPS = st.lists(st.lists(NUMBERS, max_size=4).map(tuple), max_size=4).map(tuple)
HISTORY = st.lists(
    st.builds(
        lambda items, outcome: attempt(*items, outcome=outcome),
        st.lists(NUMBERS, min_size=1, max_size=3, unique=True),
        st.sampled_from(AttemptOutcome),
    ),
    max_size=3,
    unique_by=lambda report: report.assignment.lead,
).map(tuple)
ITEMS = st.dictionaries(
    NUMBERS,
    st.tuples(st.sampled_from(Status), st.lists(NUMBERS, max_size=2).map(tuple)),
    max_size=7,
)


@modest
@given(ITEMS, GROUPS, HISTORY)
def test_nobody_is_sent_twice_or_while_it_must_wait_and_nobody_who_may_go_is_forgotten(
    facts: dict[int, tuple[Status, tuple[int, ...]]],
    groups: tuple[tuple[int, ...], ...],
    history: tuple[AttemptReport, ...],
) -> None:
    items = [item(n, status=s, waiting_for=w) for n, (s, w) in sorted(facts.items())]
    found = chosen(*items, groups=groups, attempts=history)
    sent = [n for a in found for n in a.items]
    waits = (Status.BLOCKED, Status.DONE, Status.DROPPED)
    free = [i.number for i in items if i.status not in waits and not i.waiting_for]
    assert sorted(sent) == free
    assert len({a.branch for a in found}) == len(found)
