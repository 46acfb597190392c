from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.settings import Settings
from bot.rules.protection import demands, protected_among
from tests.rules.builders import modest, table

PROTECTED = Settings().protected_paths


@table(
    "path",
    ("a workflow", ".github/workflows/ci.yml"),
    ("whatever its case", ".GitHub/Workflows/CI.yml"),
    ("a folder inside a protected one", ".claude/skills/deep/down.md"),
    ("a protected folder further down", "packages/web/.claude/settings.json"),
    ("a protected file", "CODEOWNERS"),
    ("a protected file further down", "docs/CODEOWNERS"),
    ("a protected file in another case", "docs/agents.MD"),
    ("a link that stands where a protected folder would", ".claude"),
    ("such a link further down", "packages/.GITHUB"),
)
def test_protected(path: str) -> None:
    assert protected_among([path, "src/main.py"], PROTECTED) == (path,)


@table(
    "path",
    ("plain code", "src/main.py"),
    ("a name that only begins alike", "CODEOWNERS.md"),
    ("a name that only ends alike", "NOTCODEOWNERS"),
    ("a folder that only begins alike", ".githubber/x.yml"),
    ("a folder that only ends alike", "my.github/x.yml"),
    ("a folder named as a protected file", "AGENTS.md/x.txt"),
)
def test_free(path: str) -> None:
    assert protected_among([path], PROTECTED) == ()


def test_touched_paths_are_sorted_and_named_once() -> None:
    paths = ["b/CODEOWNERS", "AGENTS.md", "AGENTS.md"]
    assert protected_among(paths, PROTECTED) == ("AGENTS.md", "b/CODEOWNERS")


def test_nothing_is_protected_without_entries() -> None:
    assert protected_among([".github/workflows/ci.yml"], ()) == ()


@table(
    "paths, labels, expected",
    ("nothing of the kind", ("src/main.py",), ("docs",), ()),
    ("a path of the project's own choice", ("db/schema.sql",), (), ("it touches db/schema.sql, ",)),
    ("a protected one beside it", ("db/a", "Makefile"), (), ("it touches Makefile, db/a, which",)),
    (
        "three paths are named",
        ("db/1", "db/2", "db/3", "db/4"),
        (),
        ("it touches db/1, db/2, db/3,",),
    ),
    ("a label, in whatever case", (), ("docs", "Risky"), ("the label `Risky` asks for a person",)),
    ("both", ("db/a",), ("risky", "risky"), ("it touches db/a", "the label `risky`")),
)
def test_demands(
    paths: tuple[str, ...], labels: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    found = demands(paths, labels, Settings(review_paths=("db/",), review_labels=("risky",)))
    assert len(found) == len(expected)
    assert all(f.startswith(e) for f, e in zip(found, expected, strict=True))


SEGMENT = st.text("abcXYZ.-_é", min_size=1, max_size=6)
FOLDERS = st.lists(SEGMENT, max_size=4).map(lambda names: "".join(f"{n}/" for n in names))


@modest
@given(FOLDERS, st.sampled_from(PROTECTED), FOLDERS, st.sampled_from([str.upper, str.lower]))
def test_neither_depth_nor_case_hides_a_protected_path(above, entry, below, spelt) -> None:
    inside = f"{below}file" if entry.endswith("/") else ""
    path = above + spelt(entry) + inside
    assert protected_among([path], PROTECTED) == (path,)
