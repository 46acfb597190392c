"""Who thinks, from what was wished for and what is there."""

from __future__ import annotations

import pytest

from bot.agents.coding.files import agent_files
from bot.domain.errors import UserError
from bot.domain.settings import Settings
from bot.wiring.configuration import parse_configuration
from bot.wiring.thinker import Runtime, Surroundings, Thinker, find_thinker
from bot.words import TemplateWords

FILES = agent_files(TemplateWords().root / "agents")
KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}


def found(
    wish: str, keys: str = "", programs: str = "", settings: Settings | None = None
) -> Thinker:
    set_ = {KEYS.get(key, key) for key in keys.split()}
    around = Surroundings(set_.__contains__, programs.split().__contains__, FILES)
    return find_thinker(wish, settings or Settings(), around)


@pytest.mark.parametrize(
    ("wish", "keys", "title", "because"),
    [
        ("auto", "anthropic", "anthropic:claude-sonnet-5-5", "ANTHROPIC_API_KEY is set"),
        ("auto", "openai", "openai:gpt-5.5", "OPENAI_API_KEY is set"),
        ("auto", "anthropic openai", "anthropic:claude-sonnet-5-5", "ANTHROPIC_API_KEY is set"),
        ("model", "anthropic", "anthropic:claude-sonnet-5-5", "ANTHROPIC_API_KEY is set"),
        ("openai:gpt-5", "openai", "openai:gpt-5", "OPENAI_API_KEY is set"),
        ("ollama:qwen3", "", "ollama:qwen3", "no key is needed at http://127.0.0.1:11434/v1"),
        ("claude-code", "", "claude-code", "chosen"),
        ("claude-code:opus", "", "claude-code:opus", "chosen"),
        ("playbook:a.yml", "", "playbook:a.yml", "a recorded story"),
    ],
)
def test_a_wish_finds_its_thinker(wish: str, keys: str, title: str, because: str) -> None:
    thinker = found(wish, keys)
    assert (thinker.title, thinker.because) == (title, because)


@pytest.mark.parametrize(
    ("wish", "keys", "says"),
    [
        ("auto", "", "set ANTHROPIC_API_KEY or OPENAI_API_KEY"),
        ("model", "openai", "anthropic:claude-sonnet-5-5 needs a key: set ANTHROPIC_API_KEY"),
        ("openai:gpt-5", "anthropic", "openai:gpt-5 needs a key: set OPENAI_API_KEY"),
        ("google:gemini-4", "", "google:gemini-4 .* choose --agent gemini-acp:gemini-4"),
        ("clod", "", "There is no agent `clod`; there are auto, model, anthropic:MODEL"),
        ("playbook", "", "named by its file"),
        ("anthropic:", "anthropic", "names no model"),
    ],
)
def test_nobody_is_told_plainly(wish: str, keys: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        found(wish, keys)


def test_a_program_without_a_key_is_named_and_not_taken() -> None:
    with pytest.raises(UserError, match="claude-code would do with a key, too"):
        found("auto", programs="claude")


def test_configuration_chooses_when_the_person_did_not() -> None:
    text = """
        agent: mine:large
        models: {planner: mine:huge}
        providers: {mine: {base_url: "https://llm.example.org/v1", key: MINE_KEY}}
    """
    settings, _ = parse_configuration(text.encode())
    thinker = found("auto", "MINE_KEY anthropic", settings=settings)
    assert (thinker.runtime, thinker.title) == (Runtime.MODEL, "mine:large")
    assert [str(n) for n in thinker.models.of("executor")] == ["mine:large"]
    assert [str(n) for n in thinker.models.of("planner")] == ["mine:huge"]
    assert found("ollama:qwen3", settings=settings).title == "ollama:qwen3"


def test_a_configured_model_opens_with_its_own_key() -> None:
    settings, _ = parse_configuration(b"model: [openai:gpt-5, anthropic:claude-opus-5-5]")
    both = found("auto", "openai anthropic", settings=settings)
    assert [str(n) for n in both.models.names] == ["openai:gpt-5", "anthropic:claude-opus-5-5"]
    assert found("auto", "anthropic", settings=settings).title == "anthropic:claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("wish", "paid"),
    [("model", True), ("ollama:qwen3", False), ("claude-code", True), ("playbook:a", False)],
)
def test_what_may_cost_money(wish: str, paid: bool) -> None:
    assert found(wish, "anthropic").is_paid is paid
