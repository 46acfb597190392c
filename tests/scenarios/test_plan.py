"""The plan is shown to a person, and nothing is done before one with the right accepts it."""

# The bot writes real dashes.
# ruff: noqa: RUF001

from __future__ import annotations

from bot.domain.events import AttemptStarted
from tests.scenarios.scenes import executor, item, met, planner, planner_done
from tests.scenarios.world import World, said

HELLO = (planner("hello", iteration=1), executor("hello"), met(), planner_done())


def test_a_plan_is_shown_and_waits_for_continue_and_nothing_is_done_before(world: World) -> None:
    world.plays(*HELLO)
    world.spec(approve_plan="first")
    world.turn()
    assert world.standing == "waiting"
    assert world.reply() == said("""
        ### Plan of iteration 1

        There is work to do.

        | item | priority | waits for |
        |---|---|---|
        | #2 Hello | medium | – |

        **Nothing is started yet.** Comment `/continue` to accept this plan, or `/replan` with ~
        what should be different.
    """)
    assert world.branches() == {"main"}

    world.turn()
    assert world.standing == "waiting"
    assert world.replies() == []
    assert world.happened(AttemptStarted) == []

    accepted = world.says("/continue")
    world.turn()
    assert world.receipt(accepted) == ["+1"]
    assert world.item("hello").status == "done"
    assert world.main_files() == {"hello.txt": "hello\n"}
    assert world.headlines() == ["### Verdict of iteration 1: met ✅"]


def test_a_strangers_continue_is_refused_with_one_reply_and_does_nothing(world: World) -> None:
    world.plays(*HELLO)
    world.spec(approve_plan="first")
    world.turn()
    world.replies()
    world.person("stranger", "pull")
    tried = world.says("/continue", by="stranger")
    world.turn()
    assert world.standing == "waiting"
    assert world.receipt(tried) == ["confused"]
    assert world.refusals() == ["stranger: only people with write permission can steer here."]
    world.turn()
    assert world.branches() == {"main"}


def test_words_that_someone_without_the_right_edited_in_do_not_count(world: World) -> None:
    world.plays(*HELLO)
    world.spec(approve_plan="first")
    world.turn()
    world.replies()
    world.person("helper", "push")
    words = world.says("Let me read it first.")
    world.edits_comment(words, "/continue", by="helper")
    world.person("helper", "pull")
    world.turn()
    assert world.standing == "waiting"
    assert world.refusals() == [
        "maintainer: helper edited this comment, and only people with write permission can steer "
        "here."
    ]


def test_replan_gives_a_new_plan_that_knows_the_words(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        planner(
            "bye",
            iteration=2,
            sees=["maintainer asks for a new plan. Say bye instead"],
            changes=[{"item": 2, "drop": True, "reason": "Nobody wants it."}],
        ),
        executor("bye"),
        met(),
    )
    world.spec(approve_plan="first")
    world.turn()
    world.replies()
    world.says("/replan Say bye instead")
    world.turn()
    assert world.standing == "waiting"
    assert world.reply() == said("""
        ### Plan of iteration 2

        There is work to do.

        | item | priority | waits for |
        |---|---|---|
        | #3 Bye | medium | – |

        - #2: dropped – Nobody wants it.

        **Nothing is started yet.** Comment `/continue` to accept this plan, or `/replan` with ~
        what should be different.
    """)
    assert world.item("hello").closed_as == "not_planned"
    assert world.view["spent"]["requests"] == 2
    world.says("/continue")
    world.turn()
    assert world.main_files() == {"bye.txt": "bye\n"}
    world.replies()


def test_status_and_help_are_answered_a_slip_gets_a_hint_and_other_words_are_left_alone(
    world: World,
) -> None:
    world.plays(planner("hello"))
    world.spec(approve_plan="first")
    world.turn()
    world.replies()
    world.says("/status")
    world.turn()
    assert world.reply() == said("""
        **Waiting** · iteration 1, execute is due · The plan waits for a person: accept it with ~
        `/continue`.

        0.00 USD spent in 1 model request. The progress comment above has the items.
    """)
    world.says("Who are you?\n\n/help")
    world.turn()
    assert world.reply() == said("""
        ### Commands

        | command | where | does |
        |---|---|---|
        | `/continue [text] [budget=+5usd] [iterations=+5] [hours=+2] [tokens=+1000000]` | spec ~
        issue | accept the plan; resume after a stop; the text reaches the Planner; raise a limit |
        | `/unblock [#item] [text]` | spec issue, item | unblock the item; the text reaches its ~
        Executor |
        | `/decide N, or text` | decision item | answer a question |
        | `/retry [#item]` | spec issue, item | start a new attempt |
        | `/cancel [#item]` | spec issue, item | drop the item |
        | `/priority high, medium or low` | item | change the item's priority |
        | `/learn text` | spec issue | tell every agent this from now on |
        | `/forget code` | spec issue | take a learning back; the list has the codes |
        | `/pause` | spec issue | start no new work until `/continue` |
        | `/stop [clean]` | spec issue | end here and keep everything, or close what the bot ~
        opened; `/continue` resumes |
        | `/replan [text]` | spec issue | ask the Planner again |
        | `/status` | spec issue, item | reply with where things stand |
        | `/help` | spec issue, item | reply with the commands |

        A command stands alone on its line, on the spec, an item or an item's pull request, ~
        which counts as the item. Where another bot knows the same word, write ~
        `/specloop continue`. One that is edited in later is heard, once. Only people with write ~
        permission are heard, and no bots.
    """)
    world.says("/contineu\n\n    /pause\n\n> /pause\n\n/assign me")
    world.turn()
    assert world.reply() == said("""
        maintainer: `/contineu` was not understood: did you mean `/continue`?

        <sub>Edit your comment or write another one: what is new in it is read.</sub>
    """)
    world.says("/assign @me\n/lgtm\n`/continue`\n```\n/continue\n```")
    world.turn()
    assert world.replies() == []
    assert world.standing == "waiting"


def test_always_shows_every_plan_that_has_new_items(world: World) -> None:
    world.plays(
        planner("hello", iteration=1),
        planner(item("bye"), iteration=2),
        executor("hello"),
        executor("bye"),
        met(),
    )
    world.spec(approve_plan="always")
    world.turn()
    world.says("/continue")
    world.turn()
    world.replies()
    world.turn()
    assert world.standing == "waiting"
    assert "Nothing is started yet" in world.reply()
    assert not world.has_pull("bye")
