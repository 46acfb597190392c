"""A session of pytest whose hub answered otherwise than GitHub fails, and says where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.hub import found_world, start_hub
from bot.hub.server.shapes import FOLDER_VARIABLE
from tests.hub.conftest import set_up
from tests.hub.schemas import queries, rest
from tests.hub.schemas.published import published
from tests.hub.schemas.record import read_record
from tests.hub.schemas.verdict import listed_differences

pytestmark = pytest.mark.timeout(400)
ROOT = Path(__file__).parents[3]
TEST = """
import os
from pathlib import Path

def test_that_records() -> None:
    folder = Path(os.environ["SPECLOOP_HUB_RECORD"])
    (folder / "1.jsonl").write_text({lines!r})
"""
ANSWERED = {
    "method": "GET",
    "route": "/rate_limit",
    "query": [],
    "request": None,
    "document": None,
    "status": 200,
    "type": "application/json; charset=utf-8",
    "response": {"resources": {}},
    "injected": False,
    "answers": 7,
}
RIGHT = {**ANSWERED, "status": 404, "response": {"message": "Not Found"}}
SERVED = {
    **ANSWERED,
    "method": "POST",
    "route": "/graphql",
    "request": {"variables": {"n": "two"}},
    "document": "query($n: Int!) { viewer { login repositories(first: $n) { totalCount } } }",
    "response": {"data": {}},
}


@dataclass(frozen=True)
class Suite:
    """A suite of one test, during which some hub leaves what it is told to."""

    folder: Path

    def run(
        self, *entries: dict[str, Any], options: tuple[str, ...] = ("-k", "records"), **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it as a person would; ``more`` are further variables of the environment."""
        lines = "".join(json.dumps(entry) + "\n" for entry in entries)
        (self.folder / "test_one.py").write_text(TEST.format(lines=lines))
        (self.folder / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
        inherited = {k: v for k, v in os.environ.items() if k != FOLDER_VARIABLE}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.hub.schemas.session", *options],
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(ROOT), **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    published(*rest.PACKAGE)
    published(*queries.PACKAGE)
    return Suite(tmp_path)


def test_a_right_record_passes(suite: Suite) -> None:
    done = suite.run(RIGHT)
    assert done.returncode == 0, done.stdout
    assert "7 answers of 1 hubs, 1 REST routes, 0 GraphQL documents" in done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_a_wrong_answer_fails_the_session(suite: Suite, workers: tuple[str, ...]) -> None:
    done = suite.run(ANSWERED, options=workers)
    assert done.returncode == 1, done.stdout
    assert "1 passed" in done.stdout
    assert "GET /rate_limit 200 .rate: missing" in done.stdout


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            SERVED["document"],
            "Variable '$n' has invalid value: Int cannot represent non-integer value\n",
        ),
        ("{ viewer { shoeSize } }", "Cannot query field 'shoeSize' on type 'User'."),
    ],
)
def test_a_document_that_github_would_refuse_fails_it(
    suite: Suite, document: str, words: str
) -> None:
    done = suite.run({**SERVED, "document": document})
    assert done.returncode == 1, done.stdout
    assert f"POST /graphql {words}" in done.stdout


def test_what_faults_answered_and_what_was_refused_is_left_out(suite: Suite) -> None:
    refused = {**SERVED, "response": {"errors": [{"message": "No"}]}}
    done = suite.run({**ANSWERED, "injected": True}, refused)
    assert done.returncode == 0, done.stdout
    assert "1 made by faults left out" in done.stdout


def test_a_listed_difference_that_did_not_occur_is_named_for_a_whole_run_only(
    suite: Suite,
) -> None:
    listed = min(listed_differences())
    done = suite.run(RIGHT, options=())
    assert done.returncode == 0, done.stdout
    assert f"and no longer so:\n  {listed}" in done.stdout
    assert listed not in suite.run(RIGHT).stdout


def test_without_descriptions_it_says_so_and_passes(suite: Suite, tmp_path: Path) -> None:
    done = suite.run(ANSWERED, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "GitHub's openapi 23.0.2 is not in the cache" in done.stdout


def test_a_hub_leaves_one_entry_of_each_shape_and_marks_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "record"))
    with start_hub(found_world(tmp_path / "world")) as hub:
        stage = set_up(hub, tmp_path)
        for _ in range(5):
            stage.owner.get(stage.path)
        stage.owner.put("/_hub/faults", {"rules": [{"fault": "fail", "answer": 502}]})
        assert stage.owner.http.get(stage.path).status_code == 502
        stage.close()
    record = read_record(tmp_path / "record")
    entries = [e for e in record.entries if e["method"] == "GET"]
    assert [(e["status"], e["injected"]) for e in entries] == [(200, False), (502, True)]
    assert (record.answers, record.hubs) == (8, 1)
