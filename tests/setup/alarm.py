"""What the wake's stories need: a repository with the workflow, records, and events as jobs see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.run import RunState, Standing
from bot.github.markers import Marker, signed
from bot.state.codec import JsonCodec
from bot.wiring.waking import wake
from tests.hub.stage import Person, Stage

WORKFLOW = """\
name: specloop
run-name: "specloop #${{ inputs.milestone }}"
on:
  workflow_dispatch: {inputs: {milestone: {type: string}}}
"""
GRANTED = {"actions": "write", "contents": "read", "issues": "read", "pull_requests": "read"}


@dataclass
class Alarm:
    """A repository in which specloop is installed, and its wake job."""

    stage: Stage
    folder: Path

    def install(self) -> None:
        """Put the workflow on the default branch."""
        checkout = self.stage.clone(self.stage.owner)
        checkout.commit({".github/workflows/specloop.yml": WORKFLOW})
        checkout.git("push", "-q", "origin", "HEAD:main")

    def spec(self, *labels: str) -> dict[str, Any]:
        """Open a spec."""
        spec: dict[str, Any] = self.stage.issue("A shop", labels=["spec", *labels])
        return spec

    def item(self, root: int) -> dict[str, Any]:
        """Open an item as the bot does."""
        body = signed("Build it.", Marker("item/x", f"{root}.ab"))
        wish = {"title": "x", "body": body, "labels": ["specloop:work"]}
        item: dict[str, Any] = self.stage.bot.post(f"{self.stage.path}/issues", wish)
        return item

    def record(self, root: int, standing: Standing, due_at: datetime | None = None) -> None:
        """Publish a record of a milestone that stands so."""
        state = RunState(root, standing=standing, due_at=due_at)
        checkout = self.stage.clone()
        checkout.commit({"state.json": JsonCodec().encode(state).decode()}, "Stand")
        checkout.git("push", "-q", "-f", "origin", f"HEAD:refs/specloop/{root}")

    def rings(
        self, event: str, payload: Mapping[str, Any], permissions: Mapping[str, str] | None = None
    ) -> str:
        """Run the wake job for an event and return what it said; its summary says the same."""
        path, summary = self.folder / "event.json", self.folder / "summary.md"
        home = {"full_name": f"{self.stage.owner.login}/{self.stage.name}"}
        sender = {"sender": {"login": self.stage.owner.login}}
        path.write_text(json.dumps({"repository": home, **sender, **payload}))
        summary.unlink(missing_ok=True)
        wish = {"kind": "workflow", "permissions": dict(permissions or GRANTED),
                "repositories": [home["full_name"]]}  # fmt: skip
        environment = {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": home["full_name"],
            "GITHUB_API_URL": self.stage.owner.url,
            "GITHUB_SERVER_URL": self.stage.owner.url,
            "GITHUB_TOKEN": self.stage.owner.post("/_hub/tokens", wish)["token"],
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        said: list[str] = []
        assert wake(environment, said.append) == 0
        assert summary.read_text() == "".join(f"- {line}\n" for line in said)
        return "\n".join(said)

    def comments(self, person: Person, issue: Mapping[str, Any], body: str) -> str:
        """Comment, and run the wake job for it."""
        path = f"{self.stage.path}/issues/{issue['number']}/comments"
        made = person.post(path, {"body": body})
        payload = {"action": "created", "issue": issue, "comment": made}
        return self.rings("issue_comment", {**payload, "sender": {"login": person.login}})

    def runs(self) -> list[tuple[str, str]]:
        """Return title and status of the runs, oldest first."""
        listed = self.stage.owner.get(f"{self.stage.path}/actions/runs")["workflow_runs"]
        return [(r["display_title"], r["conclusion"] or r["status"]) for r in reversed(listed)]

    def moves(self, status: str, conclusion: str | None = None) -> list[Any]:
        """Let the newest run that has not ended be at a status; return runs to be cancelled."""
        mine = f"{self.stage.owner.login}/{self.stage.name}"
        here = [r for r in self.stage.owner.get("/_hub/runs") if r["repository"] == mine]
        body = {"status": status, **({"conclusion": conclusion} if conclusion else {})}
        self.stage.owner.patch(f"/_hub/runs/{here[-1]['id']}", body)
        return [r["title"] for r in here if r["is_cancelled"]]

    def asked_to_end(self) -> list[str]:
        """Return the titles of runs that were asked to end and have not."""
        mine = f"{self.stage.owner.login}/{self.stage.name}"
        runs = self.stage.owner.get("/_hub/runs")
        return [r["title"] for r in runs if r["repository"] == mine and r["is_cancelled"]]


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
