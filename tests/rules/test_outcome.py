from __future__ import annotations

from bot.domain.outputs import (
    AttemptOutcome,
    ExecuteOutput,
    FiledFeedback,
    IntegrateOutput,
    PlanOutput,
    ReviewOutput,
    TrainOutcome,
)
from bot.domain.plan import Decision, Plan
from bot.domain.run import IterationRecord, Learnings, Standing
from bot.domain.usage import Usage
from bot.rules.outcome import INBOX, history_line, learned, standing_after
from bot.rules.termination import Halt
from tests.rules.builders import (
    NOW,
    attempt,
    executed,
    feedback,
    integrated,
    plan_output,
    planned,
    state,
    table,
    train,
    verdict,
)

GO_ON = Plan(Decision.CONTINUE, "There is more.", by="planner")
PLANNED = plan_output(GO_ON)
QUIET = executed()
HALTED = integrated()
SILENT = ReviewOutput()
LOST = attempt(3, outcome=AttemptOutcome.FAILED)
GONE = attempt(3, outcome=AttemptOutcome.INTERRUPTED, summary="No quota.")
NEW = FiledFeedback(feedback(), "reviewer", "names")
KNOWN = FiledFeedback(feedback(), "reviewer", "names", repeats="#3")
UNJUDGED = ReviewOutput(failures=("verifier: no answer",))


@table(
    "decision, standing",
    ("DONE is the plan's", Decision.DONE, Standing.DONE),
    ("STUCK is the plan's", Decision.STUCK, Standing.STUCK),
)
def test_it_is_over(decision: Decision, standing: Standing) -> None:
    over = plan_output(Plan(decision, "Because.", by="planner"))
    assert standing_after(over, QUIET, HALTED, SILENT) == Halt(standing, "Because.")


@table(
    "plan, execution, trains, review",
    ("nothing went wrong", PLANNED, QUIET, HALTED, SILENT),
    ("an Executor failed", PLANNED, executed(LOST), HALTED, SILENT),
    ("another one moved", PLANNED, executed(GONE, attempt(4)), HALTED, SILENT),
    ("something landed", PLANNED, executed(GONE), integrated(train()), SILENT),
    ("a verdict was given", PLANNED, executed(GONE), HALTED, ReviewOutput(verdict=verdict(False))),
    ("there are new items", plan_output(Plan(Decision.CONTINUE, "", "planner", items=(planned(),))),
     executed(GONE), HALTED, SILENT),
    ("there is new feedback", PLANNED, QUIET, HALTED,
     ReviewOutput(feedback=(NEW,), failures=("verifier: no answer",))),
    ("one specialist was silent", PLANNED, QUIET, HALTED,
     ReviewOutput(verdict=verdict(), failures=("tester: no answer",))),
)  # fmt: skip
def test_the_next_iteration_is_due(
    plan: PlanOutput, execution: ExecuteOutput, trains: IntegrateOutput, review: ReviewOutput
) -> None:
    assert standing_after(plan, execution, trains, review) is None


@table(
    "execution, trains, review, why",
    ("no Executor answered", executed(GONE), HALTED, SILENT, "No quota."),
    ("nor did the Verifier", executed(GONE), HALTED, UNJUDGED, "No quota."),
    ("the Verifier alone", QUIET, HALTED, UNJUDGED, "verifier: no answer"),
    (
        "known feedback moves nothing",
        QUIET,
        HALTED,
        ReviewOutput(feedback=(KNOWN,), failures=UNJUDGED.failures),
        "verifier: no answer",
    ),
    (
        "nor does a train that stands",
        executed(GONE),
        integrated(train(9, TrainOutcome.WAITING)),
        SILENT,
        "No quota.",
    ),
)
def test_silent_agents_wait_for_a_person(
    execution: ExecuteOutput, trains: IntegrateOutput, review: ReviewOutput, why: str
) -> None:
    expected = Halt(Standing.WAITING, f"An agent could not be asked: {why}")
    assert standing_after(PLANNED, execution, trains, review) == expected


def test_the_history_line_adds_everything_up() -> None:
    cost = Usage(requests=1, cost_usd=0.5)
    plan = Plan(Decision.CONTINUE, "More.", "planner", refusals=("No.",), items=(planned(),))
    line = history_line(
        state(iteration=4, started_at=NOW, seconds={"plan": 1.0}),
        plan_output(plan, usage=cost),
        executed(attempt(3, usage=cost), attempt(4, usage=cost)),
        integrated(train(9), train(10, TrainOutcome.RED), train(11)),
        ReviewOutput(verdict(False), (NEW, KNOWN, NEW), usage=cost),
        Standing.RUNNING,
        NOW,
    )
    assert line == IterationRecord(
        4, NOW, NOW, Decision.CONTINUE, "More.", "planner",
        items_created=3, merged=(9, 11), verdict_met=False, usage=Usage(4, cost_usd=2.0),
        seconds={"plan": 1.0}, standing=Standing.RUNNING, refusals=("No.",),
    )  # fmt: skip


def test_without_a_review_there_is_no_verdict_in_the_line() -> None:
    line = history_line(state(), PLANNED, QUIET, HALTED, SILENT, Standing.RUNNING, NOW)
    assert (line.verdict_met, line.merged, line.items_created) == (None, (), 0)


BY_RULE = Plan(Decision.CONTINUE, "", by="rule")


@table(
    "plan, wishes, expected",
    ("the Planner read the old inbox", GO_ON, ("new",), ("new",)),
    ("a rule reads nothing", BY_RULE, ("new",), ("old", "new")),
    ("each once, and nothing empty", BY_RULE, ("old", " new ", "new", " "), ("old", "new")),
    ("what is curated is known", BY_RULE, ("curated", "new"), ("old", "new")),
)
def test_learnings(plan: Plan, wishes: tuple[str, ...], expected: tuple[str, ...]) -> None:
    before = Learnings(curated=("stale",), inbox=("old",))
    output = plan_output(plan, learnings=("curated",))
    found = learned(before, output, executed(attempt(3, wish_known=wishes)), SILENT)
    assert found == Learnings(("curated",), expected)


def test_the_inbox_keeps_the_newest() -> None:
    wishes = tuple(str(n) for n in range(INBOX + 1))
    found = learned(Learnings(), PLANNED, executed(attempt(3, wish_known=wishes)), SILENT)
    assert found.inbox == wishes[1:]
