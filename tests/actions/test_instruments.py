"""The workflow files before the instruments of others: zizmor, and GitHub's own parser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.actions import programs
from tests.actions.test_files import CALLER, FILES, WORKFLOWS
from tests.instruments import npm


def parsed(*paths: Path) -> dict[str, list[str]]:
    """Return what GitHub's parser finds wrong, by file name."""
    problem = npm.install()
    if problem:
        programs.unavailable(problem)
    ran = subprocess.run(
        ["node", npm.FOLDER / "workflows.mjs", *paths],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, list[str]] = json.loads(ran.stdout)
    return {Path(name).name: errors for name, errors in found.items()}


def test_githubs_own_parser_finds_nothing(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.yml"
    think = next(path for path in WORKFLOWS if path.name == "think.yml")
    spoilt.write_text(think.read_text().replace("fail-fast", "fail-fst"))
    caller = tmp_path / "caller.yml"
    caller.write_bytes(CALLER.read_bytes())
    found = parsed(*WORKFLOWS, caller, spoilt)
    assert "Unexpected value 'fail-fst'" in found.pop("spoilt.yml")[0]
    assert found == {path.name: [] for path in (*WORKFLOWS, caller)}


@pytest.mark.parametrize("spoilt", [False, True], ids=["as it is", "spoilt"])
def test_zizmor_finds_nothing(spoilt: bool, tmp_path: Path) -> None:
    for path in FILES:
        folder = tmp_path / (path.stem if path.name == "action.yml" else ".github/workflows")
        folder.mkdir(parents=True, exist_ok=True)
        name = "caller.yml" if path == CALLER else path.name
        text = path.read_text().replace(".ci/run", "echo ${{ github.head_ref }}" if spoilt else "x")
        (folder / name).write_text(text)
    ran = subprocess.run(
        [programs.program(*programs.ZIZMOR), "--offline", "--strict-collection", "--format", "json",
         tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    found = [one["ident"] for one in json.loads(ran.stdout)]
    assert found == (["template-injection"] if spoilt else []), ran.stdout
