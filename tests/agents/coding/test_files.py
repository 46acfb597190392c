"""Agent files: what they may say, and the sentence for each mistake."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agents import Coding, open_agent
from bot.agents.coding.files import AgentFile, agent_files, load_agent
from bot.agents.coding.find import choose, find_agents, installation, program_of
from bot.agents.coding.hearing import found_at
from bot.agents.coding.lines import Lines, plain
from bot.agents.coding.variables import VARIABLES, fill
from bot.domain.errors import UserError
from bot.wiring.machine import SystemClock
from bot.words import TemplateWords
from bot.workspace.process import run_watched

SHIPPED = TemplateWords().root / "agents"
GOOD = """\
name: mine
title: Mine
runtime: command
command: [mine, "{prompt_file}"]
prompt: file
install: ask me
"""


def broken(folder: Path, text: str) -> str:
    path = folder / "mine.yml"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        load_agent(path)
    return str(error.value).removeprefix(f"{folder}/")


def test_every_shipped_file_is_sound_and_commented() -> None:
    files = agent_files(SHIPPED)
    over_acp = {"claude-acp", "opencode-acp", "codex-acp", "gemini-acp"}
    assert {*files} == over_acp | {"claude-code", "opencode", "codex", "aider"}
    example = load_agent(SHIPPED / "examples" / "generic.yml")
    assert "install" in example.model_fields_set
    for path in SHIPPED.rglob("*.yml"):
        assert path.read_text().startswith("# "), f"{path.name} says first what it is"


def test_the_page_for_authors_names_every_agent_field_and_variable() -> None:
    page = (SHIPPED.parents[1] / "docs" / "agents.md").read_text()
    names = [*agent_files(SHIPPED), *AgentFile.model_fields]
    for name in (*names, *(f"{{{variable}}}" for variable in VARIABLES)):
        assert f"`{name}`" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("{prompt_file}", "{promptfile}"), "mine.yml:4: command.1: {promptfile} is no variable"),
        (("install: ask me\n", ""), "mine.yml:1: install: Field required"),
        (("runtime: command", "runtime: magic"), "mine.yml:3: runtime: Input should be"),
        (("[mine, ", "['{role}', "), "mine.yml:4: command: the first argument is the program's"),
        (("command: [", "colour: red\ncommand: ["), "mine.yml:4: colour: Extra inputs"),
        (("prompt: file", "prompt: argument"), "mine.yml:1: the prompt is an argument"),
        (('"{prompt_file}"', "x"), "mine.yml:1: the prompt is a file: `command` must hold"),
        (('"{prompt_file}"', '"{pass}"'), "{pass} may stand in the environment only"),
        (("install:", "provider: anthropic\ninstall:"), "name the variable that gets {pass}"),
        (("install:", "environment: {A: '{pass}'}\ninstall:"), "need a provider"),
        (("runtime: command", "runtime: acp"), "leave `prompt` and `result` out"),
        (("install:", "files: own\ninstall:"), "use files themselves: leave `files` out"),
        (("install:", "home: {a/../../b: x}\ninstall:"), "home.a/../../b"),
        (("install:", "home: {/etc/b: x}\ninstall:"), "home./etc/b"),
        (("install:", "output: {words: [x]}\ninstall:"), "text has no places to name"),
        (("install:", "limits: {seconds: 0}\ninstall:"), "mine.yml:6: limits.seconds: Input"),
        (("name: mine", "name: other"), "mine.yml:1: the agent other belongs into other.yml"),
        (("title: Mine", "title: ["), "not YAML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    assert told in broken(tmp_path, GOOD.replace(*change))


def test_an_unknown_variable_is_told_with_those_that_exist(tmp_path: Path) -> None:
    said = broken(tmp_path, GOOD.replace("{prompt_file}", "{promptfile} {prompt_file}"))
    assert "{promptfile} is no variable; there are prompt_file, prompt, result_file" in said


def test_a_repositorys_file_replaces_a_shipped_one_but_opens_no_folder(tmp_path: Path) -> None:
    place = ".github/specloop/agents/mine.yml"
    assert agent_files(SHIPPED, {place: GOOD})["mine"].title == "Mine"
    with pytest.raises(UserError, match=rf"^{place}: .* cannot name `readable` paths"):
        agent_files(SHIPPED, {place: f"{GOOD}readable: [~/.ssh]\n"})
    with pytest.raises(UserError, match=rf"^{place}:1: not YAML"):
        agent_files(SHIPPED, {place: "["})
    (tmp_path / "mine.yml").write_text(f"{GOOD}readable: [~/.ssh]\n")
    assert agent_files(tmp_path)["mine"].readable == ("~/.ssh",)


def program(folder: Path, name: str, text: str = "#!/bin/sh\necho 1.2.3 of it\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_what_is_on_the_path_is_found_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = program(tmp_path / "bin", "opencode")
    monkeypatch.setenv("PATH", f"{here.parent}:/usr/bin:/bin")
    files = {name: f for name, f in agent_files(SHIPPED).items() if name.startswith("opencode")}
    found = find_agents(files, run_watched)
    assert [(f.name, f.program, f.version) for f in found] == [
        ("opencode", here, "1.2.3 of it"),
        ("opencode-acp", here, "1.2.3 of it"),
    ]
    assert choose(files).name == "opencode"
    program(tmp_path / "bin", "opencode", "#!/bin/sh\nexit 1\n")
    assert [f.version for f in find_agents(files, run_watched)] == ["", ""]


def test_no_agent_at_all_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    words = TemplateWords()
    for spec, told in {
        "auto": "there is no coding agent on PATH; install one, say claude-code: npm install",
        "claude-code": "needs the program `claude`, which is not on PATH: npm install",
        "nobody": 'there is no agent "nobody"; there are playbook:FILE, auto',
    }.items():
        with pytest.raises(UserError, match=told):
            open_agent(spec, {}, words, SystemClock(), coding=Coding(SHIPPED))


def test_an_installation_is_what_the_program_needs_and_no_more(tmp_path: Path) -> None:
    modules = tmp_path / "lib" / "node_modules"
    script = program(modules / "agent" / "dist", "cli.js", "#!/usr/bin/env sh\n")
    assert installation(script) == (modules,)
    alone = program(tmp_path / "home" / ".local" / "bin", "agent")
    assert installation(alone) == (alone,)
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    python = Path(sys.base_prefix, "bin", "python3")
    (tmp_path / "venv" / "bin").mkdir()
    (tmp_path / "venv" / "bin" / "python").symlink_to(python)
    tool = program(tmp_path / "venv" / "bin", "tool", f"#!{tmp_path}/venv/bin/python\n")
    needed = installation(tool)
    assert needed[0] == tmp_path / "venv"
    if not sys.base_prefix.startswith("/usr"):
        assert any(python.resolve().is_relative_to(folder) for folder in needed[1:])


def test_the_place_behind_a_link_is_what_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "mine.yml").write_text(GOOD)
    real = program(tmp_path / "opt", "mine-1.0")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mine").symlink_to(real)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program_of(agent_files(tmp_path / "agents")["mine"]) == real.resolve()


@given(st.text(alphabet="a{}_p", max_size=30))
def test_braces_without_a_variable_stay_as_they_are(text: str) -> None:
    values = dict.fromkeys(VARIABLES, "value")
    try:
        filled = fill(text, values)
    except KeyError:
        return  # an unknown name: refused when the file is read
    assert filled == text


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_lines_do_not_depend_on_how_they_arrive(data: bytes, cuts: list[int]) -> None:
    got: list[str] = []
    lines = Lines(got.append)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        lines.feed(data[start:end])
    lines.close()
    assert got == data.removesuffix(b"\n").decode("utf-8", "replace").split("\n") or not data


@given(st.text())
def test_plain_text_holds_nothing_that_steers_a_terminal(text: str) -> None:
    shown = plain(f"{text}\x1b[31mred\x1b]0;title\x07\x08")
    assert "\x1b" not in shown
    assert "\x08" not in shown
    assert plain(shown) == shown


@given(st.recursive(st.none() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from(["a", "b", "*"]), v)))  # fmt: skip
def test_a_path_finds_only_what_is_there(value: object) -> None:
    for found in found_at(value, "a.*.b"):
        assert found is not None
        assert isinstance(value, dict)
