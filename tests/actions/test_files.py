"""The workflow files, read: what a slip of the pen could give away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.hub.actions.expressions import evaluate, fill
from tests.actions.rendering import ROOT

CALLER = ROOT / "templates/setup/specloop.yml"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FILES = [*WORKFLOWS, CALLER, ROOT / "action.yml"]
_PIN = re.compile(r"[\w-]+/[\w-]+(?:/[\w./-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_OWN = re.compile(r"\$/(?:\.|\.github/workflows/\w+\.yml)")
_CALLERS_OWN = "./.github/actions/specloop-setup"
WRITE = {"actions", "contents", "issues", "pull-requests", "statuses"}


def read(path: Path) -> dict[str, Any]:
    """Return a file's content."""
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every job with the name of its file before its own."""
    for path in (*WORKFLOWS, CALLER):
        for name, job in read(path)["jobs"].items():
            where = "caller" if path == CALLER else path.stem
            yield f"{where}/{name}", job


def steps() -> Iterator[dict[str, Any]]:
    """Yield every step, the action's included."""
    for _, job in jobs():
        yield from job.get("steps", ())
    yield from read(ROOT / "action.yml")["runs"]["steps"]


def permissions(job: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the permissions of a job."""
    return set(job["permissions"].items())


def test_every_job_names_its_permissions_and_ends() -> None:
    for path in (*WORKFLOWS, CALLER):
        assert read(path)["permissions"] == {}, path
    for name, job in jobs():
        assert job["permissions"], name
        assert ("uses" in job) != ("timeout-minutes" in job), name


def test_who_thinks_cannot_write_and_who_gates_has_no_secret() -> None:
    reading = {("contents", "read")}
    for name, job in jobs():
        words = yaml.safe_dump(job)
        kind = re.split(r"[/-]", name)[1] if "/think" in name or "/gates" in name else ""
        if kind:
            assert permissions(job) == reading, name
        assert "api-key" not in words or kind == "think" or name.startswith("caller/"), name
    assert "secrets" not in (ROOT / ".github/workflows/gates.yml").read_text()
    wake = read(ROOT / ".github/workflows/specloop.yml")["jobs"]["wake"]
    assert {name for name, level in permissions(wake) if level == "write"} == {"actions"}


def test_who_writes_runs_nothing_of_the_repository() -> None:
    [job] = read(ROOT / ".github/workflows/write.yml")["jobs"].values()
    assert permissions(job) == {(name, "write") for name in WRITE}
    used = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert used == [
        "actions/download-artifact",
        "actions/create-github-app-token",
        "$/.",
        "actions/upload-artifact",
    ]


def test_no_expression_stands_in_a_script() -> None:
    scripts = [step["run"] for step in steps() if "run" in step]
    assert len(scripts) > 4
    assert not [script for script in scripts if "${{" in script]


def test_everything_used_is_pinned() -> None:
    for line in "\n".join(path.read_text() for path in FILES).splitlines():
        used = line.strip().removeprefix("- ").partition("uses: ")
        if used[1] and not used[0]:
            known = _PIN.fullmatch(used[2]) or _OWN.fullmatch(used[2])
            assert known or used[2].startswith(f"{_CALLERS_OWN} # "), line


def test_nothing_is_cached_and_no_credentials_stay() -> None:
    for step in steps():
        used = step.get("uses", "")
        assert not used.startswith("actions/cache"), step
        assert "cache" not in step.get("with", {}), step
        if used.startswith("actions/checkout"):
            assert step["with"] == {"persist-credentials": False}
        if used.startswith("actions/upload-artifact") and "delivery" in step["with"]["name"]:
            assert step["if"] == "always()"


def test_what_is_ignored_of_zizmors_findings() -> None:
    found = re.findall(r"zizmor: ignore\[([\w-]+)\]", "".join(p.read_text() for p in FILES))
    assert sorted(found) == ["dangerous-triggers", "self-repository", "self-repository"]


def test_one_run_for_each_milestone_while_events_wait_for_nobody() -> None:
    concurrency = read(CALLER)["concurrency"]
    assert concurrency["cancel-in-progress"] is False
    started = (("1", {"milestone": "7"}), ("2", {"milestone": "7"}), ("3", {}), ("4", {}))
    groups = [
        fill(concurrency["group"], {"inputs": inputs, "github": {"run_id": run}})
        for run, inputs in started
    ]
    assert groups == ["specloop-7", "specloop-7", "specloop-3", "specloop-4"]


def happening(who: str = "User", body: str = "", label: str = "spec", head: str = "") -> Any:
    """Return as much of an event's payload as the workflow looks at."""
    return {
        "sender": {"type": who},
        "comment": {"body": body},
        "issue": {"labels": [{"name": "bug"}, {"name": label}]},
        "pull_request": {"head": {"ref": head}},
    }


@pytest.mark.parametrize(
    ("event", "payload", "wakes"),
    [
        ("schedule", {}, True),
        ("workflow_dispatch", {}, True),
        ("issues", happening(), True),
        ("issues", happening(label="question"), False),
        ("issues", happening("Bot"), False),
        ("issue_comment", happening(body="/stop"), True),
        ("issue_comment", happening(body="Please.\r\n/unblock #3\r\n"), True),
        ("issue_comment", happening(body="see https://example.org/stop"), False),
        ("issue_comment", happening(body="Thank you."), False),
        ("issue_comment", happening("Bot", body="/stop"), False),
        ("pull_request_target", happening("Bot", head="specloop/1/2/1"), True),
        ("pull_request_target", happening(head="feature"), False),
    ],
)
def test_no_runner_starts_for_what_concerns_nobody(event: str, payload: Any, wakes: bool) -> None:
    chain = read(ROOT / ".github/workflows/specloop.yml")
    label = chain[True]["workflow_call"]["inputs"]["label"]["default"]
    context = {
        "github": {"event_name": event, "event": payload},
        "inputs": {"milestone": "", "label": label},
    }
    assert evaluate(chain["jobs"]["wake"]["if"], context) is wakes
    assert not evaluate(chain["jobs"]["write-1"]["if"], context)
    context["inputs"]["milestone"] = "7"
    assert not evaluate(chain["jobs"]["wake"]["if"], context)
    assert evaluate(chain["jobs"]["write-1"]["if"], context)
