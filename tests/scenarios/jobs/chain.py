"""A workflow run without a runner: every job a process of its own, with the token its job gets."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.scenes import Scene
from tests.scenarios.world import World, git

WRITES = {"contents": "write", "issues": "write", "pull_requests": "write", "statuses": "write",
          "actions": "write"}  # fmt: skip
READS = {"contents": "read"}
STAGES = 6
CONFIG = {"agent": "playbook:story.yml", "approve_plan": "never", "merge": "auto", "writer": False}
CALLER = "on:\n  workflow_dispatch:\n    inputs:\n      milestone: {required: true}\njobs: {}\n"
WORKFLOW = ".github/workflows/specloop.yml"


@dataclass
class Ran:
    """How one job ended."""

    name: str
    code: int
    output: str
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass
class Chain:
    """The runs of one milestone."""

    world: World
    folder: Path
    runs: int = 0
    ran: list[Ran] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """Environment of the jobs that think."""

    cancelled: dict[str, str] = field(default_factory=dict)
    """Names of jobs that are cancelled, once a file of a name is there."""
    lost: set[str] = field(default_factory=set)
    """Names of jobs whose runner is lost with all that it had."""

    def begin(self, *scenes: Scene, **config: object) -> None:
        """Open a spec in a repository whose own playbook plays the model."""
        world = self.world
        world.bot = "github-actions[bot]"
        world.plays(*scenes)
        files = {"story.yml": world.story(), WORKFLOW: CALLER}
        world.spec(files=files, config={**CONFIG, **config})
        wish = {"can_approve_pull_request_reviews": True, "default_workflow_permissions": "read"}
        world.does("PUT", f"/repos/{self.repository}/actions/permissions/workflow", **wish)

    def loses(self, name: str) -> None:
        """Let the runner of one job be lost, once."""
        self.lost.add(name)

    def dispatched(self) -> int:
        """Return how many runs were started so far."""
        path = f"/repos/{self.repository}/actions/runs?event=workflow_dispatch"
        return int(self.world.town.maintainer.call("GET", path)["total_count"])

    @property
    def repository(self) -> str:
        return self.world.site.milestone.repository

    def run(self, stages: int = STAGES) -> list[str]:
        """Run all stages of one workflow run; return the names of the jobs."""
        self.begin_run()
        began = len(self.ran)
        for stage in range(1, stages + 1):
            made = self.write(stage)
            think, gates = json.loads(made.outputs["think"]), json.loads(made.outputs["gates"])
            for name in think:
                self.think(stage, name)
            if gates:
                self.gates(stage)
            if not think and not gates:
                break
        self._fetch_record()
        return [r.name for r in self.ran[began:]]

    def begin_run(self) -> None:
        """Begin a workflow run, with the id that the hub gives it."""
        wish = {
            "repository": self.repository,
            "path": WORKFLOW,
            "event": "workflow_dispatch",
            "payload": {"inputs": {"milestone": str(self.world.root)}},
        }
        self.runs = int(self._post("/_hub/runs", **wish)["id"])

    def _post(self, address: str, **fields: object) -> dict[str, Any]:
        owner = self.world.town.maintainer
        made = owner.http.post(
            f"{owner.url}{address}", json=fields,
            headers={"Authorization": f"Bearer {owner.token}"},
        )  # fmt: skip
        assert made.status_code == 201, made.text
        return dict(made.json())

    def uploads(self, stage: int, name: str) -> None:
        """Keep what a job delivered where later runs find it."""
        folder, packed = self.delivery(stage, name), io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
        self.world.town.maintainer.call(
            "PUT", f"/_hub/runs/{self.runs}/artifacts/{folder.name}",
            content=base64.b64encode(packed.getvalue()).decode(),
        )  # fmt: skip

    def write(self, stage: int) -> Ran:
        """Run the job that writes; every artifact of the stage before is there."""
        args = ["write", "--milestone", str(self.world.root), "--stage", str(stage),
                "--deliveries", str(self.place / f"deliveries-{stage - 1}"),
                "--orders", str(self.place / f"orders-{stage}")]  # fmt: skip
        return self.job(f"write {stage}", args, WRITES)

    def think(self, stage: int, name: str) -> Ran:
        """Run one job of the matrix."""
        return self.job(f"think {name}", ["think", *self._carries(stage, name)], READS, self.keys)

    def gates(self, stage: int) -> Ran:
        """Run the job of the gates."""
        return self.job(f"gates {stage}", ["gates", *self._carries(stage, "gates")], READS)

    @property
    def place(self) -> Path:
        """Where the artifacts of the present run lie."""
        return self.folder / f"run-{self.runs}"

    def delivery(self, stage: int, name: str) -> Path:
        """The artifact of one job."""
        return self.place / f"deliveries-{stage}" / f"specloop-delivery-{stage}-{name}"

    def _carries(self, stage: int, name: str) -> list[str]:
        order = self.place / f"orders-{stage}" / f"{name}.json"
        return ["--order", str(order), "--out", str(self.delivery(stage, name))]

    def job(
        self,
        name: str,
        args: list[str],
        permissions: dict[str, str],
        keys: dict[str, str] | None = None,
    ) -> Ran:
        """Run one job on a fresh runner."""
        if name in self.lost:
            self.lost.remove(name)
            self.ran.append(Ran(name, 1, ""))
            return self.ran[-1]
        runner = self.folder / "runner"
        shutil.rmtree(runner, ignore_errors=True)
        runner.mkdir(parents=True)
        url = self.world.town.endpoint.url
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(runner),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_API_URL": url,
            "GITHUB_SERVER_URL": url,
            "GITHUB_RUN_ID": str(self.runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKFLOW_REF": f"{self.repository}/{WORKFLOW}@refs/heads/main",
            "GITHUB_TOKEN": self._token(permissions),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "RUNNER_TEMP": str(runner / "temp"),
            **(keys or {}),
        }
        program = Path(sys.executable).parent / "specloop"
        with subprocess.Popen(
            [program, "action", *args], env=environment, cwd=runner, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            if name in self.cancelled:
                self._cancel(process, runner, self.cancelled.pop(name))
            said, _ = process.communicate(timeout=300)
        found = Ran(name, process.returncode, said)
        if (runner / "output").exists():
            lines = (runner / "output").read_text().splitlines()
            found.outputs = dict(line.split("=", 1) for line in lines)
        self._post(f"/_hub/runs/{self.runs}/jobs", name=name, seconds=61, conclusion="success")
        if (runner / "summary").exists():
            found.summary = (runner / "summary").read_text()
        self.ran.append(found)
        assert found.code == 0, f"{name}\n{found.output}"
        return found

    def _cancel(self, process: subprocess.Popen[str], runner: Path, once: str) -> None:
        """Interrupt a job as GitHub does, when a file of that name is there."""
        patience = time.monotonic() + 200
        while not any(runner.glob(f"temp/**/{once}")):
            assert process.poll() is None, "it ended before"
            assert time.monotonic() < patience, f"there is no {once}"
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)

    def _fetch_record(self) -> None:
        """Bring the record to where the world reads it."""
        world = self.world
        clone = world.site.world.clone / world.site.name / "repo.git"
        if not clone.exists():
            git("init", "-q", "--bare", str(clone))
        there = world.town.places.hub / "repos" / f"{self.repository}.git"
        git(f"--git-dir={clone}", "fetch", "-q", str(there), "+refs/specloop/*:refs/specloop/*")

    def _token(self, permissions: dict[str, str]) -> str:
        """Return a token of exactly those permissions, as a job's is made."""
        name = json.dumps(permissions)
        if name not in self.tokens:
            wish = {"kind": "workflow", "repositories": [self.repository]}
            made = self.world.town.maintainer.call(
                "POST", "/_hub/tokens", **wish, permissions=permissions
            )
            self.tokens[name] = made["token"]
        return self.tokens[name]
