"""The demonstration's story is true: its scenes are played with real git and real gates."""

import os
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from bot.domain.agents import ExecutorAnswer
from bot.domain.board import Board
from bot.domain.plan import PlannerAnswer
from bot.domain.verdict import SpecialistAnswer, VerifierAnswer
from bot.rules.text import slug
from bot.rules.triage import triage

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "templates" / "demo"
SCENES = yaml.safe_load((DEMO / "playbook.yml").read_text())["scenes"]
GATES = yaml.safe_load((DEMO / "project/.github/specloop.yml").read_text())["gates"]
SPECIALISTS = ("code-reviewer", "adversarial-tester")
ANSWERS = {"planner": PlannerAnswer, "executor": ExecutorAnswer, "verifier": VerifierAnswer}
FROM_ROUND_1 = "test_an_opening_of_no_length"
QUIETLY = {"capture_output": True, "text": True}
PERSON = {f"GIT_{a}_{b}": "demo" for a in ("AUTHOR", "COMMITTER") for b in ("NAME", "EMAIL")}


def scene(role: str, **facts: object) -> dict:
    """Return the scene that is played: the first in the file whose conditions all hold."""
    given = {"role": role, "attempt": 1, "round": 1, **facts}
    names = ("role", "iteration", "item", "attempt", "round")
    return next(s for s in SCENES if all(s[n] == given.get(n) for n in names if n in s))


class Stage:
    """A checkout in which the story is played."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "doorsign"
        shutil.copytree(DEMO / "project", self.tree, ignore=shutil.ignore_patterns("__pycache__"))
        bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = {**bare, **PERSON, "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "-q", "-b", "main")
        self.commit("base")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, check=False, cwd=self.tree, env=self.environment, **QUIETLY)

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, title: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", title)

    def red(self) -> str:
        """Return what the failing gates say about the checkout; nothing when all are green."""
        done = [self.run(*gate["command"]) for gate in GATES]
        return "".join(d.stderr or "red" for d in done if d.returncode)

    def play(self, played: dict) -> None:
        """Do what an Executor's scene does and commit it; its first run is red, its last green."""
        runs = []
        for tool, given in (pair for step in played["do"] for pair in step.items()):
            if tool == "write":
                (self.tree / given["path"]).write_text(given["text"])
            elif tool == "replace":
                text = (self.tree / given["path"]).read_text()
                assert text.count(given["old"]) == 1
                (self.tree / given["path"]).write_text(text.replace(given["old"], given["new"]))
            elif tool == "run":
                runs.append(self.run(*given).returncode)
        assert runs[0] != 0 == runs[-1], f"{played['item']}: the test comes first"
        self.commit(played["answer"]["title"])

    def work(self, item: str, iteration: int, **facts: object) -> str:
        """Play a scene on its item's branch, made from main or merged with it; return the red."""
        if self.run("git", "checkout", "-q", item).returncode:
            self.git("checkout", "-q", "-b", item, "main")
        self.run("git", "merge", "-q", "--no-commit", "main" if iteration > 1 else item)
        self.play(scene("executor", item=item, iteration=iteration, **facts))
        return self.red()

    def land(self, item: str) -> list[str]:
        """Squash-merge a branch into main; return the files in conflict instead, if any."""
        names = ("--name-only", "--no-messages")
        merged = self.run("git", "merge-tree", "--write-tree", *names, "main", item)
        tree, *conflicts = merged.stdout.split()
        if merged.returncode == 0:
            commit = self.git("commit-tree", tree, "-p", "main", "-m", item)
            self.git("checkout", "-q", "-B", "main", commit)
            assert not self.red(), f"main is green once {item} landed"
        return conflicts

    def look(self, iteration: int) -> None:
        """Every place that a reviewer names is there in main and says something."""
        self.git("checkout", "-q", "main")
        answers = [scene(r, iteration=iteration)["answer"] for r in ("verifier", *SPECIALISTS)]
        criteria = [c for a in answers for c in a.get("criteria", ())]
        assert all(c["met"] is bool(c.get("evidence")) is not bool(c.get("gap")) for c in criteria)
        places = [p for c in criteria for p in c.get("evidence", ())]
        for place in places + [f for a in answers for f in a.get("feedback", ())]:
            line = (self.tree / place["path"]).read_text().splitlines()[place["line"] - 1]
            assert any(word in line for word in ("def ", "## ", ">>> ", "minute =")), place


def test_the_story_is_true(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    assert not stage.red()
    assert FROM_ROUND_1 in stage.work("after-midnight", 1)
    assert not stage.work("after-midnight", 1, round=2)
    assert not any(stage.work(item, 1) for item in ("format-table", "format-json"))
    assert stage.land("after-midnight") == stage.land("format-table") == []
    assert stage.land("format-json") == ["doorsign/render.py"]
    assert scene("executor", iteration=1, item="holidays")["answer"]["outcome"] == "blocked"
    stage.look(1)

    words = [scene(role, iteration=1)["answer"]["feedback"] for role in SPECIALISTS]
    overlap, high = (slug(feedback[0]["title"]) for feedback in words)
    assert not stage.work("holidays", 2, attempt=2)
    assert not any(stage.work(item, 2) for item in ("next-change", high, "format-json", overlap))
    landed = [stage.land(i) for i in ("next-change", high, "format-json", "holidays", overlap)]
    assert not any(landed)
    stage.look(2)
    assert stage.run("python3", "-c", (HERE / "spec_is_met.py").read_text()).stderr == ""


def test_the_answers_fit_their_roles() -> None:
    for played in SCENES:
        kind = ANSWERS.get(played["role"], SpecialistAnswer)
        TypeAdapter(kind).validate_python(played["answer"])
        assert set(played["answer"]) <= {field.name for field in fields(kind)}


def test_what_a_prompt_must_show_was_said_before() -> None:
    said = str([s["answer"] for s in SCENES]) + (DEMO / "maintainer.yml").read_text()
    assert all(text in said + FROM_ROUND_1 for s in SCENES for text in s.get("sees", ()))


def test_one_of_four_observations_is_a_duplicate() -> None:
    read = TypeAdapter(SpecialistAnswer).validate_python
    given = [(s, f) for s in SPECIALISTS for f in read(scene(s, iteration=1)["answer"]).feedback]
    filed = triage(given, Board(), frozenset(), limit=5)
    assert [f.feedback.priority for f in filed if not f.repeats] == ["medium", "low", "high"]
    assert [f.repeats for f in filed if f.repeats] == [filed[0].key]
