from __future__ import annotations

from bot.domain.work import CloseReason, Issue, IssueState, PullRequest, PullRequestState, Status
from bot.rules.status import status_of
from tests.rules.builders import issue, pull_request, table

BLOCKED = ("specloop:blocked",)


@table(
    "of, carried_by, assigned, expected",
    ("an untouched issue is open", issue(), None, False, Status.OPEN),
    ("an Executor has it", issue(), None, True, Status.IN_PROGRESS),
    ("an Executor has it again", issue(), pull_request(), True, Status.IN_PROGRESS),
    ("its pull request is open", issue(), pull_request(), False, Status.IN_REVIEW),
    (
        "its pull request was closed",
        issue(),
        pull_request(state=PullRequestState.CLOSED),
        False,
        Status.OPEN,
    ),
    ("a block is seen first", issue(labels=BLOCKED), pull_request(), True, Status.BLOCKED),
    (
        "closed wins over everything",
        issue(closed=CloseReason.COMPLETED, labels=BLOCKED),
        pull_request(),
        True,
        Status.DONE,
    ),
    (
        "closed long ago, without a reason",
        issue(state=IssueState.CLOSED),
        None,
        False,
        Status.DONE,
    ),
    ("not planned", issue(closed=CloseReason.NOT_PLANNED), None, False, Status.DROPPED),
    ("a duplicate", issue(closed=CloseReason.DUPLICATE), None, False, Status.DROPPED),
    ("another label means nothing", issue(labels=("blocked",)), None, False, Status.OPEN),
)
def test_status(
    of: Issue, carried_by: PullRequest | None, assigned: bool, expected: Status
) -> None:
    found = status_of(of, carried_by, blocked_label="specloop:blocked", assigned=assigned)
    assert found is expected
