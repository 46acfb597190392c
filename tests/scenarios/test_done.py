"""DONE stands on what was measured, not on what was said."""

# The bot writes real dashes.
# ruff: noqa: RUF001

from __future__ import annotations

from tests.scenarios.scenes import (
    executor,
    item,
    met,
    not_met,
    observed,
    planner,
    planner_done,
    specialist,
)
from tests.scenarios.world import World, said

REVIEWERS = {"specialists": ["code-reviewer", "adversarial-tester"]}


def refusals(world: World) -> list[str]:
    """What `specloop log` shows of the last iteration."""
    return [r.removeprefix("DONE was refused: ") for r in world.view["history"][-1]["refusals"]]


def test_done_says_what_was_merged_and_closes_spec_and_milestone(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done(
        learnings=["Hello is English."]))  # fmt: skip
    world.spec()
    world.turn()
    assert world.reply_about("### Verdict") == said("""
        ### Verdict of iteration 1: met ✅

        Every criterion holds.

        | criterion | met | evidence or gap |
        |---|---|---|
        | It is there | ✅ | `README.md`  |

        <sub>Judged at commit <commit>, tree <id> · gates green</sub>
    """)
    world.replies()
    world.turn()
    assert world.standing == "done"
    assert world.reply() == said("""
        ### Done ✅

        The verdict says met.

        The verdict says met at commit <commit>.

        Merged: #3.

        <details><summary>What was learned</summary>

        - Hello is English.

        </details>
    """)
    assert world.progress() == said("""
        ### Progress: done, iteration 2

        The spec is met. The verdict says met. **1 of 1 items are done (100 %).**

        | item | priority | status | pull request |
        |---|---|---|---|
        | #2 Hello | medium | done | – |

        Gates on the integrated code: check ✅.

        Last verdict: **met** at <id>

        Spent: 0.00 of 10.00 USD in 5 model requests.

        Nothing is asked of anybody now.

        <details><summary>History</summary>

        | iteration | decision | merged | verdict |
        |---|---|---|---|
        | 1 | CONTINUE | #3 | met |
        | 2 | DONE | – | – |

        </details>

        <sub>Comment `/help` for the commands.</sub>
    """)
    assert world.issue()["state"] == "closed"
    milestone = world.does("GET", f"/repos/{world.site.milestone.repository}/milestones/1")
    assert milestone["state"] == "closed"
    assert world.item("hello").on_milestone
    world.turn()
    assert world.standing == "done"


def test_done_without_a_verdict_is_refused(world: World) -> None:
    world.plays(planner_done(iteration=1), not_met(), planner())
    world.spec()
    world.turn()
    assert world.standing == "running"
    assert refusals(world) == ["No verdict has been given yet."]
    assert world.replies()[0] == said("""
        ### Plan of iteration 1

        The verdict says met.

        Did not stand:
        - DONE was refused: No verdict has been given yet.
    """)


def test_done_with_an_open_high_or_an_undeferred_medium_is_refused(world: World) -> None:
    world.plays(
        planner(item("hello", priority="high"), iteration=1),
        executor("hello", iteration=1),
        met(),
        specialist(observed("It crashes", "high"), observed("It is slow", "medium"), iteration=1),
        specialist(),
        planner_done(iteration=2),
        executor(outcome="failed"),
    )
    world.spec(config={"specialists": ["code-reviewer"]})
    world.turn()
    world.turn()
    assert refusals(world) == [
        "#4 is open and has high priority.",
        "#5 is open, has medium priority and was not deferred.",
    ]
    assert "### Plan of iteration 2" in world.headlines()
    world.replies("it-crashes")
    world.replies("it-is-slow")


def test_a_deferred_medium_and_a_low_are_left_as_backlog(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello", iteration=1),
        met(),
        specialist(
            observed("It is slow", "medium"),
            observed("It is plain", "low"),
            observed("One more than the limit", "low"),
            iteration=1,
        ),
        planner_done(deferrals=[{"item": 4, "reason": "Fast enough for now."}]),
    )
    world.spec(config={"specialists": ["code-reviewer"], "limits": {"feedback_per_specialist": 2}})
    world.turn()
    assert world.item("it-is-slow").body == said("""
        It is slow: see for yourself.

        <sub>Observed by the code-reviewer · medium priority · maintainability</sub>
    """)
    assert world.item("it-is-plain").status == "backlog"
    assert world.keys() == {"hello", "it-is-slow", "it-is-plain"}
    world.replies()
    world.turn()
    assert world.standing == "done"
    assert world.reply() == said("""
        ### Done ✅

        The verdict says met.

        The verdict says met at commit <commit>.

        Merged: #3.

        Left as backlog:
        - #4 (medium): Fast enough for now.
        - #5 (low)
    """)
    for key in ("it-is-slow", "it-is-plain"):
        left = world.item(key)
        assert left.open
        assert not left.on_milestone
        assert "specloop:backlog" in left.labels
    assert world.issue()["state"] == "closed"


def test_done_on_a_verdict_of_other_code_is_refused(world: World) -> None:
    world.plays(planner("hello", iteration=1), executor("hello"), met(), planner_done())
    world.spec()
    world.turn()
    world.pushes("main", {"news.txt": "news\n"})
    world.turn()
    assert world.standing == "running"
    (why,) = refusals(world)
    assert why.startswith("The verdict judged commit ")
    assert why.endswith(", not the present code.")
    world.turn()
    assert world.standing == "done"
    world.replies()


def test_done_with_an_unanswered_decision_is_refused(world: World) -> None:
    question = item("colour", "Which colour?", kind="decision", options=["red", "blue"])
    world.plays(planner("hello", question, iteration=1), executor("hello"), met(), planner_done())
    world.spec()
    world.turn()
    world.turn()
    assert refusals(world) == [f"Decision #{world.item('colour').number} is not answered."]
    world.replies()


def test_evidence_that_does_not_exist_makes_met_not_stand(world: World) -> None:
    made_up = {"path": "hello.txt", "line": 7}
    nowhere = {"path": "../../etc/passwd"}
    criteria = [
        {"criterion": "It says hello", "met": True, "evidence": [made_up]},
        {"criterion": "It is safe", "met": True, "evidence": [nowhere]},
        {"criterion": "It is nice", "met": True},
    ]
    world.plays(
        planner("hello", iteration=1), executor("hello"), met(criteria=criteria), planner_done()
    )
    world.spec()
    world.turn()
    assert world.view["verdict"]["met"] is False
    assert world.reply_about("### Verdict") == said("""
        ### Verdict of iteration 1: not met

        Every criterion holds.

        | criterion | met | evidence or gap |
        |---|---|---|
        | It says hello | ✅ | `hello.txt:7`  |
        | It is safe | ✅ | `../../etc/passwd`  |
        | It is nice | ✅ |  |

        The bot's own check says otherwise:
        - `hello.txt` has no line 7.
        - The evidence `../../etc/passwd` does not exist.
        - No evidence is given for: It is nice

        <sub>Judged at commit <commit>, tree <id> · gates green</sub>
    """)
    world.turn()
    assert refusals(world) == ["The verdict says the spec is not met."]
    world.replies()


def test_feedback_that_says_the_same_again_is_not_filed_twice(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        executor("hello"),
        met(),
        specialist(observed("The word hello is spelled twice", path="hello.txt"), iteration=1),
        specialist(
            observed("Word hello is spelled twice", path="hello.txt"),
            role="adversarial-tester",
            iteration=1,
        ),
        planner(iteration=2),
        executor("the-word-hello-is-spelled-twice", {"b.txt": "b\n"}),
        specialist(observed("The word hello was spelled twice", path="hello.txt"), iteration=2,
                   sees=["The word hello is spelled twice"]),
        specialist(role="adversarial-tester"),
    )  # fmt: skip
    world.spec(config=REVIEWERS)
    world.turn()
    assert world.keys() == {"hello", "the-word-hello-is-spelled-twice"}
    assert world.item("the-word-hello-is-spelled-twice").labels == {
        "specloop:feedback", "priority:medium", "category:maintainability"
    }  # fmt: skip
    told = world.reply_about("### Verdict")
    assert "(medium, adversarial-tester) – known already" in told
    world.turn()
    assert len(world.keys()) == 2
    assert "(medium, code-reviewer) – known already" in world.reply_about("### Verdict")
    world.replies()
