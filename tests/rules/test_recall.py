"""A lost record: what tells of it, and what is taken up from GitHub."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.effects import Outcome, Receipt
from bot.domain.outputs import AttemptOutcome, AttemptReport
from bot.domain.plan import Assignment
from bot.domain.run import Ledger, Phase, RunState
from bot.domain.usage import NOTHING_USED, Usage
from bot.domain.work import Comment
from bot.rules.hearing import uttered
from bot.rules.recall import Known, Record, is_behind, noticed, recall, spent_at_least, told
from bot.words import TemplateWords
from tests.rules.builders import issue, pull_request, root, snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BOT = "specloop[bot]"


def progress(iteration: int, usage: Usage = NOTHING_USED, author: str = BOT) -> Comment:
    view = {
        "progress": {"done": 0, "total": 0, "percent": 0}, "standing": "running", "reason": "",
        "iteration": iteration, "items": [], "verdict": None, "history": [],
        "gates": [], "asks": [],
        "limits": {"cost_usd": 10},
        "spent": {"requests": usage.requests, "input_tokens": usage.input_tokens,
                  "output_tokens": usage.output_tokens, "cost_usd": usage.cost_usd,
                  "seconds": usage.seconds},
    }  # fmt: skip
    body = TemplateWords().render("comments/progress", view=view)
    return Comment(70 + iteration, f"IC_{iteration}", author, None, body, NOW, NOW)


def seen(*comments: Comment, **more):
    return replace(snapshot(**more), root=root(comments=comments), viewer=BOT)


USED = Usage(7, 1200, 300, 0.5, 61.5)


def test_where_the_record_knows_its_progress_comment_no_other_is_read() -> None:
    shown = seen(progress(2), progress(900, USED))
    assert (told(shown, 72) or told(shown)) == told(seen(progress(2)))
    assert told(shown, 7) is None


def test_what_the_progress_comment_says_is_read_back() -> None:
    found = told(seen(progress(3, USED)))
    assert found is not None
    assert (found.iteration, found.spent) == (3, USED)
    assert found.receipt == Receipt("progress", Outcome.DONE, 73, "IC_3")


def test_only_the_bots_latest_word_counts() -> None:
    assert told(seen(progress(9, author="outsider"))) is None
    found = told(seen(progress(2), progress(4)))
    assert found is not None
    assert found.iteration == 4
    assert told(seen()) is None


@pytest.mark.parametrize(
    ("iteration", "started", "said", "behind"),
    [
        pytest.param(1, False, 1, False, id="just begun"),
        pytest.param(3, True, 3, False, id="told, not recorded yet"),
        pytest.param(3, False, 3, False, id="as far as a lost machine explains"),
        pytest.param(3, False, 4, True, id="set back"),
        pytest.param(1, False, 4, True, id="deleted"),
    ],
)
def test_a_record_is_behind(iteration: int, started: bool, said: int, behind: bool) -> None:
    state = RunState(1, iteration=iteration, started_at=NOW if started else None)
    assert is_behind(state, told(seen(progress(said)))) is behind


def test_nothing_makes_less_of_what_was_spent() -> None:
    less, more = Usage(1, 10, 10, 0.1, 5.0), Usage(20, 9000, 9000, 2.0, 500.0)
    note = told(seen(progress(1, USED)))
    assert note is not None
    assert spent_at_least(RunState(1, spent=less), [note.spent]).spent == USED
    assert spent_at_least(RunState(1, spent=more), [note.spent]).spent == more
    assert spent_at_least(RunState(1, spent=less), []).spent == less


def test_requests_alone_hide_no_cost() -> None:
    forged = RunState(1, spent=replace(USED, requests=99, cost_usd=0.0))
    assert spent_at_least(forged, [USED]).spent == replace(USED, requests=99)


def test_what_rounding_explains_is_no_difference() -> None:
    exact = RunState(1, spent=Usage(7, 1200, 300, 0.49999951, 61.46))
    assert spent_at_least(exact, [USED]) is exact


def test_who_notices_waits_and_reads_no_command_again() -> None:
    said = replace(progress(2), id=70, author="alice", body="/pause\n\n/pause")
    shown = seen(progress(3, USED), said)
    state = noticed(
        RunState(1, phase=Phase.EXECUTE, started_at=NOW, handled_comments=(5, 70)),
        shown,
        [Known("item/a", 8), Known("pr/8.1", 9)],
        Record("refs/specloop/1"),
        told(shown),
    )
    assert list(uttered(said, state.heard or ())) == []
    assert "refs/specloop/1 was deleted or set back (it had reached iteration 3)" in state.lost
    assert "it does not know #8, #9, which specloop made here" in state.lost
    assert "0.50 USD spent stay spent" in state.lost
    assert (state.iteration, state.phase, state.started_at) == (4, Phase.OBSERVE, None)
    assert set(state.handled_comments) == {5, 70, 73}


def test_damage_is_named_with_the_commit_to_put_back() -> None:
    paths = tuple(f"journal/0001/000{n}.json" for n in range(1, 8))
    record = Record("refs/specloop/1", "f" * 40)
    state = noticed(RunState(1, damaged=paths), seen(), [], record, None)
    assert "is damaged: `journal/0001/0001.json`, " in state.lost
    assert "`journal/0001/0005.json` and 2 more cannot be read" in state.lost
    assert f"`git push --force origin {'f' * 40}:refs/specloop/1`" in state.lost
    assert state.damaged == paths


def test_items_and_attempts_are_taken_up() -> None:
    shot = seen(
        items=(issue(8), issue(9)),
        pull_requests=(
            pull_request(20, head_sha="old"),
            pull_request(21, head_sha="new", closes=(8, 9)),
        ),
    )
    known = [Known("item/a", 8), Known("item/b", 9), Known("pr/8.1", 20), Known("pr/8.2", 21)]
    found = recall(RunState(1, lost="gone", resumed=True), Ledger(), shot, known)
    assert not found.state.lost
    assert found.state.plan_accepted
    assert {r.key: r.number for r in found.receipts} == {
        "item/a": 8, "item/b": 9, "pr/8.1": 20, "pr/8.2": 21,
    }  # fmt: skip
    (attempt,) = found.ledger.attempts
    assert attempt.outcome is AttemptOutcome.READY
    assert attempt.gates is None
    assert attempt.assignment.items == (8, 9)
    assert (attempt.assignment.attempt, attempt.head) == (2, "new")


def test_of_two_copies_the_lowest_number_is_taken_up() -> None:
    found = recall(RunState(1), Ledger(), seen(), [Known("item/a", 30), Known("item/a", 12)])
    assert [(r.key, r.number) for r in found.receipts] == [("item/a", 12)]


def test_a_later_attempt_on_record_stays() -> None:
    assignment = Assignment((8,), 3, "specloop/1/8/3", "s", "b")
    later = AttemptReport(assignment, AttemptOutcome.FAILED, "s", 1)
    shot = seen(items=(issue(8),), pull_requests=(pull_request(20),))
    found = recall(RunState(1), Ledger(attempts=(later,)), shot, [Known("pr/8.2", 20)])
    assert found.ledger.attempts == (later,)
