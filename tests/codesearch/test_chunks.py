"""Files in chunks: by definition, whole, within bounds, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.codesearch.chunks import LINES, chunks_of
from bot.workspace.codesearch.kinds import is_worth, weight_of

PYTHON = '''\
"""About the module."""
import os

# Says where it is.
@cache
def place():
    """Docs of place."""
    text = """
def not_a_function():
"""
    return text

LIMIT = 3

class Shop:
    """Sells."""
    price = 1

    async def sell(self):
        def inner():
            pass
        return inner

    after = 2
'''
RUST = """\
use std::fmt;

/// A parser.
#[derive(Debug)]
pub struct Parser<'a> {
    text: &'a str,
}

impl<'a> Parser<'a> {
    pub(crate) async fn read(&self) -> u8 {
        if x { y() }
    }
}

impl fmt::Display for Parser<'_> {
    fn fmt(&self) {}
}
"""
OTHERS = {
    "a.rs": (RUST, ["", "Parser", "Parser", "Parser.read", "Parser", "Parser.fmt"]),
    "a.go": (
        "package a\n\nfunc New() *T {\n}\n\nfunc (t *T) Read(n int) {\n}\n\ntype T struct {\n}\n",
        ["", "New", "Read", "T"],
    ),
    "a.ts": (
        "export default class Board extends View {\n  private async load(id: string) {\n"
        "    if (id) {\n    }\n  }\n}\nexport const open = (x) => {\n}\ninterface Box {}\n",
        ["Board", "Board.load", "open", "Box"],
    ),
    "A.java": (
        "public class A {\n  @Override\n  public static int add(int a) {\n    return a;\n  }\n}\n",
        ["A", "A.add"],
    ),
    "a.c": (
        "#include <a.h>\n\nstatic int add(int a)\n{\n  return sub(a);\n}\nstruct box {\n};\n",
        ["", "add", "box"],
    ),
    "a.rb": ("class A\n  def self.go!\n    go\n  end\nend\n", ["A", "A.go!"]),
    "a.sh": ("set -e\nstart() {\n  run\n}\nfunction stop {\n  :\n}\n", ["", "start", "stop"]),
    "a.md": ("Intro.\n\n# One\ntext\n\n## Two ##\ntext\n", ["", "One", "Two"]),
    "a.rst": ("=====\nTitle\n=====\n\ntext\n\nPart\n----\n\nmore\n", ["Title", "Part"]),
    "a.toml": ("[project]\nname = 1\n\n[tool.x]\ny = 2\n", ["project", "tool.x"]),
    "Makefile": ("all: build\n\techo\n\nX := 1\nbuild:\n\tcc\n", ["all", "build"]),
    "a.unknown": ("anything\n", [""]),
}


def test_python_is_parted_by_its_syntax_tree() -> None:
    found = [(c.first, c.last, c.symbol) for c in chunks_of("a.py", PYTHON)]
    assert found == [
        (1, 2, ""),
        (4, 11, "place"),
        (13, 13, ""),
        (15, 17, "Shop"),
        (19, 22, "Shop.sell"),
        (24, 24, "Shop"),
    ]
    docs = {c.symbol: c.doc for c in chunks_of("a.py", PYTHON) if c.doc}
    assert docs == {
        "": "About the module.", "place": "Docs of place. Says where it is.", "Shop": "Sells."
    }  # fmt: skip


def test_python_that_does_not_parse_is_parted_by_its_lines() -> None:
    broken = "import os\n\nclass Shop:\n    def sell(self:\n        pass\n"
    assert [c.symbol for c in chunks_of("a.py", broken)] == ["", "Shop", "Shop.sell"]


@pytest.mark.parametrize("path", OTHERS)
def test_other_languages_are_parted_by_the_look_of_their_lines(path: str) -> None:
    text, symbols = OTHERS[path]
    assert [c.symbol for c in chunks_of(path, text)] == symbols


def test_what_is_above_a_definition_belongs_to_it() -> None:
    parser = next(c for c in chunks_of("a.rs", RUST) if c.symbol == "Parser")
    assert (parser.first, parser.doc) == (3, "A parser.")


CODE = st.lists(
    st.sampled_from(
        ["def f():", "class A:", "    def g(self):", "        pass", "", "x = 1", '"""', "# note",
         "@d", "fn a() {", "}", "impl A for B {", "# Title", "=====", "\f", "\r", "\0", "é"]
    )
)  # fmt: skip


@given(st.sampled_from(["a.py", *OTHERS]), st.one_of(CODE.map("\n".join), st.text()))
def test_no_line_is_lost_and_none_comes_twice(path: str, text: str) -> None:
    lines = text.split("\n")
    covered: list[int] = []
    for chunk in chunks_of(path, text):
        assert chunk.text == "\n".join(lines[chunk.first - 1 : chunk.last])
        assert chunk.last - chunk.first < LINES
        covered += range(chunk.first, chunk.last + 1)
    assert covered == sorted(set(covered))
    told = {n for n, line in enumerate(lines, 1) if line.strip()}
    assert told <= set(covered)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("src/a.py", "tests/test_a.py"),
        ("src/a.py", "docs/a.rst"),
        ("src/a.py", "vendor/a.py"),
        ("docs/a.md", "CHANGELOG.md"),
        ("a.go", "a.pb.go"),
        ("src/a.ts", "src/a.test.ts"),
        ("src/a.py", "locale/de/a.po"),
    ],
)
def test_code_by_hand_weighs_more(better: str, worse: str) -> None:
    assert weight_of(better) > weight_of(worse)


@pytest.mark.parametrize(
    "path", ["a.png", "x/yarn.lock", "Cargo.lock", "node_modules/a/b.js", "lib/jquery.min.js"]
)
def test_what_is_not_worth_it(path: str) -> None:
    assert not is_worth(path)
