"""Real conversations: pydantic-ai, the real tools and the real validation around a playbook."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.agents.access import Access
from bot.domain.agents import ExecutorAnswer, ExecutorOutcome, RoleKind
from bot.domain.errors import AgentFailed, AgentUnavailable, UserError
from bot.domain.plan import PlannerAnswer
from bot.domain.verdict import SpecialistAnswer, VerifierAnswer
from tests.agents.conftest import DONE, Stage, invocation, scene


def test_an_executor_writes_files_and_answers(stage: Stage) -> None:
    agent = stage.agent(
        scene(
            f"""
            do:
              - write: {{path: src/a.py, text: "x = 1\\n"}}
              - - replace: {{path: src/a.py, old: "1", new: "2"}}
                - read: src/a.py
              - list: .
              - grep: "x ="
              - run: [python3, -m, unittest]
            after: 2.5
            {DONE}
            """.replace("\n            ", "\n")
        )
    )
    reply = stage.ask(agent, invocation())
    assert reply.answer == ExecutorAnswer(ExecutorOutcome.DONE, "It is done", "Do it")
    assert (stage.tree / "src/a.py").read_text() == "x = 2\n"
    assert stage.told == [
        ("write", "src/a.py"),
        ("replace", "src/a.py"),
        ("read", "src/a.py"),
        ("list", "."),
        ("grep", "x ="),
        ("run", "python3 -m unittest"),
    ]
    assert stage.ran == [(["python3", "-m", "unittest"], stage.tree, 120.0)]
    assert reply.usage.requests == 6
    assert reply.usage.seconds == 2.5
    assert reply.usage.input_tokens > 0
    assert reply.usage.cost_usd == 0


def test_every_kind_returns_its_answer(stage: Stage) -> None:
    answers = {
        "planner": (
            "{decision: CONTINUE, reason: r, items: [{key: a, title: T, description: d}],"
            " assignments: [[a, old], ['#9']]}"
        ),
        "verifier": (
            "{met: true, rationale: r, criteria: [{criterion: c, met: true,"
            " evidence: [{path: a.py, line: 3}]}]}"
        ),
        "code-reviewer": (
            "{summary: s, feedback: [{title: t, description: d, priority: low, category: naming}]}"
        ),
    }
    scenes = "".join(f"  - {{role: {r}, answer: {a}}}\n" for r, a in answers.items())
    agent = stage.agent(f"playbook: 1\nscenes:\n{scenes}")
    prompt = {"spec": {"title": "s", "body": "b"}, "items": [{"number": 7, "key": "old"}]}
    prompt["items"][0]["title"] = "Old"  # type: ignore[index]
    plan = stage.ask(agent, invocation("planner", prompt=prompt)).answer
    assert isinstance(plan, PlannerAnswer)
    assert plan.assignments == (("a", "#7"), ("#9",))
    verdict = stage.ask(agent, invocation("verifier")).answer
    assert isinstance(verdict, VerifierAnswer)
    assert verdict.criteria[0].evidence[0].line == 3
    review = stage.ask(agent, invocation("code-reviewer", RoleKind.SPECIALIST)).answer
    assert isinstance(review, SpecialistAnswer)
    assert review.feedback[0].category == "naming"


def test_an_answer_that_stays_wrong_fails_after_two_repairs(stage: Stage) -> None:
    agent = stage.agent(scene("answer: {outcome: blocked, summary: I wait}"))
    with pytest.raises(AgentFailed, match="2 repairs: blocked without a question"):
        stage.ask(agent, invocation())
    text = (stage.transcripts / "1.executor.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[-1]["requests"] == 3
    assert lines[-1]["end"].startswith("AgentFailed")
    assert "blocked without a question" in json.dumps(lines[1:-1])


def test_a_real_model_can_repair_its_answer(stage: Stage) -> None:
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    from bot.agents.roles import load_roles
    from bot.agents.runtime import ModelAgent, Surroundings
    from bot.words import TemplateWords
    from tests.agents.conftest import ROLES

    def turn(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        count = sum(isinstance(m, ModelResponse) for m in messages)
        answers = [
            TextPart("I am done!"),
            ToolCallPart("answer", {"outcome": "finished", "summary": "s"}),
            ToolCallPart("answer", {"outcome": "done", "summary": "s"}),
        ]
        return ModelResponse(parts=[answers[count]])

    class Source:
        def open(self, asked: object, role: object) -> Access:
            return Access(FunctionModel(turn), "function")

    words = TemplateWords()
    agent = ModelAgent(load_roles([ROLES], words), Source(), Surroundings(words, stage.clock))
    assert stage.ask(agent, invocation()).usage.requests == 3


def test_a_model_is_told_where_the_common_beginning_ends(stage: Stage) -> None:
    stage.ask(stage.agent(scene(DONE)), invocation())
    lines = (stage.transcripts / "1.executor.jsonl").read_text().splitlines()
    shared, point, moving = json.loads(lines[1])["parts"][0]["content"]
    assert "It works." in shared
    assert point["kind"] == "cache-point"
    assert moving.startswith("# Your work")


def test_failed_tools_are_told_to_the_model_and_the_listener(stage: Stage) -> None:
    steps = "do:\n  - read: nothing.txt\n  - replace: {path: ../x, old: a, new: b}\n" + DONE
    stage.ask(stage.agent(scene(steps)), invocation())
    assert stage.told[0] == ("read", "nothing.txt (failed: there is no nothing.txt)")
    assert "leads out of the folder" in stage.told[1][1]
    transcript = (stage.transcripts / "1.executor.jsonl").read_text()
    assert "failed: there is no nothing.txt" in transcript


def test_a_reader_has_no_tool_that_changes(stage: Stage) -> None:
    agent = stage.agent(scene("do:\n  - write: {path: a, text: b}\n" + DONE))
    stage.ask(agent, invocation(), writable=False)
    assert not (stage.tree / "a").exists()
    transcript = (stage.transcripts / "1.executor.jsonl").read_text()
    assert "Unknown tool name: 'write_file'" in transcript


def test_the_request_limit_ends_a_conversation(stage: Stage) -> None:
    steps = "".join("  - list: .\n" for _ in range(101))
    agent = stage.agent(scene(f"do:\n{steps}{DONE}"))
    with pytest.raises(AgentFailed, match="used up its 100 requests"):
        stage.ask(agent, invocation())


def test_the_output_limit_ends_a_conversation(stage: Stage) -> None:
    from dataclasses import replace

    from bot.agents.playbook import PlaybookModels
    from bot.agents.playbook_format import read_playbook
    from bot.agents.runtime import ModelAgent, Surroundings
    from tests.agents.conftest import SHIPPED, WORDS

    file = stage.folder / "play.yml"
    file.write_text(scene("do:\n  - list: .\n  - list: .\n" + DONE))
    models = PlaybookModels(read_playbook(file), stage.clock)
    roles = {"executor": replace(SHIPPED["executor"], output_tokens=5)}
    agent = ModelAgent(roles, models, Surroundings(WORDS, stage.clock))
    with pytest.raises(AgentFailed, match="used up its 5 output tokens"):
        stage.ask(agent, invocation())


def test_time_runs_out(stage: Stage) -> None:
    import asyncio

    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    from bot.agents.conversation import Conversation
    from bot.agents.prompt import Prompt
    from bot.agents.roles import Role

    async def sleepy(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        await asyncio.sleep(30)
        raise AssertionError

    role = Role("slow", RoleKind.EXECUTOR, "Slow", (), 5, 0.05, "slow.md", "", "", "")
    talk = Conversation(
        Access(FunctionModel(sleepy), "function"), role, Prompt("s", "", "u"), {}, {}
    )
    with pytest.raises(AgentFailed, match=r"no answer within 0\.05 seconds"):
        talk.hold()


@pytest.mark.parametrize(
    ("status", "error"), [(529, AgentUnavailable), (401, AgentUnavailable), (429, AgentUnavailable)]
)
def test_a_provider_that_refuses_makes_the_agent_unavailable(
    status: int, error: type[Exception]
) -> None:
    from pydantic_ai.exceptions import ModelHTTPError
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    from bot.agents.conversation import Conversation
    from bot.agents.prompt import Prompt
    from bot.agents.roles import Role

    def refuse(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise ModelHTTPError(status, "m", {"error": "no"})

    role = Role("r", RoleKind.EXECUTOR, "R", (), 5, 5, "r.md", "", "", "")
    with pytest.raises(error, match=str(status)):
        Conversation(Access(FunctionModel(refuse), "f"), role, Prompt("s", "", "u"), {}, {}).hold()


def test_a_transcript_that_cannot_be_saved_costs_no_answer(stage: Stage) -> None:
    stage.transcripts.write_text("a file where the folder should be")
    assert stage.ask(stage.agent(scene(DONE)), invocation()).answer
    assert stage.told[-1][0] == "transcript"


def test_unknown_roles_and_wrong_kinds_are_unavailable(stage: Stage) -> None:
    agent = stage.agent(scene(DONE))
    with pytest.raises(AgentUnavailable, match="there is no role nobody; there are: adv"):
        stage.ask(agent, invocation("nobody", RoleKind.SPECIALIST))
    with pytest.raises(AgentUnavailable, match="is of the kind executor, not verifier"):
        stage.ask(agent, invocation("executor", RoleKind.VERIFIER))


@pytest.mark.parametrize("spec", ["", "model:x", "playbook", "playbook:"])
def test_an_unknown_agent_lists_what_exists(spec: str) -> None:
    from bot.agents import open_agent
    from bot.words import TemplateWords
    from tests.agents.conftest import FakeClock

    with pytest.raises(UserError, match="what exists now: playbook:FILE"):
        open_agent(spec, {}, TemplateWords(), FakeClock())


def test_opening_an_agent_imports_no_pydantic_ai() -> None:
    code = (
        "import sys, bot.agents, bot.words;"
        "light = {'pydantic', 'jinja2', 'yaml', 'pydantic_ai'} & set(sys.modules);"
        "import bot.agents.runtime, bot.agents.playbook, bot.agents.playbook_format;"
        "print(light, 'pydantic_ai' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set() False"
