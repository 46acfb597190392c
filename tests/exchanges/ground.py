"""Where scenes are recorded: a repository of the hub, or a scratch repository on GitHub."""

from __future__ import annotations

import base64
import io
import os
import secrets
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.domain.effects import CreateIssue, CreatePullRequest
from bot.domain.errors import UserError
from bot.domain.work import MilestoneRef
from bot.hub import MAINTAINER, found_world, start_hub
from bot.wiring.machine import SystemClock
from bot.workspace.remote import Remote, without_secrets
from tests.exchanges.scene import Facts, Wire, intent, wish

T = TypeVar("T")
HUB = "the hub, specloop's embedded GitHub: no real GitHub recorded this"
GITHUB = "https://api.github.com"
WORKFLOW = ".github/workflows/specloop.yml"
ENDED, RUNNING, DISPATCHED = 7, 8, 9
"""Milestones that the runs are for; the workflow lets that of `RUNNING` wait to be cancelled."""
LABELS = ("specloop:work", "specloop:blocked", "priority:high")


class Ground:
    """One repository, and one person's token that opens it."""

    lag = 0.2
    """Seconds until listings show what was written."""
    pace = False
    recorded_by = HUB

    def __init__(self, base_url: str, git_url: str, repository: str, token: str) -> None:
        self.base_url, self.repository, self.token = base_url, repository, token
        self.remote = Remote(f"{git_url}/{repository}.git", lambda: token)
        self.base: str = self.call("GET", "")["default_branch"]
        self.viewer: str = self.ask("GET", "/user")["login"]

    def ask(self, method: str, path: str, **json: Any) -> Any:
        """Send a request of a person's; nothing of the client under test is used."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(timeout=30, follow_redirects=True) as http:
            answer = http.request(method, self.base_url + path, json=json or None, headers=headers)
        if answer.status_code in (401, 403, 404) and path == f"/repos/{self.repository}":
            raise UserError(f"The token cannot see {self.repository}: {answer.text[:200]}")
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def call(self, method: str, path: str, **json: Any) -> Any:
        return self.ask(method, f"/repos/{self.repository}{path}", **json)

    def wire(self) -> Wire:
        return Wire(self.base_url, self.token, self.repository, SystemClock(), self.pace)

    def settle(self) -> None:
        time.sleep(self.lag * 1.5)

    def root(self) -> Facts:
        """Open a spec with its milestone and labels."""
        title = f"Build a shop {secrets.token_hex(3)}"
        number = self.call("POST", "/issues", title=title, body="There shall be a shop.")["number"]
        with self.wire() as wire:
            made: MilestoneRef = wire.tracker.prepare(f"{title} (#{number})", LABELS)
        return {"root": number, "milestone": made.number, "title": made.title}

    def child(self, facts: Facts, key: str) -> Facts:
        """Open a child of the root; return what its intent is made of, number and node id."""
        made_of = wish(facts["root"])
        effect = CreateIssue(key, f"Title of {key}", "Do.", LABELS[:1], facts["root"],
                             facts["milestone"])  # fmt: skip
        with self.wire() as wire:
            (made,) = wire.tracker.create([intent(made_of, effect)])
        return {**made_of, "number": made.number, "node_id": made.node_id}

    def pull(self, facts: Facts, key: str, closes: int) -> Facts:
        """Open a pull request; return what its intent is made of, its branch and its head."""
        branch = f"specloop/{facts['root']}/{key}"
        sha = self.push(branch, {f"{facts['root']}-{key}.txt": "x\n"})
        made_of = wish(facts["root"])
        effect = CreatePullRequest(key, branch, self.base, f"Title of {key}", f"Closes #{closes}")
        with self.wire() as wire:
            (made,) = wire.tracker.create([intent(made_of, effect)])
        found = {"number": made.number, "node_id": made.node_id, "branch": branch, "sha": sha}
        return {**made_of, **found}

    def push(self, branch: str, files: dict[str, str]) -> str:
        """Put files on a branch off the base; return its head."""
        who = ["-c", f"user.name={self.viewer}", "-c", "user.email=record@example.invalid"]
        env = {**os.environ, **self.remote.credentials()}
        with tempfile.TemporaryDirectory(prefix="record-") as folder:

            def git(*words: str) -> str:
                command = ["git", "-C", folder, *who, *words]
                done = subprocess.run(command, env=env, check=False, capture_output=True)
                if done.returncode:
                    said = without_secrets(done.stderr, env).strip()
                    raise UserError(f"git {words[0]} in {self.repository}: {said}")
                return done.stdout.decode().strip()

            git("clone", "-q", "--depth=1", "--branch", self.base, self.remote.url, ".")
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            git("add", ".")
            if git("status", "--porcelain"):
                git("commit", "-q", "-m", f"Files for {branch}")
                git("push", "-q", "origin", f"HEAD:refs/heads/{branch}")
            return git("rev-parse", "HEAD")

    def tidy(self) -> None:
        """Close the pull requests that are left: every reading would list them."""
        for pull in self.call("GET", "/pulls?per_page=100"):
            if pull["head"]["ref"].startswith("specloop/"):
                self.call("PATCH", f"/pulls/{pull['number']}", state="closed")
        self.settle()

    @cached_property
    def runs(self) -> Facts:
        """A run that ended with an artifact, and one that is under way, by their ids."""
        text = (Path(__file__).parent / "workflow.yml").read_text()
        self.push(self.base, {WORKFLOW: text})
        ended, running = self.started(ENDED), self.started(RUNNING)
        self.finish(ended, running)
        self.settle()
        return {"ended": ended, "running": running}

    def started(self, milestone: int) -> int:
        """Dispatch the workflow and return the run's id."""
        path = f"/actions/workflows/{Path(WORKFLOW).name}/dispatches"
        wanted = {"ref": self.base, "inputs": {"milestone": str(milestone)}}
        answer = eventually(
            lambda: self.call("POST", path, **wanted, return_run_details=True), RuntimeError
        )
        return int(answer["workflow_run_id"])

    def finish(self, ended: int, running: int) -> None:
        """The hub runs no workflow: its own addresses say what a runner would."""
        self.ask("PATCH", f"/_hub/runs/{running}", status="in_progress")
        run = f"/_hub/runs/{ended}"
        self.ask("POST", f"{run}/jobs", name="deliver", conclusion="success", seconds=3)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("words.txt", "delivered\n")
        content = base64.b64encode(archive.getvalue()).decode()
        self.ask("PUT", f"{run}/artifacts/words", content=content)
        self.ask("PATCH", run, status="completed", conclusion="success")


class GitHubGround(Ground):
    """A scratch repository on the real GitHub."""

    lag = 10.0
    pace = True
    recorded_by = f"GitHub at {GITHUB}"

    def finish(self, ended: int, running: int) -> None:
        """GitHub's runners carry the workflow out."""
        self._await(ended, "completed")
        self._await(running, "in_progress")

    def _await(self, run: int, status: str) -> None:
        eventually(lambda: self.call("GET", f"/actions/runs/{run}")["status"] == status)


@contextmanager
def hub_ground() -> Iterator[Ground]:
    """A fresh repository of a fresh hub."""
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        world = found_world(Path(folder) / "world")
        with start_hub(world, lag=Ground.lag) as hub:
            token = world.tokens[MAINTAINER]
            headers = {"Authorization": f"Bearer {token}"}
            wanted = {"name": "scratch", "auto_init": True}
            made = httpx.post(f"{hub.url}/user/repos", json=wanted, headers=headers)
            made.raise_for_status()
            yield Ground(hub.url, hub.url, f"{MAINTAINER}/scratch", token)


def eventually(look: Callable[[], T], *passing: type[Exception]) -> T:
    """Return the first true thing that `look` says, within ten minutes."""
    until = time.monotonic() + 600
    while True:
        try:
            if found := look():
                return found
        except passing:
            if time.monotonic() > until:
                raise
        if time.monotonic() > until:
            raise TimeoutError("It did not come about within ten minutes.")
        time.sleep(3)
