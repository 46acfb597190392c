"""What prompts cost as a milestone grows."""

from __future__ import annotations

from bot.domain.plan import Decision
from bot.domain.run import AcceptedSpec, IterationRecord, Learnings, Standing
from bot.domain.settings import Limits
from bot.domain.usage import NOTHING_USED
from bot.domain.work import Status
from bot.loop.plan_prompt import Base, PlanInput, plan_prompt
from tests.agents.conftest import SHIPPED, WORDS
from tests.rules.builders import HIGH, NOW, board, gates, item, ledger, snapshot, state, verdict


def planner_prompt(closed: int) -> str:
    done = [
        item(n, title=f"Make part {n} of it", body="What was to be done. " * 20, status=Status.DONE)
        for n in range(20, 20 + closed)
    ]
    still_open = [item(n, priority=HIGH, body="What is to be done. " * 20) for n in range(3, 13)]
    everything = board(*still_open, *done)
    past = tuple(
        IterationRecord(n, NOW, NOW, Decision.CONTINUE, "It goes on.", "planner", 5, (n + 2000,),
                        False, NOTHING_USED, {}, Standing.RUNNING)
        for n in range(1, 1 + closed // 5)
    )  # fmt: skip
    spec = AcceptedSpec("A book", "It has many parts. " * 50, "digest", "alice")
    given = PlanInput(
        snapshot(), everything, state(spec=spec, iteration=closed // 5), ledger(verdict=verdict()),
        Learnings(curated=("Run make.",)), past, frozenset(i.key for i in everything.items),
    )  # fmt: skip
    paths = tuple(f"parts/{n:04}.txt" for n in range(closed))
    base = Base({"languages": ["Python"], "gates": [], "folders": ["parts/"]}, paths, gates())
    rendered = SHIPPED["planner"].render(WORDS, plan_prompt(given, base, Limits()))
    return "\n".join((rendered.system, *rendered.said))


def test_a_thousand_closed_items_cost_the_planner_little_more_than_a_hundred() -> None:
    hundred, thousand = planner_prompt(100), planner_prompt(1000)
    assert "#1019 (item-1019)" in thousand
    assert "Closed before these: 970 done." in thousand
    assert "190 more iterations before these left out here" in thousand
    assert "parts/ (1000 files)" in thousand
    assert len(thousand) <= 1.2 * len(hundred), (len(hundred), len(thousand))
