"""GitHub's part, offline: events start runs, runs wait for their group, jobs are executed by act.

The hub tells of events and records runs; what a run does is what the real workflow files say.
"""

from __future__ import annotations

import base64
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.hub.actions.expressions import fill
from tests.actions.cage import caged
from tests.actions.chain import CALLER, Chain, Json, lay_image, tell
from tests.actions.rendering import Permissions, StartupFailure, render
from tests.actions.watching import Watch
from tests.hub.stage import Stage, git
from tests.hub.webhooks.ear import Ear

_PATIENCE = 300.0
"""Seconds until a story that does not end is given up."""
_REST = 0.2
_GRACE = 7.5
"""Seconds between asking a cancelled job's programs to end and ending them, as on GitHub."""


@dataclass
class Started:
    """A run under way."""

    run: Json
    group: str
    folder: Path
    process: subprocess.Popen[bytes]
    watch: Watch
    asked_at: float | None = None
    """When it was cancelled."""
    is_told: bool = False
    """Whether act knows that it was."""

    @property
    def log(self) -> str:
        """What act has printed."""
        return (self.folder / "act.log").read_text("utf-8", "replace")


@dataclass
class Runner:
    """Carries out the runs of one repository."""

    stage: Stage
    ear: Ear
    folder: Path
    act: Path
    product: Path
    road: Path
    """A unix socket that leads to the hub."""
    secrets: dict[str, str] = field(default_factory=dict)
    is_deaf: bool = False
    """Whether dispatches are lost: what is queued is dropped."""
    ended: list[Json] = field(default_factory=list)
    _started: list[Started] = field(default_factory=list)
    _heard: int = 0

    def until(self, look: Callable[[], object]) -> None:
        """Work until something is so; fail when everything rests and it is not."""
        deadline = time.monotonic() + _PATIENCE
        rested = 0
        while not look():
            rested = 0 if self.turn() else rested + 1
            assert time.monotonic() < deadline, f"it never came to pass:\n{self.story()}"
            assert rested < 20 or self._started, f"all rests, and it is not so:\n{self.story()}"
            time.sleep(_REST)

    def until_rest(self) -> None:
        """Work until no run is queued or under way."""
        rested = 0
        while rested < 8:
            rested = 0 if self.turn() or self._started else rested + 1
            time.sleep(_REST)

    def turn(self) -> bool:
        """Hear, start, cancel and reap once; return whether anything happened."""
        happened = [*self._events(), *self._taken(), *self._told(), *self._reaped()]
        return bool(happened)

    def log(self, job: str) -> str:
        """Return what the jobs of one kind said, of the runs under way."""
        lines = "".join(started.log for started in self._started).splitlines()
        return "\n".join(line for line in lines if line.startswith(f"[{job}"))

    def story(self) -> str:
        """Return what the runs said, for a person."""
        logs = sorted(self.folder.glob("runs/*/act.log"))
        return "\n".join(f"== {p.parent.name}\n{p.read_text('utf-8', 'replace')}" for p in logs)

    def schedule(self) -> Json:
        """Start the run that an hour's end would."""
        return self._start_for("schedule", {"schedule": "23 * * * *"})

    def stop(self) -> None:
        """End what is under way."""
        for started in self._started:
            started.process.kill()
            started.process.wait()

    def _events(self) -> Iterator[str]:
        heard = list(self.ear.heard)
        for one in heard[self._heard :]:
            if one.headers.get("x-hub-triggers") != "true" or one.event == "ping":
                continue
            for event in (one.event, f"{one.event}_target"):
                wish = self._caller_file()[True].get(event)
                if wish and one.payload.get("action") in wish["types"]:
                    self._start_for(event, one.payload)
                    yield one.name
        self._heard = len(heard)

    def _start_for(self, event: str, payload: Json) -> Json:
        name = f"{self.stage.owner.login}/{self.stage.name}"
        wish = {"repository": name, "path": CALLER, "event": event, "payload": payload}
        made: Json = self.stage.owner.post("/_hub/runs", wish, status=201)
        return made

    def _taken(self) -> Iterator[str]:
        waiting: dict[str, int] = {}
        listed = self.stage.owner.get("/_hub/runs")
        under_way = {started.run["id"]: started for started in self._started}
        for run in listed:
            if run["id"] in under_way:
                yield from self._cancelled(under_way[run["id"]], run)
                continue
            if self.is_deaf and run["event"] == "workflow_dispatch":
                self._set(run, "completed", "startup_failure")
                continue
            group = self._group(run)
            if any(started.group == group for started in self._started):
                if group in waiting:  # a newer arrival takes the place of the one that waits
                    self.stage.owner.post(f"{self._api}/runs/{waiting[group]}/cancel", status=202)
                waiting[group] = run["id"]
                if run["status"] == "queued":
                    self._set(run, "pending")
                continue
            self._start(run, group)
            yield "started"

    def _group(self, run: Json) -> str:
        payload = run["payload"]
        context = {"inputs": payload.get("inputs", {}), "github": {"run_id": str(run["id"])}}
        return fill(str(self._caller_file()["concurrency"]["group"]), context).lower()

    def _start(self, run: Json, group: str) -> None:
        folder = self.folder / "runs" / str(run["id"])
        lay_image(folder / "home")
        self._set(run, "in_progress")
        git(folder, "clone", "-q", self.stage.remote(self.stage.owner), "workspace")
        git(folder / "workspace", "checkout", "-q", run["sha"])
        git(folder / "workspace", "remote", "remove", "origin")  # its address holds a token
        job = Chain(run, folder, self.stage.hub.url, self.secrets)
        try:
            render(self.product, folder / "product", job.caller, self._token)
        except StartupFailure as failure:
            self._set(run, "completed", "startup_failure")
            self.ended.append({**run, "conclusion": "startup_failure", "log": str(failure)})
            return
        argv = caged(job.command(self.act), folder, self.road, self._port)
        with (folder / "act.log").open("wb") as log:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
            )
        self._started.append(Started(run, group, folder, process, Watch(folder / "act.log")))

    def _cancelled(self, started: Started, run: Json) -> Iterator[str]:
        """As on GitHub no job begins any more, and those under way are interrupted.

        act would kill them; so it is held until they have ended by themselves, or will not.
        """
        if not run["is_cancelled"] or started.is_told:
            return
        root, now = started.process.pid, time.monotonic()
        if started.asked_at is None:
            started.asked_at = now
            tell(root, "act", signal.SIGSTOP)
            tell(root, "specloop", signal.SIGINT)
        elif not tell(root, "specloop") or now > started.asked_at + _GRACE:
            started.is_told = True
            tell(root, "act", signal.SIGINT, signal.SIGCONT)
        yield "asked to end"

    def _told(self) -> Iterator[str]:
        """Tell the hub of jobs that have ended."""
        for started in self._started:
            for job in started.watch.ended():
                self.stage.owner.post(f"/_hub/runs/{started.run['id']}/jobs", job, status=201)
                yield job["name"]

    def _reaped(self) -> Iterator[str]:
        for started in [s for s in self._started if s.process.poll() is not None]:
            self._started.remove(started)
            for file in sorted(started.folder.glob("artifacts/*/*.zip")):
                content = base64.b64encode(file.read_bytes()).decode()
                address = f"/_hub/runs/{started.run['id']}/artifacts/{file.stem}"
                self.stage.owner.put(address, {"content": content}, status=201)
            ended = "success" if started.process.returncode == 0 else "failure"
            conclusion = "cancelled" if started.asked_at else ended
            self._set(started.run, "completed", conclusion)
            self.ended.append({**started.run, "conclusion": conclusion, "log": started.log})
            yield conclusion

    def _set(self, run: Json, status: str, conclusion: str | None = None) -> None:
        told = {"status": status, **({"conclusion": conclusion} if conclusion else {})}
        self.stage.owner.patch(f"/_hub/runs/{run['id']}", told)

    def _token(self, permissions: Permissions) -> str:
        wish = {
            "kind": "workflow",
            "permissions": {name.replace("-", "_"): at for name, at in permissions.items()},
            "repositories": [f"{self.stage.owner.login}/{self.stage.name}"],
        }
        token: str = self.stage.owner.post("/_hub/tokens", wish, status=201)["token"]
        return token

    def _caller_file(self) -> Json:
        text = git(self.stage.bare, "show", f"main:{CALLER}")
        read: Json = yaml.safe_load(text)
        return read

    @property
    def _api(self) -> str:
        return f"{self.stage.path}/actions"

    @property
    def _port(self) -> int:
        return int(self.stage.hub.url.rpartition(":")[2])
