import os
import sys
import threading

import pytest

from bot.domain.errors import Cancelled
from bot.domain.findings import Gate, GateCategory, GateResult, Severity
from bot.workspace.gates import CheckoutGates


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "gates"


@pytest.fixture
def run(clone, folder, base):
    """Run one gate on the base tree and return its result."""

    def one(*command: str, timeout: float = 60.0, **options) -> GateResult:
        gates = CheckoutGates(clone, folder, **options)
        gate = Gate("g", command, GateCategory.TEST, timeout)
        report = gates.run(tree(clone, base), [gate], lambda *_: None, {})
        assert list(folder.iterdir()) == []
        return report.results[0]

    return one


def tree(clone, commit: str) -> str:
    return clone.git.out(["rev-parse", f"{commit}^{{tree}}"]).decode().strip()


def test_a_gate_sees_the_tree_and_is_green(run, clone, base):
    result = run("sh", "-c", "test -f src/a.py && test ! -e .git && ls")
    assert result.passed
    assert result.findings == ()
    assert result.tree == tree(clone, base)


def test_a_gate_is_told_nothing_of_ours(run, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "sesame")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sesame")
    result = run("sh", "-c", "env; exit 1")
    names = {line.partition("=")[0] for line in result.findings[0].message.splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {
        *("PATH", "HOME", "TMPDIR", "LANG", "CI", "NO_COLOR"),
        *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "GIT_CEILING_DIRECTORIES"),
    }


def test_python_finds_the_projects_modules(run):
    assert run(sys.executable, "-c", "import a; import src.a", timeout=60).findings[0].path


def test_a_missing_command_is_red_and_said(run):
    result = run("no-such-command")
    assert not result.passed
    assert result.findings[0].message == (
        "The command 'no-such-command' could not be started: No such file or directory."
    )
    assert not run("./README").passed
    assert not run().passed


def test_a_hang_is_red_and_said_with_what_it_printed(run):
    result = run("sh", "-c", "echo busy; sleep 600", timeout=0.3)
    assert not result.passed
    assert result.findings[0].message == "The gate did not end within 0.3 s and was stopped."
    assert result.findings[0].severity is Severity.MAJOR
    assert result.findings[1].message == "busy"


def test_a_flood_is_red_and_said(run):
    result = run("yes", flood=1 << 20)
    assert not result.passed
    assert "printed more than 1 MB" in result.findings[0].message


def test_a_background_child_is_not_waited_for(run):
    assert run("sh", "-c", "sleep 600 & exit 0").passed


def test_a_gate_that_somebody_killed_is_run_once_more(run):
    once = "test -e mark || { touch mark; kill -9 $$; }"
    assert run("sh", "-c", once).passed


def test_a_gate_killed_by_a_signal_is_red_and_said(run):
    assert "signal 9" in run("sh", "-c", "kill -9 $$").findings[0].message


def test_colour_and_the_temporary_folder_do_not_show(run):
    result = run(
        "sh", "-c", "printf '\\033[31m%s/src/a.py:2:1: \\033[1mE1 bad\\033[0m\\n' $PWD; exit 1"
    )
    (finding,) = result.findings
    assert (finding.path, finding.line, finding.message) == ("src/a.py", 2, "E1 bad")


def test_a_gate_cannot_be_fooled_by_a_path_outside(run):
    result = run("sh", "-c", "echo '/etc/passwd:1: root'; echo '../x:1: y'; exit 1")
    (finding,) = result.findings
    assert finding.path is None


def test_gates_run_by_category_and_a_red_build_skips_the_rest(clone, folder, base):
    told = []
    gates = [
        Gate("lint", ("true",), GateCategory.LINT),
        Gate("test", ("true",), GateCategory.TEST),
        Gate("build", ("true",), GateCategory.BUILD),
    ]
    runner = CheckoutGates(clone, folder)
    report = runner.run(tree(clone, base), gates, lambda r, c: told.append((r.gate, c)), {})
    assert report.green
    assert told == [("build", False), ("test", False), ("lint", False)]
    gates[2] = Gate("build", ("false",), GateCategory.BUILD)
    report = runner.run(tree(clone, base), gates, lambda *_: None, {})
    assert not report.green
    assert [r.gate for r in report.results] == ["build"]


def test_known_results_are_not_repeated_and_told_as_cached(clone, folder, base):
    told = []
    judged = tree(clone, base)
    known = {
        "a": GateResult("a", judged, True, 1.0),
        "b": GateResult("b", "another tree", True, 1.0),
    }
    gates = [Gate("a", ("false",)), Gate("b", ("false",))]
    report = CheckoutGates(clone, folder).run(
        judged, gates, lambda r, c: told.append((r.gate, r.passed, c)), known
    )
    assert told == [("a", True, True), ("b", False, False)]
    assert not report.green


def test_gates_share_a_checkout_that_the_next_run_does_not(clone, folder, base):
    runner = CheckoutGates(clone, folder)
    write = Gate("write", ("sh", "-c", "test ! -e made && touch made"), GateCategory.BUILD)
    look = Gate("look", ("test", "-e", "made"), GateCategory.TEST)
    for _ in range(2):
        assert runner.run(tree(clone, base), [write, look], lambda *_: None, {}).green


def test_what_a_killed_process_left_is_removed(clone, folder):
    left = folder / "gates-999999999-abc"
    (left / "tree").mkdir(parents=True)
    mine = folder / f"gates-{os.getpid()}-abc"
    mine.mkdir()
    CheckoutGates(clone, folder)
    assert list(folder.iterdir()) == [mine]


def test_a_cancel_is_no_verdict(run, folder):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        run("sleep", "600", cancel=cancel)
    assert list(folder.iterdir()) == []


def test_gates_lock_and_litter_and_the_folder_still_goes(run):
    script = "mkdir -p x/y && touch x/y/z && chmod 000 x && chmod 500 . && mkfifo $TMPDIR/p"
    assert run("sh", "-c", script).passed


PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
UNITTEST = (sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", ".")


def judged(world, clone, folder, files, command):
    commit = world.commit(files)
    clone.fetch()
    gate = Gate("tests", command, GateCategory.TEST)
    report = CheckoutGates(clone, folder).run(tree(clone, commit), [gate], lambda *_: None, {})
    return report.results[0]


def test_a_real_pytest_is_read(world, clone, folder):
    source = """import pytest
from src.a import f

def test_deep():
    f(0)

class TestMore:
    @pytest.mark.parametrize("x", [1, 2])
    def test_value(self, x):
        assert x == 1, "only one"
"""
    files = {
        "src/a.py": "def f(x):\n    return 1 / x\n",
        "tests/test_x.py": source,
        "tests/test_broken.py": "import nowhere\n",
        "pytest.ini": "[pytest]\naddopts = --continue-on-collection-errors\n",
    }
    result = judged(world, clone, folder, files, PYTEST)
    assert not result.passed
    found = {(f.path, f.line): f.message for f in result.findings}
    assert "nowhere" in found[("tests/test_broken.py", 1)]
    assert found[("tests/test_x.py", 5)].startswith("test_deep: ZeroDivisionError")
    assert found[("tests/test_x.py", 10)].startswith("TestMore.test_value[2]: AssertionError: only")
    assert len(found) == 3
    assert all(f.severity is Severity.MAJOR for f in result.findings)


def test_a_real_unittest_is_read(world, clone, folder):
    source = """import unittest
from src.a import f

class T(unittest.TestCase):
    def test_deep(self):
        f(0)

    def test_value(self):
        self.assertEqual("a\\nb", "a\\nc")
"""
    files = {
        "src/a.py": "def f(x):\n    return 1 / x\n",
        "tests/__init__.py": "",
        "tests/test_x.py": source,
        "tests/test_broken.py": "import nowhere\n",
    }
    result = judged(world, clone, folder, files, UNITTEST)
    assert not result.passed
    found = {(f.path, f.line): f.message for f in result.findings}
    assert "ZeroDivisionError" in found[("src/a.py", 2)]
    assert "AssertionError" in found[("tests/test_x.py", 9)]
    assert "nowhere" in found[("tests/test_broken.py", 1)]
    assert len(found) == 3
