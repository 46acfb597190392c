"""Tools stay in their folder, stay within bounds, and tell failures as text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.agents import search
from bot.agents.tools import CHARACTERS, ENTRIES, MATCHES, Tools
from bot.ports.agent import Workplace
from bot.ports.search import Place, SearchFailed
from tests.agents.conftest import linked


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    tree = tmp_path / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "src" / "a.py").write_text("def parse(text):\n    return text\n")
    (tree / ".git").write_text("gitdir: /elsewhere")
    return tree


def tools(tree: Path, seconds_left: float = 1000.0, code: int | None = 0) -> Tools:
    def run(argv: Sequence[str], cwd: Path, timeout: float, /) -> tuple[int | None, str]:
        return code, f"{list(argv)} in {cwd.name} for {timeout:g}"

    return Tools(Workplace(tree, True), run, lambda *_: None, lambda: seconds_left)


HOSTILE = [
    "../secret.txt",
    "src/../../secret.txt",
    "/etc/passwd",
    "~/x",
    ".git",
    ".GIT/config",
    "src/.git/hooks/pre-commit",
    "src\\..\\..\\secret.txt",
    "a\0b",
    ".g\u200cit/config",
    "src/a.py/x",
    "",
    ".",
    "src",
    "x" * 2000,
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_is_refused(tree: Path, path: str) -> None:
    before = sorted(tree.parent.rglob("*"))
    box = tools(tree)
    for said in (
        box.read_file(path),
        box.write_file(path, "x"),
        box.replace_in_file(path, "secret", "x"),
    ):
        assert said.startswith("failed: ")
        assert "\nsecret" not in said
    assert sorted(tree.parent.rglob("*")) == before
    assert (tree.parent / "secret.txt").read_text() == "secret"


@linked
@pytest.mark.parametrize("path", ["link.txt", "folder/secret.txt", "dangling", "inner/a.py"])
def test_links_are_not_followed(tree: Path, path: str) -> None:
    (tree / "link.txt").symlink_to(tree.parent / "secret.txt")
    (tree / "folder").symlink_to(tree.parent)
    (tree / "dangling").symlink_to(tree.parent / "new.txt")
    (tree / "inner").symlink_to("src")
    box = tools(tree)
    assert box.read_file(path).startswith("failed: ")
    assert box.write_file(path, "x").startswith("failed: ")
    assert box.list_files("folder").startswith("failed: ")
    assert box.list_files() == "src/a.py"
    assert box.grep("secret") == "[no match]"
    assert (tree.parent / "secret.txt").read_text() == "secret"
    assert not (tree.parent / "new.txt").exists()


def test_a_second_link_to_a_file_outside_keeps_its_content(tree: Path) -> None:
    os.link(tree.parent / "secret.txt", tree / "same.txt")
    assert tools(tree).write_file("same.txt", "mine").startswith("wrote")
    assert (tree.parent / "secret.txt").read_text() == "secret"


def test_a_pipe_does_not_hang_anybody(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    assert "is no file" in tools(tree).read_file("pipe")
    assert "is no file" in tools(tree).write_file("pipe", "x")
    assert tools(tree).list_files() == "src/a.py"


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["..", ".", "", "src", "folder", ".git", "a.py", "new", "~", "\u202e", "é"])
        | st.text(max_size=4),
        max_size=5,
    )
)
def test_no_path_reaches_outside(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    tree = outside / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "folder").symlink_to(outside)
    box = tools(tree)
    path = "/".join(parts)
    said = box.write_file(path, "x")
    assert sorted(p.name for p in outside.iterdir()) == ["tree"]
    assert not (tree / ".git").exists()
    if said.startswith("wrote"):
        assert box.read_file(path) == "x"


def test_reading_is_bounded_and_can_go_on(tree: Path) -> None:
    (tree / "long.txt").write_text("".join(f"line {n}\n" for n in range(1, 2001)))
    (tree / "wide.txt").write_text("x" * 100_000)
    (tree / "huge.txt").write_text("x" * 2_000_001)
    (tree / "binary").write_bytes(b"a\0b")
    (tree / "latin").write_bytes(b"\xe4")
    box = tools(tree)
    assert box.read_file("long.txt").endswith("line 600\n[lines 1 to 600 of 2001]")
    assert box.read_file("long.txt", 1999).startswith("line 1999\nline 2000\n")
    assert box.read_file("long.txt", 5000) == "failed: long.txt has only 2001 lines"
    assert len(box.read_file("wide.txt")) < CHARACTERS + 100
    assert "are the limit" in box.read_file("huge.txt")
    assert box.read_file("binary") == "failed: binary is not a text file"
    assert box.read_file("latin") == "failed: latin is not UTF-8 text"


def test_lists_and_matches_are_bounded(tree: Path) -> None:
    for number in range(ENTRIES + 5):
        (tree / f"f{number:04}").write_text("needle\n")
    box = tools(tree)
    assert box.list_files().endswith("[there are more: list a folder below]")
    found = box.grep("needle")
    assert found.endswith("[there are more: narrow the query or the path]")
    assert found.count("needle") == MATCHES


@pytest.mark.parametrize(
    ("query", "path", "regex", "said"),
    [
        ("def parse", ".", False, "src/a.py:1: def parse(text):"),
        (r"def \w+\(", ".", True, "src/a.py:1: def parse(text):"),
        ("return", "src/a.py", False, "src/a.py:2:     return text"),
        ("(", ".", True, "failed: not a regular expression"),
        ("", ".", False, "failed: the query is empty"),
        ("gitdir", ".", False, "[no match]"),
        ("x", "none", False, "failed: there is no none"),
    ],
)
def test_search(tree: Path, query: str, path: str, regex: bool, said: str) -> None:
    assert tools(tree).grep(query, path, regex).startswith(said)


def test_an_expression_that_never_ends_is_ended(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.5)
    (tree / "a").write_text("a" * 60 + "!")
    assert "longer than 0.5 seconds" in tools(tree).grep("(a+)+$", regex=True)


def test_replace_needs_exactly_one_place(tree: Path) -> None:
    box = tools(tree)
    assert "occurs 2 times in src/a.py: take in more" in box.replace_in_file(
        "src/a.py", "text", "x"
    )
    assert "occurs 0 times" in box.replace_in_file("src/a.py", "nothing", "x")
    assert box.replace_in_file("src/a.py", "", "x").startswith("failed")
    assert box.replace_in_file("src/a.py", "return text", "return 1") == "replaced in src/a.py"


def test_a_replaced_file_keeps_its_mode_and_line_ends(tree: Path) -> None:
    script = tree / "run.sh"
    script.write_bytes(b"#!/bin/sh\r\necho 1\r\n")
    script.chmod(0o755)
    tools(tree).replace_in_file("run.sh", "1", "2")
    assert script.read_bytes() == b"#!/bin/sh\r\necho 2\r\n"
    assert script.stat().st_mode & 0o777 == 0o755


def test_a_command_is_bounded_by_what_is_left_of_the_time(tree: Path) -> None:
    assert tools(tree).run(["ls"]) == "exit code 0\n['ls'] in tree for 120"
    assert tools(tree, seconds_left=7).run(["ls"], 500).endswith("for 7")
    assert tools(tree, seconds_left=0).run(["ls"]) == "failed: no time is left"
    assert tools(tree, code=None).run(["ls"], 5).startswith("killed after 5 seconds")
    assert tools(tree).run([]).startswith("failed: the command is empty")
    assert tools(tree).run(["ls"], float("nan")).startswith(("failed", "exit"))


def test_a_command_that_cannot_start_is_told(tree: Path) -> None:
    def run(argv: Sequence[str], cwd: Path, timeout: float, /) -> tuple[int | None, str]:
        raise FileNotFoundError(2, "No such file", argv[0])

    told: list[tuple[str, str]] = []
    box = Tools(Workplace(tree, True), run, lambda *x: told.append(x), lambda: 9.0)
    assert box.run(["nope", "x"]) == "failed: there is no nope"
    assert told == [("run", "nope x (failed: there is no nope)")]


def test_a_workplace_decides_what_is_offered(tree: Path) -> None:
    names = ("read", "write", "run", "search", "grep")
    reader = Tools(Workplace(tree), None, lambda *_: None, lambda: 9.0)
    assert list(reader.offered(names)) == ["read_file", "grep"]
    writer = Tools(Workplace(tree, True), None, lambda *_: None, lambda: 9.0)
    assert list(writer.offered(names)) == ["read_file", "write_file", "grep"]
    assert list(tools(tree).offered(names)) == ["read_file", "write_file", "run", "grep"]


def test_a_search_shows_places_and_says_when_it_cannot(tree: Path) -> None:
    asked: list[tuple[str, str]] = []

    def find(query: str, below: str) -> list[Place]:
        asked.append((query, below))
        if query == "broken":
            raise SearchFailed("The index is gone.")
        return [Place("src/a.py", 1, 2, "parse", ((1, "def parse(text):"),))] * (query == "parse")

    box = Tools(Workplace(tree, find=find), None, lambda *_: None, lambda: 9.0)
    assert list(box.offered(("search", "grep"))) == ["search_code", "grep"]
    assert box.search_code("parse") == "src/a.py:1-2 parse\n  1: def parse(text):"
    assert box.search_code("other", "./src/").startswith("[nothing")
    assert box.search_code("broken") == "failed: The index is gone. Use grep instead."
    assert box.search_code("x", "../secret.txt").startswith("failed: ")
    assert asked == [("parse", ""), ("other", "src"), ("broken", "")]
