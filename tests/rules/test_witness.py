"""A verdict that says met needs the bot's own word for it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.findings import GateReport
from bot.domain.verdict import Verdict
from bot.domain.work import Comment
from bot.rules.witness import is_witnessed
from bot.words import TemplateWords

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TREE, OTHER = "a" * 40, "b" * 40
MET = Verdict(True, "It holds.", (), "c" * 40, TREE)


def told(verdict: Verdict, author: str = "bot", editor: str | None = None) -> Comment:
    body = TemplateWords().render(
        "comments/verdict", verdict=verdict, gates=GateReport(verdict.tree, ()), feedback=(),
        iteration=1,
    )  # fmt: skip
    return Comment(1, "IC_1", author, editor, body, NOW, NOW)


@pytest.mark.parametrize(
    ("comment", "stands"),
    [
        pytest.param(told(MET), True, id="the bot said so"),
        pytest.param(told(MET, editor="bot"), True, id="edited by itself"),
        pytest.param(told(MET, author="mary"), False, id="somebody else did"),
        pytest.param(told(MET, editor="mary"), False, id="somebody else edited it"),
        pytest.param(told(replace(MET, met=False)), False, id="it said the contrary"),
        pytest.param(told(replace(MET, tree=OTHER)), False, id="of another tree"),
    ],
)
def test_met_needs_the_bots_own_comment(comment: Comment, stands: bool) -> None:
    assert is_witnessed(MET, [comment], "bot") is stands


def test_what_allows_nothing_needs_no_witness() -> None:
    assert is_witnessed(replace(MET, met=False), [], "bot")
