"""Waking, against the hub and with a job's own token: events, the schedule, what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import UserError
from bot.domain.run import Standing
from bot.wiring.waking import read_job, wake
from tests.hub.stage import Stage
from tests.setup.alarm import LATER, LONG_AGO, Alarm


@pytest.fixture
def alarm(stage: Stage, tmp_path: Path) -> Alarm:
    alarm = Alarm(stage, tmp_path)
    alarm.install()
    return alarm


def test_a_label_begins_and_what_waits_already_is_enough(alarm: Alarm) -> None:
    spec = alarm.spec()
    number = spec["number"]
    labelled = {"action": "labeled", "issue": spec, "label": {"name": "spec"}}
    edited = {"action": "edited", "issue": spec}
    assert "has no record" in alarm.rings("issues", edited)
    assert "has no record" in alarm.comments(alarm.stage.owner, spec, "/status")
    assert alarm.runs() == []

    assert "an iteration was dispatched" in alarm.rings("issues", labelled)
    assert alarm.runs() == [(f"specloop #{number}", "queued")]
    assert "a run that waits already will see it" in alarm.rings("issues", labelled)
    assert len(alarm.runs()) == 1

    # One that has begun may have read the comments already: another waits behind it.
    alarm.moves("in_progress")
    alarm.record(number, Standing.RUNNING)
    alarm.rings("issues", edited)
    assert [status for _, status in alarm.runs()] == ["in_progress", "queued"]
    alarm.comments(alarm.stage.owner, alarm.item(number), "/retry")
    assert len(alarm.runs()) == 2


def test_an_older_spec_begins_with_continue(alarm: Alarm) -> None:
    spec = alarm.spec()
    assert "no open spec has begun" in alarm.rings("schedule", {})
    assert "holds no command" in alarm.comments(alarm.stage.owner, spec, "When does it begin?")
    assert "has no record" in alarm.comments(alarm.stage.newcomer(), spec, "/continue")
    assert "dispatched" in alarm.comments(alarm.stage.owner, spec, "Please:\n/continue")
    assert len(alarm.runs()) == 1


def test_stop_cancels_for_those_who_may_and_is_recorded(alarm: Alarm) -> None:
    spec = alarm.spec()
    number = spec["number"]
    alarm.record(number, Standing.RUNNING)
    alarm.rings("workflow_dispatch", {"inputs": {"milestone": str(number)}})
    alarm.moves("in_progress")
    stranger = alarm.stage.newcomer()

    said = alarm.comments(stranger, spec, "/stop")
    assert "asked to end" not in said
    assert alarm.asked_to_end() == []
    assert [status for _, status in alarm.runs()] == ["in_progress", "queued"]

    said = alarm.comments(alarm.stage.owner, alarm.item(number), "/pause")
    assert "was asked to end; its work is kept" in said
    assert "a run that waits already will see it" in said
    assert alarm.asked_to_end() == [f"specloop #{number}"]
    assert [status for _, status in alarm.runs()] == ["in_progress", "queued"]


def test_a_stop_that_was_taken_back_or_edited_by_a_stranger_cancels_nothing(alarm: Alarm) -> None:
    spec, owner = alarm.spec(), alarm.stage.owner
    alarm.record(spec["number"], Standing.RUNNING)
    alarm.rings("workflow_dispatch", {"inputs": {"milestone": f"#{spec['number']}"}})
    alarm.moves("in_progress")
    made = owner.post(f"{alarm.stage.path}/issues/{spec['number']}/comments", {"body": "/stop"})
    event = {"action": "edited", "issue": spec, "comment": made}
    stranger = {"sender": {"login": alarm.stage.newcomer().login}}
    assert "dispatched" in alarm.rings("issue_comment", {**event, **stranger})
    owner.patch(f"{alarm.stage.path}/issues/comments/{made['id']}", {"body": "never mind"})
    assert "waits already" in alarm.rings("issue_comment", event)
    owner.delete(f"{alarm.stage.path}/issues/comments/{made['id']}")
    assert "waits already" in alarm.rings("issue_comment", event)
    assert alarm.asked_to_end() == []


def test_the_schedule_finds_what_was_dropped_and_leaves_the_rest(alarm: Alarm) -> None:
    dropped, resting, rested, waiting, done = (alarm.spec()["number"] for _ in range(5))
    alarm.spec()  # has not begun
    alarm.record(dropped, Standing.RUNNING)
    alarm.record(resting, Standing.RUNNING, due_at=LATER)
    alarm.record(rested, Standing.WAITING, due_at=LONG_AGO)
    closed = alarm.spec()["number"]
    alarm.record(closed, Standing.RUNNING)
    alarm.stage.owner.patch(f"{alarm.stage.path}/issues/{closed}", {"state": "closed"})
    alarm.stage.settle()
    for number in (waiting, done):
        alarm.record(number, Standing.WAITING if number == waiting else Standing.DONE)
        # A look that ended well: what came before it was seen.
        alarm.rings("workflow_dispatch", {"inputs": {"milestone": str(number)}})
        alarm.moves("completed", "success")
    before = len(alarm.runs())

    said = alarm.rings("schedule", {"schedule": "17 * * * *"})
    new = [title for title, _ in alarm.runs()[before:]]
    assert new == [f"specloop #{dropped}", f"specloop #{rested}"], said
    assert f"#{resting}: nothing is to be done." in said
    again = alarm.rings("schedule", {})
    assert f"#{dropped}: an iteration is under way." in again
    assert len(alarm.runs()) == before + 2


def test_the_schedule_finds_a_review(alarm: Alarm) -> None:
    stage, root = alarm.stage, alarm.spec()["number"]
    body = f"Work.\n\n<!-- specloop key=pr/2.1 nonce={root}.cd -->"
    pull = stage.pull(f"specloop/{root}/2/1", {"x.txt": "x"}, body=body)
    alarm.record(root, Standing.WAITING)
    alarm.rings("workflow_dispatch", {"inputs": {"milestone": str(root)}})
    alarm.moves("completed", "success")
    stage.owner.post("/_hub/clock", {"advance": 5})
    assert "nothing is to be done" in alarm.rings("schedule", {})
    review = {"event": "REQUEST_CHANGES", "body": "Please rename it."}
    stage.owner.post(f"{stage.path}/pulls/{pull['number']}/reviews", review)
    stage.settle()
    assert "something changed" in alarm.rings("schedule", {})
    assert alarm.runs()[-1] == (f"specloop #{root}", "queued")


def test_a_closed_pull_request_wakes_its_milestone(alarm: Alarm) -> None:
    stage, root = alarm.stage, alarm.spec()["number"]
    alarm.record(root, Standing.WAITING)
    pull = stage.pull(f"specloop/{root}/2/1")
    closed = stage.owner.patch(f"{stage.path}/pulls/{pull['number']}", {"state": "closed"})
    event = {"action": "closed", "number": pull["number"], "pull_request": closed}
    assert "dispatched" in alarm.rings("pull_request_target", event)
    own = alarm.rings("pull_request_target", {**event, "sender": {"login": stage.bot.login}})
    assert "the bot itself" in own
    assert len(alarm.runs()) == 1


def test_an_own_label_and_a_broken_configuration(alarm: Alarm) -> None:
    checkout = alarm.stage.clone(alarm.stage.owner)
    checkout.commit({".github/specloop.yml": "labels: {spec: build-me}\n"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    issue = alarm.stage.issue("x", labels=["build-me"])
    labelled = {"action": "labeled", "issue": issue, "label": {"name": "build-me"}}
    assert "dispatched" in alarm.rings("issues", labelled)
    checkout.commit({".github/specloop.yml": "labels: 7\n"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    said = alarm.rings("issues", {**labelled, "label": {"name": "spec"}})
    assert said.startswith(".github/specloop.yml: `labels`")
    assert "a run that waits already" in said


def test_lost_answers_dispatch_at_least_once(alarm: Alarm) -> None:
    owner, spec = alarm.stage.owner, alarm.spec()
    path = f"{alarm.stage.path}/actions/workflows/specloop.yml/dispatches"
    rule = {
        "fault": "fail",
        "answer": "drop",
        "times": 2,
        "match": {"method": "POST", "path": path},
    }
    labelled = {"action": "labeled", "issue": spec, "label": {"name": "spec"}}
    for when, runs in (("before", 1), ("after", 3)):
        owner.put("/_hub/faults", {"rules": [{**rule, "when": when}]})
        alarm.rings("issues", labelled)
        owner.delete("/_hub/faults")
        assert [s for _, s in alarm.runs()].count("queued") == runs
        alarm.moves("completed", "cancelled")


def test_what_cannot_be_dispatched_is_a_sentence(alarm: Alarm) -> None:
    labelled = {"action": "labeled", "issue": alarm.spec(), "label": {"name": "spec"}}
    short = {"actions": "read", "contents": "read", "issues": "read"}
    with pytest.raises(UserError, match=r"needs `permissions: actions: write`\.$"):
        alarm.rings("issues", labelled, short)
    checkout = alarm.stage.clone(alarm.stage.owner)
    checkout.git("rm", "-q", ".github/workflows/specloop.yml")
    checkout.commit({}, "Uninstall")
    checkout.git("push", "-q", "origin", "HEAD:main")
    with pytest.raises(UserError, match=r"must be on the default branch, be enabled, and take"):
        alarm.rings("issues", labelled)
    assert alarm.runs() == []


def test_outside_of_a_job_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, .* is not set: "):
        wake({})
    path = tmp_path / "event.json"
    whole = {"GITHUB_EVENT_NAME": "issues", "GITHUB_EVENT_PATH": str(path),
             "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"}  # fmt: skip
    for content in (b"", b"{", b"\xff", b"[" * 100_000):
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"^The event at .* cannot be read \(\w+\)\.$"):
            wake(whole)
    path.write_text("{}")
    reference = {"GITHUB_WORKFLOW_REF": "o/r/.github/workflows/bot.yml@refs/heads/main"}
    assert read_job({**whole, **reference}).workflow == "bot.yml"
    assert read_job(whole).workflow == "specloop.yml"
