"""Real input for the loop: sqlparse 0.5.0 becomes 0.5.1, change by change, under its own tests.

Nobody here wrote sqlparse. Both releases are fetched; spec, items, tests and code are made of
their difference while the test runs, and none of it is stored in this repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.wiring.recorded import Recorded, recorded
from tests.real.sdists import Files, changelog, differing, fetch
from tests.real.story import Change, Release, playbook, spec

OLD, NEW = "0.5.0", "0.5.1"
PINNED = {
    OLD: "714d0a4932c059d16189f58ef5411ec2287a4360f17cdd0edd2d09d4c5087c93",
    NEW: "bb6b4df465655ef332548e24f08e205afc81b9ab86cb1c45657a7ff173a3a00e",
}
FOLDERS = ("sqlparse", "tests")
VERSION = "sqlparse/__init__.py"  # bumped by the release itself, no change of anybody's

CASES = Change(
    "several-cases",
    (784,),
    (
        "sqlparse/engine/statement_splitter.py",
        "tests/test_split.py",
        "tests/files/multiple_case_in_begin.sql",
    ),
)
ORDER = Change("order-of-nulls", (532,), ("sqlparse/keywords.py", "tests/test_tokenize.py"))
SPACES = Change(
    "spaces",
    (772, 782, 783),  # three issues whose tests stand side by side in one file
    (
        *("sqlparse/cli.py", "sqlparse/formatter.py", "sqlparse/sql.py"),
        *("sqlparse/engine/grouping.py", "sqlparse/filters/others.py"),
        *("sqlparse/filters/reindent.py", "tests/test_format.py", "tests/test_grouping.py"),
    ),
)
CHANGES = (CASES, ORDER, SPACES)

# Two rounds: one for the tests, one for the code. Its tests are found by detection.
SETTINGS = "limits: {rounds: 2}\nspecialists: []\n"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    found = fetch(tmp_path_factory.mktemp("sdists"), "sqlparse", PINNED)
    said = changelog(found[NEW]["CHANGELOG"].decode(), NEW)
    return Release(found[OLD], found[NEW], said)


class Desk:
    """Somebody's machine: a checkout of the old release, and the command line."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.checkout = folder / "sqlparse"
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {**os.environ, "PATH": path, "SPECLOOP_HOME": str(folder / "home")}
        for name, content in {**files, ".github/specloop.yml": SETTINGS.encode()}.items():
            place = self.checkout / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all", "--force")
        self.git("config", "user.name", "Desk")
        self.git("config", "user.email", "desk@example.org")
        self.git("commit", "--quiet", "--no-gpg-sign", "-m", f"Release {OLD}")
        self.base = self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        return self._do("git", *words)

    def specloop(self, *words: str) -> str:
        return self._do(str(Path(sys.executable).with_name("specloop")), *words)

    def look(self, *words: str) -> dict[str, Any]:
        return json.loads(self.specloop(*words, "--json", "--repo", "."))

    def _do(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.checkout, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=280,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


class Record:
    """What the loop wrote down about the milestone, on its own git ref."""

    def __init__(self, found: Recorded) -> None:
        self._found = found
        self.clone = found.git_dir

    def gates(self, number: int, attempt: int, round_: int) -> tuple[bool, str]:
        """Return whether a round was green, and what was found when it was not."""
        path = f"/rounds/{number}.{attempt}/{round_}.json"
        (name,) = [p for p in self._found.paths() if p.endswith(path)]
        (tests,) = self._results(self._tree(self._read(name)["head"]))
        return tests["passed"], "\n".join(f["message"] for f in tests["findings"])

    def judged(self, tree: str) -> bool:
        """Return whether a tree was judged by the gates, and green."""
        results = self._results(tree)
        return bool(results) and all(result["passed"] for result in results)

    def _results(self, tree: str) -> list[dict[str, Any]]:
        names = [p for p in self._found.paths() if p.startswith("gates/") and tree in p]
        return [result for name in names for result in self._read(name)["results"]]

    def _tree(self, head: str) -> str:
        command = ("git", f"--git-dir={self.clone}", "rev-parse", f"{head}^{{tree}}")
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _read(self, path: str) -> Any:
        content = self._found.read(path)
        return content.get("value", content)


@pytest.mark.timeout(400)
def test_a_release_that_none_of_us_wrote(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The three changes are all that differs; every one brings tests that the old code fails.
    touched = sorted(path for change in CHANGES for path in change.files)
    assert touched == sorted(differing(release.old, release.new, FOLDERS) - {VERSION})
    assert sorted(release.said) == sorted(n for change in CHANGES for n in change.issues)
    assert all(release.new_tests(change) for change in CHANGES)

    desk = Desk(tmp_path, release.old)
    (tmp_path / "SPEC.md").write_text(spec(release, NEW, CHANGES))
    (tmp_path / "playbook.yml").write_text(playbook(release, CHANGES, spoilt=CASES))
    agent = f"playbook:{tmp_path / 'playbook.yml'}"
    run = desk.specloop("run", "../SPEC.md", "--repo", ".", "--agent", agent, "--yes")
    assert "The spec is met." in run

    status = desk.look("status")
    number = {item["key"]: item["number"] for item in status["items"]}
    story = {change.key: desk.look("show", str(number[change.key])) for change in CHANGES}
    monkeypatch.setenv("SPECLOOP_HOME", desk.environment["SPECLOOP_HOME"])
    record = Record(recorded(desk.checkout, None))

    # Each change: red with its tests alone, and the tests are named; green with its code; merged.
    for change in (ORDER, SPACES):
        green, found = record.gates(number[change.key], 1, 1)
        assert not green
        assert all(name in found for name in release.new_tests(change))
        assert record.gates(number[change.key], 1, 2) == (True, "")
        (attempt,) = story[change.key]["attempts"]
        assert (attempt["outcome"], attempt["rounds"]) == ("ready", 2)
        assert [t["outcome"] for t in story[change.key]["trains"]] == ["merged"]

    # One token of the third was altered. The release's own test refuses it and is named; it comes
    # no further than the bot's clone. Put right, it lands as well.
    (caught,) = release.new_tests(CASES)
    for round_ in (1, 2):
        green, found = record.gates(number[CASES.key], 1, round_)
        assert not green
        assert caught in found
    failed, ready = story[CASES.key]["attempts"]
    assert (failed["outcome"], failed["rounds"], ready["outcome"]) == ("failed", 2, "ready")
    assert [g["passed"] for g in failed["gates"]] == [False]
    assert [(t["iteration"], t["outcome"]) for t in story[CASES.key]["trains"]] == [(2, "merged")]
    assert record.gates(number[CASES.key], 2, 1) == (True, "")
    spoilt = tmp_path / "spoilt.py"
    spoilt.write_text(release.mutant(CASES.code[0]))
    blob = desk.git("hash-object", "--no-filters", str(spoilt)).strip()
    everything = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    assert blob in desk.git(f"--git-dir={record.clone}", *everything)
    assert blob not in desk.git(*everything)

    # Three iterations, three pull requests; main was judged at the start and after each, and green.
    history = desk.look("log")["history"]
    assert [(h["decision"], len(h["merged"])) for h in history] == [
        ("CONTINUE", 2), ("CONTINUE", 1), ("DONE", 0),
    ]  # fmt: skip
    (result,) = desk.git("for-each-ref", "--format=%(refname)", "refs/heads/specloop/").split()
    trees = desk.git("log", "--format=%T", result).split()
    assert len(trees) == 1 + len(CHANGES)
    assert all(record.judged(tree) for tree in trees)

    # What arrived is the new release, file by file, and nothing else.
    changed = desk.git("diff", "--name-only", desk.base, result).split()
    assert sorted(changed) == touched
    for path in touched:
        assert desk.git("show", f"{result}:{path}").encode() == release.new[path], path
