"""A session of pytest whose hub answered otherwise than GitHub fails, and says where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.hub import found_world, start_hub
from bot.hub.server.shapes import FOLDER_VARIABLE
from tests.hub.conftest import set_up
from tests.hub.schemas import queries, rest
from tests.hub.schemas.published import published
from tests.hub.schemas.record import read_record

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
SERVED = {
    **ANSWERED,
    "method": "POST",
    "route": "/graphql",
    "request": {"variables": {"n": "two"}},
    "document": "query($n: Int!) { viewer { login repositories(first: $n) { totalCount } } }",
    "response": {"data": {}},
}


def run(folder: Path, *entries: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run pytest on one test during which some hub leaves these entries."""
    published(*rest.PACKAGE)
    published(*queries.PACKAGE)
    lines = "".join(json.dumps(entry) + "\n" for entry in entries)
    (folder / "test_one.py").write_text(TEST.format(lines=lines))
    command = [sys.executable, "-m", "pytest", "-p", "tests.hub.schemas.session"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    environment = {k: v for k, v in os.environ.items() if k != FOLDER_VARIABLE}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def test_a_right_record_passes(tmp_path: Path) -> None:
    right = {**ANSWERED, "status": 404, "response": {"message": "Not Found"}}
    done = run(tmp_path, right)
    assert done.returncode == 0, done.stdout
    assert "7 answers of 1 hubs, 1 REST routes, 0 GraphQL documents" in done.stdout


def test_a_wrong_answer_fails_the_session(tmp_path: Path) -> None:
    done = run(tmp_path, ANSWERED)
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
    tmp_path: Path, document: str, words: str
) -> None:
    done = run(tmp_path, {**SERVED, "document": document})
    assert done.returncode == 1, done.stdout
    assert f"POST /graphql {words}" in done.stdout


def test_what_faults_answered_and_what_was_refused_is_left_out(tmp_path: Path) -> None:
    refused = {**SERVED, "response": {"errors": [{"message": "No"}]}}
    done = run(tmp_path, {**ANSWERED, "injected": True}, refused)
    assert done.returncode == 0, done.stdout
    assert "1 made by faults left out" in done.stdout


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
