"""`specloop init` as a process: what it writes, what it asks, and all that it leaves alone."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.wiring.configuration import parse_configuration
from tests.entry.stage import SPECLOOP, Ended, Laptop, git
from tests.hub.stage import Stage
from tests.setup.forms import check_form

FILES = {
    ".github/workflows/specloop.yml",
    ".github/specloop.yml",
    ".github/ISSUE_TEMPLATE/spec.yml",
    ".github/actions/specloop-setup/action.yml",
}
NODE = {"package.json": '{"scripts": {"test": "node --test", "lint": "x"}}', "README.md": "Hi\n"}


def content(laptop: Laptop) -> dict[str, str]:
    """All files of the checkout but git's own."""
    found = (p for p in laptop.repo.rglob("*") if ".git" not in p.relative_to(laptop.repo).parts)
    return {p.relative_to(laptop.repo).as_posix(): p.read_text() for p in found if p.is_file()}


def loaded(laptop: Laptop, path: str) -> Any:
    return yaml.safe_load((laptop.repo / path).read_text())


def refused(ended: Ended, sentence: str) -> None:
    assert ended.code == 2, ended
    assert re.fullmatch(f"specloop: {sentence}\n", ended.err), ended.err
    assert "wrote" not in ended.out


def test_a_checkout_gets_four_files_and_a_second_run_changes_nothing(laptop: Laptop) -> None:
    laptop.lay(NODE)
    git("remote", "add", "origin", "git@github.com:mary/shop.git", cwd=laptop.repo)
    before = content(laptop)

    dry = laptop.specloop("init", "--repo", laptop.repo, "--dry-run")
    assert dry.code == 0
    assert content(laptop) == before
    assert all(f"would add  {path}" in dry.out for path in FILES)

    ended = laptop.specloop("init", cwd=laptop.repo)
    assert (ended.code, ended.err) == (0, "")
    after = content(laptop)
    assert set(after) - set(before) == FILES
    assert {path: after[path] for path in before} == before
    settings, _ = parse_configuration(after[".github/specloop.yml"].encode())
    gates = [(g.name, g.category.value) for g in settings.gates]
    assert gates == [("npm-install", "build"), ("npm-test", "test"), ("npm-lint", "lint")]
    assert settings.network
    form = loaded(laptop, ".github/ISSUE_TEMPLATE/spec.yml")
    check_form(form)
    assert form["labels"] == ["spec"]
    assert "workflow_dispatch" in str(loaded(laptop, ".github/workflows/specloop.yml"))

    assert "https://github.com/mary/shop/settings/secrets/actions/new" in ended.out
    assert "Allow GitHub Actions to create and approve pull requests" in ended.out
    told = [shlex.split(line) for line in ended.out.splitlines() if "gh label create" in line]
    assert len(told) == 9
    assert all(line[-2:] == ["--repo", "mary/shop"] for line in told)

    # Which commit of specloop is called is the person's choice, and stays it.
    workflow = laptop.repo / ".github/workflows/specloop.yml"
    workflow.write_text(re.sub("@[0-9a-f]{40}.*", f"@{'1' * 40} # mine", workflow.read_text()))
    after = content(laptop)
    again = laptop.specloop("init", cwd=laptop.repo)
    assert (again.code, again.err) == (0, "")
    assert "Nothing is to be written" in again.out
    assert "in the place of the zeros" not in again.out
    assert content(laptop) == after
    assert "1" * 40 in after[".github/workflows/specloop.yml"]


def test_what_a_person_changed_is_overwritten_only_after_a_yes(laptop: Laptop) -> None:
    laptop.lay({".github/specloop.yml": "merge: auto\nlabels: {spec: build me}\n"})
    own = content(laptop)
    refused(
        laptop.specloop("init", cwd=laptop.repo),
        r"\.github/specloop\.yml would be overwritten, .*say `--yes`.* Nothing was written\.",
    )
    assert content(laptop) == own

    kept = at_a_terminal(laptop, "n\n")
    assert "-merge: auto" in kept
    assert "+merge: review" in kept
    now = content(laptop)
    assert set(now) == {*own, *FILES}
    assert now[".github/specloop.yml"] == own[".github/specloop.yml"]
    assert loaded(laptop, ".github/ISSUE_TEMPLATE/spec.yml")["labels"] == ["build me"]
    assert "gh label create 'build me'" in kept

    assert laptop.specloop("init", "--yes", cwd=laptop.repo).code == 0
    assert (
        parse_configuration(content(laptop)[".github/specloop.yml"].encode())[0].merge == "review"
    )


def at_a_terminal(laptop: Laptop, answers: str) -> str:
    """Run `init` as somebody at a terminal does."""
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    ran = subprocess.run(
        [SPECLOOP, "init"], cwd=laptop.repo, env=laptop.environment, stdin=theirs,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    for end in (ours, theirs):
        os.close(end)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_steps_of_another_agent_are_taken_over(laptop: Laptop) -> None:
    steps = """
        - uses: actions/checkout@v6
        - {name: Node, uses: actions/setup-node@v6, with: {node-version: 22, cache: npm}}
        - {run: "npm ci\\nnpm run build\\n", timeout-minutes: 5}
        - {name: Log in, run: "npm login ${{ secrets.NPM }}"}
    """
    job = f"on: push\njobs:\n  copilot-setup-steps:\n    env: {{CI: 'true'}}\n    steps: {steps}"
    laptop.lay({**NODE, ".github/workflows/copilot-setup-steps.yml": job})
    assert laptop.specloop("init", cwd=laptop.repo).code == 0
    action = loaded(laptop, ".github/actions/specloop-setup/action.yml")
    env = {"env": {"CI": "true"}}
    assert action["runs"]["steps"] == [
        {"name": "Node", "uses": "actions/setup-node@v6", "with": {"node-version": 22}, **env},
        {"run": "npm ci\nnpm run build\n", "shell": "bash", **env},
    ]
    text = content(laptop)[".github/actions/specloop-setup/action.yml"]
    assert "# Left out of it: actions/checkout@v6 (the files are there)." in text
    assert "# Left out of it: Log in (a composite action has no `secrets`)." in text


def linked(laptop: Laptop) -> None:
    (laptop.folder / "elsewhere").mkdir()
    (laptop.repo / ".github").symlink_to(laptop.folder / "elsewhere")


def linked_file(laptop: Laptop) -> None:
    (laptop.repo / ".github").mkdir()
    (laptop.repo / ".github/specloop.yml").symlink_to(laptop.folder / "nothing")


def occupied(laptop: Laptop) -> None:
    (laptop.repo / ".github/ISSUE_TEMPLATE/spec.yml").mkdir(parents=True)


def in_the_way(laptop: Laptop) -> None:
    (laptop.repo / ".github").mkdir()
    (laptop.repo / ".github/actions").write_text("no folder\n")


def wrong_settings(laptop: Laptop) -> None:
    laptop.commits({".github/specloop.yml": "merge: never\n"})


def wrong_steps(laptop: Laptop) -> None:
    laptop.commits({".github/workflows/copilot-setup-steps.yml": "jobs: [\n"})


def no_steps(laptop: Laptop) -> None:
    laptop.commits({".github/workflows/copilot-setup-steps.yaml": "jobs: {build: {steps: []}}\n"})


def binary(laptop: Laptop) -> None:
    (laptop.repo / ".github/workflows").mkdir(parents=True)
    (laptop.repo / ".github/workflows/specloop.yml").write_bytes(b"\xff\xfe\0")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (linked, r".*/\.github is a symbolic link, .* Nothing was written\."),
        (linked_file, r".*/specloop\.yml is a symbolic link, .* Nothing was written\."),
        (occupied, r".*/spec\.yml is a folder: move it away\. Nothing was written\."),
        (in_the_way, r".*/actions is a file: move it away\. Nothing was written\."),
        (wrong_settings, r"\.github/specloop\.yml: `merge`: .*"),
        (wrong_steps, r".*copilot-setup-steps\.yml is not valid YAML \(.*\): mend it\."),
        (no_steps, r".*yaml has no job `copilot-setup-steps` with a list of steps: mend it\."),
        (binary, r".*specloop\.yml is not UTF-8 text: move it away\."),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_written(
    laptop: Laptop, spoil: Callable[[Laptop], None], sentence: str
) -> None:
    laptop.lay()
    spoil(laptop)
    before = sorted(laptop.folder.rglob("*"))
    refused(laptop.specloop("init", "--yes", cwd=laptop.repo), sentence)
    assert sorted(laptop.folder.rglob("*")) == before


def test_it_needs_a_work_tree_and_no_commit(laptop: Laptop) -> None:
    def init(where: Path, *more: str) -> Ended:
        return laptop.specloop("init", "--repo", where, *more)

    plain = laptop.folder / "plain"
    plain.mkdir()
    refused(init(plain), r".*plain is not in the work tree of a git repository\.")
    git("init", "-q", "--bare", "bare.git", cwd=laptop.folder)
    refused(init(laptop.folder / "bare.git"), r".*bare\.git is not in the work tree .*\.")
    refused(init(laptop.folder / "nowhere"), r".*nowhere does not exist\.")
    wrong = init(plain, "--github", "no-slash")
    assert (wrong.code, "write it as `owner/name`" in wrong.err) == (2, True)
    assert not any(plain.iterdir())

    git("init", "-q", cwd=plain)
    ended = init(plain)
    assert (ended.code, ended.err) == (0, "")
    assert {p.relative_to(plain).as_posix() for p in (plain / ".github").rglob("*.yml")} == FILES
    assert "OWNER/NAME" in ended.out


def test_labels_are_created_with_a_token_and_told_without_one(laptop: Laptop, stage: Stage) -> None:
    laptop.lay()
    name = f"{stage.owner.login}/{stage.name}"
    known = {"GITHUB_API_URL": stage.owner.url, "GITHUB_SERVER_URL": stage.owner.url}
    git("remote", "add", "origin", stage.remote(stage.bot), cwd=laptop.repo)

    wrong = laptop.specloop("init", cwd=laptop.repo, extra={**known, "GH_TOKEN": "wrong"})
    assert wrong.code == 0
    assert "The labels could not be created: GitHub does not accept the token" in wrong.err
    assert "gh label create specloop:work --color 1d76db" in wrong.out

    stage.owner.post(f"{stage.path}/labels", {"name": "Spec", "color": "000000"})
    stage.settle()
    ended = laptop.specloop(
        "init", cwd=laptop.repo, extra={**known, "GITHUB_TOKEN": stage.bot.token}
    )
    assert (ended.code, ended.err) == (0, "")
    assert f"all there in {name}" in ended.out
    stage.settle()
    labels = {x["name"]: x["color"] for x in stage.owner.get(f"{stage.path}/labels?per_page=100")}
    assert labels["Spec"] == "000000"
    assert {"specloop:work", "specloop:blocked", "priority:high"} <= set(labels)
    assert "spec" not in labels
