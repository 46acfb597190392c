"""What manifests tell: by table, and that nothing in them makes a draft that is no YAML."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.wiring.configuration import parse_configuration
from bot.wiring.setup.copilot import read_steps
from bot.wiring.setup.drafts import configuration, toolchain
from bot.wiring.setup.labels import repository_of
from bot.wiring.setup.toolchain import guess
from bot.words import TemplateWords

WORDS = TemplateWords()
PROJECT = "[project]\nname = 'shop'\n"


@dataclass(frozen=True)
class Files:
    files: Mapping[str, str]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.files)

    def read(self, path: str) -> bytes | None:
        text = self.files.get(path)
        return None if text is None else text.encode("utf-8", "replace")


def steps_of(text: str) -> list[dict[str, str]]:
    action = yaml.safe_load(text)
    assert set(action) == {"name", "description", "runs"}
    found: list[dict[str, str]] = action["runs"]["steps"]
    assert found
    for step in found:
        assert set(step) == {"name", "shell", "run"}
        checked = subprocess.run(["bash", "-n"], input=step["run"], text=True, check=False)
        assert checked.returncode == 0
    return found


@pytest.mark.parametrize(
    ("files", "installs", "removes", "gates"),
    [
        (
            {"requirements.txt": "", "dev-requirements.txt": ""},
            "-r requirements.txt -r dev-",
            "",
            [],
        ),
        (
            {"pyproject.toml": PROJECT, "conftest.py": ""},
            "install --quiet . pytest",
            "yes shop",
            [],
        ),
        (
            {"pyproject.toml": f"{PROJECT}optional-dependencies = {{dev = ['x'], docs = []}}\n"},
            "'.[dev]'",
            "yes shop",
            [],
        ),
        (
            {"pyproject.toml": f"{PROJECT}[dependency-groups]\ntest = ['pytest']\n"},
            ". --group test",
            "--upgrade pip",
            [],
        ),
        ({"setup.py": "", "setup.cfg": "[metadata]\nname = old-shop\n"}, ".", "yes old-shop", []),
        ({"go.mod": "module x\n"}, "go version", "", ["go-build", "go-test"]),
        ({"Cargo.toml": "", "Cargo.lock": ""}, "cargo --version", "", ["cargo-test"]),
        ({"package.json": "{broken"}, "node --version", "", ["npm-install"]),
        (
            {"package.json": '{"scripts": {"build": ""}}', "pyproject.toml": PROJECT},
            "node --version",
            "yes shop",
            ["npm-install", "npm-build", "python-tests"],
        ),
        ({"README.md": "x", "pyproject.toml": "broken ["}, "Nothing is prepared", "", []),
        ({"pyproject.toml": "[project]\nname = 'x; rm -rf /'\n"}, "Nothing is prepared", "", []),
    ],
)
def test_manifests_tell_tools_and_gates(
    files: Mapping[str, str], installs: str, removes: str, gates: list[str]
) -> None:
    found = guess(Files(files))
    text = "\n".join(s["run"] for s in steps_of(toolchain(found, None, WORDS)))
    assert installs in text
    assert removes in text
    settings, _ = parse_configuration(configuration(found, WORDS).encode())
    assert [g.name for g in settings.gates] == gates
    assert settings.network is bool(gates)


NAMES = st.sampled_from(["pyproject.toml", "package.json", "setup.cfg", "go.mod", "conftest.py"])
PARTS = st.text() | st.sampled_from(
    [PROJECT, "[tool.poetry]\nname='a b'\n", '{"scripts": 1}', "[]"]
)


@given(st.dictionaries(NAMES, PARTS))
def test_whatever_manifests_hold_the_drafts_are_valid(files: dict[str, str]) -> None:
    found = guess(Files(files))
    assert yaml.safe_load(toolchain(found, None, WORDS))["runs"]["steps"]
    parse_configuration(configuration(found, WORDS).encode())


STEP = st.dictionaries(
    st.sampled_from(["name", "run", "uses", "with", "env", "if", "timeout-minutes", "x"]),
    st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text()),
)


@example([{"run": "${{ secrets.X }}\0"}], None)
@given(st.lists(STEP), st.none() | st.dictionaries(st.text(), st.text()))
def test_whatever_steps_there_are_the_draft_is_valid(
    steps: list[dict[str, object]], env: dict[str, str] | None
) -> None:
    job = {"jobs": {"copilot-setup-steps": {"steps": steps, "env": env}}}
    read = read_steps(yaml.safe_dump(job).encode(), "f.yml")
    made = yaml.safe_load(toolchain(guess(Files({})), read, WORDS))["runs"]["steps"]
    assert len(made) == max(1, len(steps) - len(read.left_out))


@given(st.binary())
def test_no_bytes_break_the_reader_of_steps(content: bytes) -> None:
    with pytest.raises(UserError, match=r"^f\.yml .*mend it\.$"):
        read_steps(content, "f.yml")


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/mary/shop.git",
        "https://x:secret@github.com/mary/shop",
        "git@github.com:mary/shop.git",
        "ssh://git@github.com:22/mary/shop.git/",
    ],
)
def test_remotes_tell_their_repository(remote: str) -> None:
    assert repository_of(remote, "https://github.com") == "mary/shop"
    assert repository_of(remote, "https://github.example.org") == ""
    assert repository_of(f"{remote}/more/x", "https://github.com") == ""
