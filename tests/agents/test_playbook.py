"""Scenes are chosen by the invocation alone, and mistakes in the file are shown with their line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.agents.answers import parse_answer
from bot.agents.playbook_format import SCENE_KEYS, Playbook, read_playbook
from bot.agents.roles import load_roles
from bot.agents.tools import METHODS
from bot.domain.agents import RoleKind
from bot.domain.errors import AgentUnavailable, UserError
from bot.words import TemplateWords
from tests.agents.conftest import DONE, ROLES, Stage, invocation, scene

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "playbook.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


def read(folder: Path, text: str) -> Playbook:
    file = folder / "play.yml"
    file.write_text(text, encoding="utf-8")
    return read_playbook(file, ["planner", "executor"])


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, text)
    return str(caught.value).removeprefix(f"{folder}/play.yml:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: a playbook must be a mapping with: playbook, title, scenes"),
        ("- 1", "1: a playbook must be a mapping"),
        ("playbook: 2\nscenes: []", "1: the first line must be: playbook: 1"),
        ("playbook: 1\nscene: []", "2: unknown key scene; did you mean scenes?"),
        ("playbook: 1\nscenes: []", "2: scenes must be a list of at least one"),
        ("playbook: 1\nscenes: [}", "2: not YAML"),
        ("playbook: 1\ntitle: 3\nscenes: [1]", "2: title must be a text; put it in quotes"),
        ("playbook: 1\nplaybook: 1", "2: playbook is written twice"),
        (scene("iteration: 1"), "3: the scene has no answer"),
        (scene("answer: done"), "4: answer must hold the fields"),
        (scene("rond: 1\n" + DONE), "4: unknown key rond; did you mean round? allowed are: role"),
        (scene("iteration: one\n" + DONE), "4: iteration must be a whole number from 1"),
        (scene("round: true\n" + DONE), "4: round must be a whole number from 1"),
        (scene("item: #7\n" + DONE), "4: item must be an item's key or its number, say 12 or \"#"),
        (scene("sees: text\n" + DONE), "4: sees must be a list"),
        (scene("sees:\n  - a\n  - 1\n" + DONE), "6: sees must be a text; put it in quotes"),
        (scene("after: soon\n" + DONE), "4: after must be a number"),
        (scene("after: .nan\n" + DONE), "4: after must lie between 0 and 3600"),
        (scene("do: {}\n" + DONE), "4: do must be a list"),
        (scene("do:\n  - reed: a\n" + DONE), "5: unknown key reed; did you mean read?"),
        (scene("do:\n  - {read: a, list: b}\n" + DONE), "5: one tool call has one tool"),
        (scene("do:\n  - write: {path: a}\n" + DONE), "5: write has no text; it needs path, text"),
        (scene("do:\n  - write: {path: a, txt: b}\n" + DONE), "5: unknown key txt; did you mean"),
        (scene("do:\n  - run: ls -l\n" + DONE), "5: run must be a list"),
        (scene("do:\n  - run: [sleep, 1]\n" + DONE), "5: run must be a text; put it in quotes"),
        (scene("do:\n  - - read: a\n    - []\n" + DONE), "6: a tool call must be a mapping"),
        (scene(DONE, "executer"), "3: unknown role executer; did you mean executor?"),
        ("playbook: 1\ntitle: &a x\nscenes: [*a]", "2: aliases are not supported"),
        ("playbook: 1\ntitle: !!python/name:os.system x", "2: a value of type"),
        ("a: " + "[" * 3000, " nested too deeply"),
    ],
)
def test_a_mistake_is_shown_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    shown = mistake(tmp_path, text)
    assert shown.startswith(message) or message in shown


def test_a_missing_file_is_a_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_playbook(tmp_path / "none.yml")


def test_a_date_stays_a_text(tmp_path: Path) -> None:
    book = read(tmp_path, scene("answer: {summary: 2024-12-24}"))
    assert book.scenes[0].answer == {"summary": "2024-12-24"}


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ({"iteration": 2}, "second iteration"),
        ({"subject": "#7", "iteration": 1}, "number"),
        ({"attempt": 2, "iteration": 1}, "second attempt"),
        ({"attempt": 2, "round": 3, "iteration": 1}, "third round"),
        ({"iteration": 1}, "else"),
    ],
)
def test_the_first_scene_that_fits_is_played(
    stage: Stage, given: dict[str, object], summary: str
) -> None:
    conditions = {
        "second iteration": "iteration: 2",
        "number": "item: 7",
        "third round": "attempt: 2, round: 3",
        "second attempt": "attempt: 2",
        "else": "iteration: 1",
    }
    scenes = "".join(
        f"  - {{role: executor, {c}, answer: {{outcome: done, summary: {name}}}}}\n"
        for name, c in conditions.items()
    )
    agent = stage.agent(f"playbook: 1\nscenes:\n{scenes}")
    for _ in range(2):  # asked again, after a crash, it says the same
        assert stage.ask(agent, invocation(**given)).answer.summary == summary  # type: ignore[union-attr]


def test_without_a_scene_the_message_says_what_to_add(stage: Stage) -> None:
    agent = stage.agent(scene("round: 1\n" + DONE))
    with pytest.raises(AgentUnavailable) as caught:
        stage.ask(agent, invocation(iteration=2, round=3))
    assert str(caught.value) == (
        f"the playbook {stage.folder}/play.yml has no scene for executor, "
        'item "parse-interval", iteration 2, attempt 1, round 3; add one and run again'
    )
    with pytest.raises(AgentUnavailable, match=r"has no scene for planner, iteration 1,"):
        stage.ask(agent, invocation("planner"))


def test_a_scene_can_say_what_the_prompt_must_show(stage: Stage) -> None:
    agent = stage.agent(scene("sees: [It works., 'red,\n  green, refactor', not there]\n" + DONE))
    with pytest.raises(
        AgentUnavailable, match=r'play\.yml:3: the scene expects to see "not there",'
    ):
        stage.ask(agent, invocation())
    agent = stage.agent(scene("sees: [It works., 'red, green, refactor']\n" + DONE))
    assert stage.ask(agent, invocation()).answer


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_block_of_the_document_is_a_playbook(tmp_path: Path, number: int) -> None:
    file = tmp_path / "play.yml"
    file.write_text(BLOCKS[number], encoding="utf-8")
    roles = load_roles([ROLES], TemplateWords())
    for played in read_playbook(file, roles).scenes:
        kind = roles[played.role].kind
        if played.answer.get("summary") != "Blocked without a question.":
            parse_answer(kind, played.answer, {})


def test_the_documents_last_block_is_the_one_that_fails(stage: Stage) -> None:
    from bot.domain.errors import AgentFailed

    with pytest.raises(AgentFailed):
        stage.ask(stage.agent(BLOCKS[-1]), invocation())


def test_the_document_names_every_key_tool_and_field() -> None:
    from bot.agents.answers import ANSWERS

    text = DOCUMENT.read_text(encoding="utf-8")
    names = [*SCENE_KEYS, *METHODS]
    for kind in RoleKind:
        schema = ANSWERS[kind].model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            names += part.get("properties", {})
    assert [name for name in names if f"`{name}`" not in text] == []
