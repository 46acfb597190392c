import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.workspace.detect import CommitTree, detect, needs_pytest
from bot.workspace.python import can_import, find_python

PYTHON = Path("/py")


@dataclass
class Files:
    files: dict[str, str]

    @property
    def paths(self):
        return self.files.keys()

    def read(self, path):
        return self.files[path].encode() if path in self.files else None


PYTEST = ("/py", "-m", "pytest", "-q", "-p", "no:cacheprovider")
RUFF = ("/py", "-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")
UNITTEST = ("/py", "-m", "unittest", "discover", "-s")
TESTCASE = "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): pass\n"

CASES = {
    "nothing": ({"README": ""}, []),
    "pytest in pyproject": ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, [PYTEST]),
    "pytest 9 in pyproject": ({"pyproject.toml": "[tool.pytest]\n"}, [PYTEST]),
    "pytest.ini": ({"pytest.ini": ""}, [PYTEST]),
    "setup.cfg": ({"setup.cfg": "[tool:pytest]\n"}, [PYTEST]),
    "tox.ini": ({"tox.ini": "[pytest]\n"}, [PYTEST]),
    "tox.ini of something else": ({"tox.ini": "[tox]\n"}, []),
    "conftest": ({"tests/conftest.py": ""}, [PYTEST]),
    "imports pytest": ({"tests/test_a.py": "import os\nimport pytest\n"}, [PYTEST]),
    "plain functions": ({"tests/test_a.py": "def test_x(): pass\n"}, [PYTEST]),
    "unittest package": (
        {"tests/test_a.py": TESTCASE, "tests/__init__.py": ""},
        [(*UNITTEST, "tests", "-t", ".")],
    ),
    "unittest folder": ({"tests/test_a.py": TESTCASE}, [(*UNITTEST, "tests")]),
    "unittest at the top": ({"test_a.py": TESTCASE}, [(*UNITTEST, ".")]),
    "ruff in pyproject": ({"pyproject.toml": "[tool.ruff]\nline-length = 9\n"}, [RUFF]),
    "ruff.toml": ({"ruff.toml": "", "tests/test_a.py": TESTCASE}, [(*UNITTEST, "tests"), RUFF]),
    "broken configuration": ({"pyproject.toml": "[", "setup.cfg": "x", "tox.ini": "[pytest"}, []),
    "odd configuration": ({"pyproject.toml": "tool = 3\n"}, []),
}


@pytest.mark.parametrize(("files", "commands"), CASES.values(), ids=CASES.keys())
def test_gates_are_concluded_from_files(files, commands):
    found = detect(Files(files), PYTHON, lambda *_: True)
    assert [gate.command for gate in found.gates] == commands
    assert len(found.reasons) == max(len(commands), 1)


def test_what_the_interpreter_lacks_is_said():
    files = Files({"pytest.ini": "", "ruff.toml": ""})
    found = detect(files, PYTHON, lambda *_: False)
    assert [gate.name for gate in found.gates] == ["tests"]  # red, rather than nothing tested
    assert "/py has no pytest" in found.reasons[1]
    assert "ruff is left out" in found.reasons[2]


def test_a_commit_is_looked_at_without_a_checkout(clone, world):
    commit = world.commit({"tests/test_a.py": "from pytest import raises\n"})
    clone.fetch()
    assert needs_pytest(CommitTree.of(clone, commit)) == "tests/test_a.py imports pytest"


def fake(path: Path, code: int) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_the_projects_own_interpreter_comes_first(tmp_path, monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    other = fake(tmp_path / "env/bin/python", 0)
    own = fake(tmp_path / "repo/.venv/bin/python", 0)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    assert find_python(tmp_path / "repo") == own
    assert find_python(None) == other


def test_one_that_has_what_is_needed_is_preferred(tmp_path, monkeypatch):
    own = fake(tmp_path / "repo/.venv/bin/python", 1)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    other = fake(tmp_path / "env/bin/python", 0)
    assert find_python(tmp_path / "repo", ("pytest",)) == other
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(own))
    fake(tmp_path / "env2/bin/python", 1)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env2"))
    assert find_python(tmp_path / "repo", ("pytest",)) == own  # nobody has it: the usual order


def test_modules_are_found_without_importing_them():
    assert can_import(Path(sys.executable), "json", "pytest")
    assert not can_import(Path(sys.executable), "json", "no_such_module")
    assert not can_import(Path("/nowhere/python"))
