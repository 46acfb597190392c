"""The action's scripts where things are not as they must be."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.actions.rendering import ROOT


def run(script: str, folder: Path, **variables: str) -> tuple[int, str]:
    """Run a script of the action; programs in `folder` come first."""
    given = {"PATH": f"{folder}:/usr/bin:/bin", "RUNNER_TEMP": str(folder), **variables}
    ran = subprocess.run(
        ["bash", ROOT / "action" / script],
        env={**given, "GITHUB_ACTION_PATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ran.returncode, ran.stdout


def program(folder: Path, name: str, words: str) -> None:
    """Lay a program of a few words of shell."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def test_agents_and_gates_want_a_machine_that_is_thrown_away(tmp_path: Path) -> None:
    assert run("runner.sh", tmp_path, RUNNER_ENVIRONMENT="github-hosted") == (0, "")
    assert run("runner.sh", tmp_path, RUNNER_ENVIRONMENT="self-hosted", EPHEMERAL="true")[0] == 0
    for wish in ({"EPHEMERAL": "false"}, {}):
        code, said = run("runner.sh", tmp_path, RUNNER_ENVIRONMENT="self-hosted", **wish)
        assert code == 2
        assert said.startswith("::error::Agents and gates run only on GitHub's own runners")
        assert said.count("\n") == 1


def test_without_a_sandbox_nothing_starts(tmp_path: Path) -> None:
    program(tmp_path, "bwrap", "exit 1")
    program(tmp_path, "cat", "echo 0")
    code, said = run("sandbox.sh", tmp_path)
    assert code == 1
    assert said.startswith("::error::bubblewrap cannot make a sandbox on this runner")


def test_ubuntus_restriction_is_lifted_for_bubblewrap_alone(tmp_path: Path) -> None:
    program(tmp_path, "bwrap", "exit 0")
    program(tmp_path, "cat", "echo 1")
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "sudo", f'printf "%s " "$@" >>"{tmp_path}/asked"; /bin/cat >>"{tmp_path}/in"')
    assert run("sandbox.sh", tmp_path)[0] == 0
    asked = (tmp_path / "asked").read_text()
    assert asked == "-n tee /etc/apparmor.d/bwrap -n apparmor_parser -r /etc/apparmor.d/bwrap "
    told = (ROOT / "docs/sandbox.md").read_text()
    profile = (tmp_path / "in").read_text().strip()
    assert profile in "\n".join(line.removeprefix("    ") for line in told.splitlines())


def test_an_older_python_and_an_unknown_mode_are_told(tmp_path: Path) -> None:
    code, said = run("run.sh", tmp_path, MODE="dance")
    assert (code, said) == (2, "::error::mode must be wake, write, think or gates.\n")
    program(tmp_path, "python3", "exit 1")
    code, said = run("install.sh", tmp_path)
    assert code == 2
    assert said.startswith("::error::specloop needs Python 3.11 or later")
