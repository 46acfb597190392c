"""The stage of every kill: a project, a hub that outlives the driver, and drivers to run on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.hub import MAINTAINER, HubProcess, found_world, read_tokens, start_hub
from bot.hub.server.shapes import FOLDER_VARIABLE
from bot.wiring import embedded
from bot.wiring.places import World, world_of
from tests.recovery.after import Found, differences, world_after

HERE = Path(__file__).parent
STORY = HERE / "story"
DRIVER = HERE / "driver.py"
NAME = "maintainer/book"
LAG = 0.1
KILLED = -9
PATIENCE = 120.0
"""Seconds a driver may take; nothing is asserted about how long it does."""


@dataclass(frozen=True)
class Point:
    """One place of a recorded run."""

    label: str
    nth: int = 1

    @property
    def options(self) -> list[str]:
        return ["--at", self.label, "--nth", str(self.nth)]

    def __str__(self) -> str:
        return f"{self.label}#{self.nth}" if self.nth > 1 else self.label


class NeverReached(AssertionError):
    """A run ended without passing the point at which it was to be killed."""


@dataclass(frozen=True)
class Ended:
    """How one driver ended, and the points it passed."""

    code: int
    out: str
    points: tuple[Point, ...]
    process: int = 0


@dataclass
class Stage:
    """One story's folder."""

    folder: Path
    playbook: Path = STORY / "playbook.yml"
    deep: bool = False
    """Whether drivers live in the hub's time, with every border watched."""
    log: Path = field(init=False)
    hub: HubProcess | None = None
    runs: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "points.jsonl"
        self.checkout = self.folder / "book"
        shutil.copytree(STORY / "project", self.checkout)
        for arguments in (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all", "--force"),
            ("commit", "--quiet", "-m", "Begin the book"),
        ):
            self.git(*arguments)

    @property
    def environment(self) -> dict[str, str]:
        """What a driver is told: nothing but where programs and worlds are."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "SPECLOOP_HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            FOLDER_VARIABLE: os.environ.get(FOLDER_VARIABLE, ""),
        }

    @property
    def world(self) -> World:
        """The checkout's world, as the driver finds it."""
        before = os.environ.get("SPECLOOP_HOME")
        os.environ["SPECLOOP_HOME"] = self.environment["SPECLOOP_HOME"]
        try:
            return world_of(self.checkout)
        finally:
            os.environ.pop("SPECLOOP_HOME")
            if before is not None:
                os.environ["SPECLOOP_HOME"] = before

    def git(
        self,
        *arguments: str,
        folder: Path | None = None,
        given: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> str:
        """Run git as a person would, on the checkout or another repository."""
        identity = ("-c", "user.name=Person", "-c", "user.email=person@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=folder or self.checkout,
            env={**self.environment, "GIT_CONFIG_NOSYSTEM": "1", **(extra or {})},
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.rstrip("\n")

    @contextmanager
    def served(self) -> Iterator[HubProcess]:
        """Serve the world's GitHub from this process, so that it outlives every driver."""
        plenty = ("--rest-limit", "1000000", "--graphql-limit", "1000000")
        lag = embedded.LAG if self.deep else LAG
        with start_hub(found_world(self.world.hub), lag=lag, extra=plenty) as hub:
            self.hub = hub
            yield hub
        self.hub = None

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start a driver."""
        return subprocess.Popen(
            [sys.executable, "-I", str(DRIVER), *self.arguments(*options)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def arguments(self, *options: str) -> list[str]:
        """Return a driver's arguments."""
        command = [str(STORY / "spec.md"), "--repo", str(self.checkout), "--log", str(self.log)]
        command += ["--agent", f"playbook:{self.playbook}"]
        return [*command, *(["--deep"] if self.deep else []), *options]

    def wait_for(self, text: str, driver: subprocess.Popen[str]) -> str:
        """Read a driver's output until a text appears in it."""
        assert driver.stdout is not None
        seen = ""
        while text not in seen:
            line = driver.stdout.readline()
            assert line, f"the driver ended before {text!r} appeared:\n{seen}"
            seen += line
        return seen

    def go_on(self, driver: subprocess.Popen[str]) -> None:
        """Let a driver that paused go on."""
        assert driver.stdin is not None
        driver.stdin.write("\n")
        driver.stdin.flush()

    def end(self, driver: subprocess.Popen[str]) -> Ended:
        """Wait for a driver and read the points it passed."""
        try:
            out, _ = driver.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            driver.kill()
            out, _ = driver.communicate()
            out += "\n(the test's patience ended)"
        points = read_points(self.log, driver.pid)
        ended = Ended(driver.returncode, out, points, driver.pid)
        self.runs.append(ended)
        return ended

    def run(self, *options: str) -> Ended:
        """Run one driver until it ends."""
        return self.end(self.start(*options))

    def answered(self) -> frozenset[str]:
        """Return the invocations whose answers are on record: on this machine, or published."""
        clones = [*self.world.clone.glob("*/repo.git"), self.world.hub / "repos" / f"{NAME}.git"]
        listed = _git_in(clones[0], "ls-tree", "-r", "--name-only", "refs/specloop/1")
        paths = [path for path in listed.split() if _has_its_work(clones[0], path)]
        return frozenset(filter(None, map(_invocation, paths)))

    def lose_machine(self) -> None:
        """Forget all that a machine keeps; what was published is all that is left."""
        for folder in (self.world.clone, self.world.work, self.world.scratch):
            subprocess.run(["chmod", "-R", "u+w", folder], check=False, capture_output=True)
            shutil.rmtree(folder, ignore_errors=True)

    def approve_all(self) -> None:
        """Approve every open pull request as the maintainer."""
        assert self.hub is not None
        headers = {"Authorization": f"Bearer {read_tokens(self.world.hub)[MAINTAINER]}"}
        pulls = f"{self.hub.url}/repos/{NAME}/pulls"
        for pull in httpx.get(pulls, headers=headers).raise_for_status().json():
            review = {"event": "APPROVE", "commit_id": pull["head"]["sha"]}
            where = f"{pulls}/{pull['number']}/reviews"
            httpx.post(where, json=review, headers=headers).raise_for_status()
        time.sleep(2 * LAG)

    def break_lease(self) -> None:
        """Let the lease on the milestone be over, as it is when a holder slept too long."""
        git_dir = self.world.hub / "repos" / f"{NAME}.git"
        ref = "refs/specloop/1"
        lease = json.loads(self.git("show", f"{ref}:lease.json", folder=git_dir))
        lease["until"] = "2000-01-01T00:00:00+00:00"
        blob = self.git("hash-object", "-w", "--stdin", folder=git_dir, given=json.dumps(lease))
        with tempfile.TemporaryDirectory() as folder:
            extra = {"GIT_INDEX_FILE": f"{folder}/index"}
            self.git("read-tree", ref, folder=git_dir, extra=extra)
            entry = f"100644,{blob},lease.json"
            self.git("update-index", "--cacheinfo", entry, folder=git_dir, extra=extra)
            tree = self.git("write-tree", folder=git_dir, extra=extra)
        made = self.git("commit-tree", tree, "-p", ref, "-m", "Time passes", folder=git_dir)
        self.git("update-ref", ref, made, folder=git_dir)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that another process does."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    @property
    def asked(self) -> Counter[str]:
        """How often each invocation was begun, over all runs."""
        return Counter(key for run in self.runs for key in asked(run))


def asked(run: Ended) -> Iterator[str]:
    """Yield the key of every invocation that a run began."""
    for point in run.points:
        _, _, call = point.label.partition(":")
        if call.startswith("agent.ask(") and call.endswith(":before"):
            yield call[len("agent.ask(") : -len("):before")]


def _git_in(git_dir: Path, *arguments: str) -> str:
    command = ["git", f"--git-dir={git_dir}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _has_its_work(git_dir: Path, path: str) -> bool:
    """Whether the commit that a round's record names was not lost with a machine."""
    if "/rounds/" not in path:
        return True
    head = json.loads(_git_in(git_dir, "show", f"refs/specloop/1:{path}"))["head"]
    return _git_in(git_dir, "cat-file", "-t", head) == "commit\n"


def _invocation(path: str) -> str:
    """Return the key of the invocation whose answer a record holds."""
    match path.removesuffix(".json").split("/"):
        case ["iterations", number, "answers", "planner"]:
            return f"{int(number)}/plan"
        case ["iterations", number, "answers", role]:
            return f"{int(number)}/review/{role}"
        case ["iterations", number, "rounds", attempt, turn]:
            return f"{int(number)}/execute/{attempt}/{turn}"
    return ""


def read_points(log: Path, pid: int) -> tuple[Point, ...]:
    """Return the points that a process passed, in order."""
    if not log.exists():
        return ()
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return tuple(Point(line["label"], line["nth"]) for line in lines if line["pid"] == pid)


def fired(log: Path, pid: int) -> list[dict[str, object]]:
    """Return the faults that happened to a process, as they were wanted."""
    lines = (json.loads(line) for line in log.read_text().splitlines() if '"act"' in line)
    names = ("label", "nth", "act")
    return [{name: line[name] for name in names} for line in lines if line["pid"] == pid]


def survive(
    stage: Stage,
    undisturbed: Found,
    *points: Point,
    meanwhile: Callable[[Stage], None] = lambda _: None,
) -> list[str]:
    """Kill a run at each point in turn, run again until the end, and return what is wrong then.

    The hub must be served. One further run must suffice, ask no answered question again, and end
    in the undisturbed world. `meanwhile` is what happens after each kill.
    """
    wrong: list[str] = []
    answered: frozenset[str] = frozenset()
    for point in points:
        ended = stage.run(*point.options)
        wrong += _asked_again(ended, answered)
        if ended.code != KILLED:
            raise NeverReached(f"{point} was never reached:\n{ended.out}")
        meanwhile(stage)
        answered = stage.answered()
    ended = stage.run()
    wrong += _asked_again(ended, answered)
    if ended.code != 0:
        return [*wrong, f"the last run ended with {ended.code}:\n{ended.out}"]
    most = len(points) + 1
    wrong += [f"{key} was asked {n} times" for key, n in stage.asked.items() if n > most]
    assert stage.hub is not None
    found = world_after(stage.world, stage.hub.url, NAME)
    return wrong + list(differences(undisturbed, found))


def _asked_again(run: Ended, answered: frozenset[str]) -> list[str]:
    return [f"{key} was answered, and asked again" for key in asked(run) if key in answered]
