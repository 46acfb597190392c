"""What is found in commits, and in the folders of agents."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports.search import SearchFailed
from bot.workspace.codesearch.index import CodeIndex
from tests.codesearch.conftest import FILES, Repository


@pytest.mark.parametrize(
    ("query", "path", "symbol"),
    [
        ("readInterval", "src/parser.py", "IntervalParser.readInterval"),
        ("read_interval", "src/parser.py", "IntervalParser.readInterval"),
        ("reading the ends of page ranges", "src/parser.py", "IntervalParser.readInterval"),
        ("print_report", "src/report.py", "print_report"),
        ("src/report.py", "src/report.py", "print_report"),
        ("Board.refresh", "web/view.ts", "Board.refresh"),
        ("guide.md reports", "docs/guide.md", "Reports"),
    ],
)
def test_the_likeliest_place_comes_first(
    index: CodeIndex, base: str, query: str, path: str, symbol: str
) -> None:
    first = index.find(query, base)[0]
    assert (first.path, first.symbol) == (path, symbol)


def test_a_place_names_lines_that_are_there(index: CodeIndex, base: str) -> None:
    place = index.find("readInterval", base)[0]
    lines = FILES["src/parser.py"].split("\n")
    assert (place.first, place.last) == (9, 11)
    assert place.line == "src/parser.py:9-11 IntervalParser.readInterval"
    assert place.snippet[0] == (9, "    def readInterval(self, text):")
    assert all(lines[number - 1] == line for number, line in place.snippet)


def test_lock_files_and_binaries_are_never_found(index: CodeIndex, base: str) -> None:
    found = {place.path for place in index.find("interval parser", base, limit=50)}
    assert found == {"src/parser.py", "docs/guide.md"}


def test_a_search_can_be_narrowed(index: CodeIndex, base: str) -> None:
    assert {p.path for p in index.find("interval", base, below="docs/")} == {"docs/guide.md"}
    within = index.find("interval pages", base, below="src/parser.py")
    assert {p.path for p in within} == {"src/parser.py"}
    assert len(within) > 1
    assert index.find("interval", base, below="doc") == ()


def test_every_commit_has_its_own_files(
    repository: Repository, index: CodeIndex, base: str
) -> None:
    later = repository.commit(
        {"src/report.py": "def printSheet():\n    pass\n", "docs/guide.md": None}
    )
    for _ in range(2):  # whichever was searched last
        assert index.find("print_report", base)[0].path == "src/report.py"
        assert index.find("print sheet", later)[0].symbol == "printSheet"
        assert all(p.symbol != "print_report" for p in index.find("print_report", later))
        assert index.find("intervals guide", base, below="docs")
        assert not index.find("intervals guide", later, below="docs")


def test_only_new_blobs_are_read(
    repository: Repository, index: CodeIndex, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.find("interval", base)
    later = repository.commit({"src/new.py": "def fresh():\n    pass\n"})
    asked: list[bytes] = []
    run = index._git.out
    monkeypatch.setattr(
        index._git, "out", lambda args, **k: asked.append(k.get("stdin", b"")) or run(args, **k)
    )
    assert index.find("fresh", later)[0].path == "src/new.py"
    blob = repository.git("rev-parse", f"{later}:src/new.py").encode()
    assert [a for a in asked if a] == [blob, blob]  # its size, its content


def test_links_and_submodules_are_left_out(repository: Repository, index: CodeIndex) -> None:
    (repository.tree / "link.py").symlink_to("/etc/passwd")
    first = repository.commit({"a.py": "def root():\n    pass\n"})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub.py")
    repository.git("commit", "-q", "-m", "nested")
    head = repository.git("rev-parse", "HEAD")
    assert [p.path for p in index.find("root link sub", head)] == ["a.py"]


@pytest.fixture
def folder(repository: Repository, base: str, tmp_path: Path) -> Path:
    """An agent's folder, laid at the base."""
    place = tmp_path / "work"
    for name, text in FILES.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return place


def test_a_folder_is_searched_as_it_is_now(index: CodeIndex, base: str, folder: Path) -> None:
    assert index.find("print_report", base, folder=folder)[0].symbol == "print_report"
    (folder / "src/report.py").write_text("def draw_chart():\n    pass\n")
    (folder / "src/extra.py").write_text("def add_legend():\n    pass\n")
    (folder / "docs/guide.md").unlink()
    (folder / "node_modules").mkdir()
    (folder / "node_modules/x.js").write_text("function draw_chart() {\n}\n")
    found = index.find("draw_chart", base, folder=folder)
    assert [(p.path, p.symbol) for p in found] == [("src/report.py", "draw_chart")]
    assert index.find("add legend", base, folder=folder)[0].path == "src/extra.py"
    assert not index.find("guide", base, folder=folder, below="docs")
    assert not index.find("draw_chart legend", base)  # the commit knows nothing of it
    (folder / "src/report.py").write_text(FILES["src/report.py"])
    assert not index.find("draw_chart", base, folder=folder)


def test_what_an_agent_leaves_leads_nowhere(
    index: CodeIndex, base: str, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.py").write_text("treasure = 1\n")
    (folder / "out").symlink_to(secret)
    (folder / "key.py").symlink_to(secret / "key.py")
    (folder / "src/report.py").unlink()
    (folder / "src/report.py").symlink_to(secret / "key.py")
    (folder / ".git").mkdir()
    (folder / ".git/treasure.py").write_text("treasure = 2\n")
    (folder / "two\nlines.py").write_text("treasure = 3\n")
    (folder / "large.py").write_text("treasure = 4\n" * 50_000)
    assert index.find("treasure", base, folder=folder) == ()


def test_a_folder_is_found_again_in_a_new_database(
    repository: Repository, index: CodeIndex, base: str, folder: Path
) -> None:
    later = repository.commit({"0.py": "def first():\n    pass\n"})
    before = index.find("readInterval", base, folder=folder)
    for file in repository.folder.glob("search.sqlite*"):
        file.unlink()
    index.find("first", later)  # which now has the first ids
    assert index.find("readInterval", base, folder=folder) == before != ()
    assert not index.find("first", base, folder=folder)


@pytest.mark.parametrize("damage", ["nonsense", "cut", "other tables", "older", "no places"])
def test_a_damaged_or_outdated_database_is_made_anew(
    repository: Repository, base: str, damage: str
) -> None:
    first = repository.index()
    before = first.find("readInterval", base)
    first.close()
    path = repository.folder / "search.sqlite"
    if damage == "nonsense":
        path.write_bytes(b"nonsense" * 1000)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:6000])
    else:
        statement = {
            "other tables": "DROP TABLE words",
            "older": "PRAGMA user_version = 999",
            "no places": "DELETE FROM places",
        }[damage]
        with sqlite3.connect(path) as other:
            other.execute(statement)
        other.close()
    second = repository.index()
    assert second.find("readInterval", base) == before
    second.close()


def test_who_has_it_open_follows_to_the_new_one(repository: Repository, base: str) -> None:
    one, other = repository.index(), repository.index()
    before = one.find("readInterval", base)
    other.find("readInterval", base)
    for file in repository.folder.glob("search.sqlite*"):
        file.unlink()
    assert other.find("readInterval", base) == one.find("readInterval", base) == before
    one.close()
    other.close()


def test_threads_with_indexes_of_their_own_see_the_same(repository: Repository, base: str) -> None:
    commits = [base, *(repository.commit({f"n{n}.py": f"def n{n}(): 0\n"}) for n in range(4))]
    found: list[object] = []

    def search(commit: str) -> None:
        own = repository.index()
        found.append(own.find("readInterval", commit)[0])
        own.close()

    threads = [threading.Thread(target=search, args=(c,)) for c in commits * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 15
    assert len(set(found)) == 1


def test_an_unknown_commit_is_said_so(index: CodeIndex, base: str) -> None:
    with pytest.raises(SearchFailed, match="cannot be searched"):
        index.find("x", "0" * 40)
    assert index.find("readInterval", base)


SYNTAX = st.sampled_from(
    ["AND", "OR", "NOT", "NEAR(", '"', "'", "*", "^", "{path}", ":", "-", "(", ")", "+", "body:x"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(SYNTAX, st.text(max_size=5))).map(" ".join)))
def test_nothing_in_a_query_is_syntax(index: CodeIndex, base: str, query: str) -> None:
    known = {"src/parser.py", "src/report.py", "web/view.ts", "docs/guide.md"}
    found = index.find(query, base)
    assert {place.path for place in found} <= known
    assert found == index.find(query, base)
