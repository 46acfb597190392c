"""Wrong input: exit code 2, one sentence, no traceback, and nothing is written."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.entry.stage import SPEC, Ended, Laptop, git


def refused(ended: Ended, sentence: str) -> None:
    """It was refused in this one sentence (a pattern)."""
    assert ended.code == 2, ended
    lines = ended.err.splitlines()
    assert len(lines) == 1, ended.err
    assert re.fullmatch(f"specloop: {sentence}", lines[0]), ended.err
    assert "Traceback" not in ended.out + ended.err


@pytest.fixture
def untouched(laptop: Laptop) -> Laptop:
    """A laptop with a checkout and a playbook on which nothing was run."""
    laptop.lay()
    laptop.plays()
    return laptop


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.md", b"", r".*empty\.md is empty: write what must be true at the end\."),
        ("blank.md", b" \n\t\n", r".*blank\.md is empty: write what must be true at the end\."),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0", r".*is not UTF-8 text; a spec .* Markdown\."),
        ("zeros.md", b"\0\0\0", r".*is not a text; a spec is written in Markdown\."),
        ("long.md", b"# Long\n\n" + b"word " * 20_000, r".*has 100,008 characters; .*specs\."),
        ("heading.md", b"#\n\ntext\n", r".*begins with an empty heading: give the spec a title\."),
    ],
)
def test_a_spec_that_is_none_is_refused(
    untouched: Laptop, name: str, content: bytes, sentence: str
) -> None:
    path = untouched.writes(name, content)
    agent = f"playbook:{untouched.playbook}"
    ended = untouched.specloop("run", path, "--repo", untouched.repo, "--agent", agent)
    refused(ended, sentence)
    assert not untouched.home.exists()


def test_a_spec_that_is_a_folder_or_missing_or_unnamed_is_refused(untouched: Laptop) -> None:
    agent = ("--repo", untouched.repo, "--agent", f"playbook:{untouched.playbook}")
    refused(untouched.specloop("run", untouched.repo, *agent), r".* is a folder; name the Mark.*\.")
    refused(untouched.specloop("run", "no.md", *agent), r"no\.md cannot be read: No such file .*\.")
    refused(untouched.specloop("run", *agent, stdin=""), r"standard input is empty: .*\.")
    assert not untouched.home.exists()


def no_commits(laptop: Laptop) -> Path:
    empty = laptop.folder / "empty"
    empty.mkdir()
    git("init", "-q", cwd=empty)
    return empty


def no_repository(laptop: Laptop) -> Path:
    plain = laptop.folder / "plain"
    plain.mkdir()
    return plain


def shallow(laptop: Laptop) -> Path:
    laptop.commits({"more.txt": "more\n"})
    copy = laptop.folder / "shallow"
    git("clone", "-q", "--depth=1", f"file://{laptop.repo}", str(copy), cwd=laptop.folder)
    return copy


def nowhere(laptop: Laptop) -> Path:
    return laptop.folder / "nowhere"


def a_file(laptop: Laptop) -> Path:
    return laptop.repo / "README.md"


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (no_commits, r".*/empty has no commits yet: make a first one\."),
        (no_repository, r".*/plain is not a git repository .*\."),
        (shallow, r".*/shallow is a shallow clone: run `git fetch --unshallow` first\."),
        (nowhere, r".*/nowhere does not exist\."),
        (a_file, r".*README\.md is not a folder\."),
    ],
)
def test_a_place_that_cannot_be_worked_on_is_refused(
    untouched: Laptop, place: Callable[[Laptop], Path], sentence: str
) -> None:
    where = place(untouched)
    before = untouched.footprint()
    refused(untouched.run(repo=where), sentence)
    assert not untouched.home.exists()
    assert untouched.footprint() == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("playbook: 2\n", r".*playbook\.yml:1: .*playbook: 1\.?"),
        ("playbook: 1\nscenes: [\n", r".*playbook\.yml:\d+: .*"),
        ("playbook: 1\nscenes:\n  - role: plumber\n    answer: {}\n", r".*yml:3: .*plumber.*"),
        ("", r".*playbook\.yml.*"),
    ],
)
def test_a_malformed_playbook_is_refused_with_its_line(
    untouched: Laptop, text: str, sentence: str
) -> None:
    untouched.playbook.write_text(text)
    refused(untouched.run(), sentence)
    assert not untouched.home.exists()


def test_an_agent_that_does_not_exist_is_refused(untouched: Laptop) -> None:
    for agent in ("gpt", "playbook:", "playbook:no.yml"):
        ended = untouched.specloop("run", "-", "--repo", untouched.repo, "--agent", agent,
                                   "--gate", "true", stdin=SPEC)  # fmt: skip
        refused(ended, r".*(There is no agent|named by its file|no\.yml).*")
    assert not untouched.home.exists()


def test_a_gate_that_cannot_start_or_no_gate_at_all_is_refused(untouched: Laptop) -> None:
    usual = ("run", "-", "--repo", untouched.repo, "--agent", f"playbook:{untouched.playbook}")
    ended = untouched.specloop(*usual, "--gate", "no-such-program --fast", stdin=SPEC)
    refused(ended, r"The gate `.*` cannot start: there is no program 'no-such-program'; .*\.")
    refused(untouched.specloop(*usual, stdin=SPEC), r"No gate is known, so .* commit it\.")
    ended = untouched.specloop(*usual, "--gate", "sh 'unclosed", stdin=SPEC)
    refused(ended, r"--gate .* cannot be split into words: No closing quotation\.")
    refused(untouched.specloop(*usual, "--gate", "", stdin=SPEC), r"--gate needs a command\.")
    assert not untouched.home.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gates: [", r"\.github/specloop\.yml is not valid YAML: .*"),
        ("- a list\n", r"\.github/specloop\.yml must be a mapping of settings, such as `gates:`\."),
        ("gate: {}\n", r"\.github/specloop\.yml: `gate`: .*\."),
        ("gates: {t: []}\n", r"\.github/specloop\.yml: `gates\.0\.command`: .*\."),
        ("limits: {rounds: 0}\n", r"\.github/specloop\.yml: `limits\.rounds`: .*\."),
        ("merge: yolo\n", r"\.github/specloop\.yml: `merge`: .*\."),
    ],
)
def test_an_invalid_configuration_is_refused_with_the_place(
    untouched: Laptop, text: str, sentence: str
) -> None:
    untouched.commits({".github/specloop.yml": text})
    refused(untouched.run(), sentence)
    assert not untouched.home.exists()


def test_a_specialist_without_a_role_is_refused(untouched: Laptop) -> None:
    untouched.commits({".github/specloop.yml": "specialists: [code-reviewer, astrologer]\n"})
    refused(untouched.run(), r".*astrologer.*")
    assert not untouched.home.exists()


def test_looking_before_anything_was_run_is_refused(untouched: Laptop) -> None:
    for command in (["status"], ["log"], ["show", "1"], ["say", "/continue"], ["tick"], ["hub"]):
        refused(
            untouched.specloop(*command, "--repo", untouched.repo),
            r"Nothing was run for .*/project yet: try `specloop run SPEC\.md`\.",
        )
    refused(
        untouched.specloop("status", "--repo", untouched.folder), r".*is not a git repository\."
    )
    refused(untouched.specloop("hub", "--world", "void"), r".*/void holds no world of specloop's\.")
    assert not untouched.home.exists()


def test_a_port_in_use_is_refused(untouched: Laptop) -> None:
    world = untouched.home / "worlds" / "w"
    (world / "hub").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = untouched.specloop("hub", "--world", world, "--port", str(port))
    assert ended.code in (1, 2)
    assert len(ended.err.splitlines()) == 1
    assert re.search(rf"{port}.*(in use|already)|(in use|already).*", ended.err)


def test_git_that_is_not_installed_is_said_in_one_sentence(untouched: Laptop) -> None:
    empty = untouched.folder / "bin"
    empty.mkdir()
    untouched.environment["PATH"] = str(empty)
    refused(untouched.run(), r"git is not installed, or not on PATH\.")


def test_a_mistyped_call_is_refused_by_the_command_line(untouched: Laptop) -> None:
    for args in (
        ["frobnicate"],
        ["run", "x.md", "-q"],
        ["show", "1", "2"],
        ["run", "--merge", "y"],
    ):
        ended = untouched.specloop(*args)
        assert ended.code == 2
        assert "Traceback" not in ended.err
        assert ended.err.splitlines()[-1].startswith("Error: ")
    assert not untouched.home.exists()
