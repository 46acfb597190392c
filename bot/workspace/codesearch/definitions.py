"""Definitions in other languages, by the look of their lines.

No parser: a definition is a line that begins like one, and nests by its indentation. A wrong guess
costs a badly named place, nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.workspace.codesearch.kinds import suffix_of


@dataclass(frozen=True, slots=True)
class Definition:
    """Where something begins; it reaches to the next one."""

    line: int
    """From 1; comments and decorators above it belong to it."""
    symbol: str
    """Its dotted name, say `Parser.read`; empty for code outside of any definition."""
    doc: str = ""


# The group `name` is what is defined. Patterns see one line without its indentation.
_FAMILIES = {
    "py pyi pyw": r"(?:async\s+)?(?:def|class)\s+(?P<name>\w+)",
    "js jsx ts tsx mjs cjs mts cts vue svelte": (
        r"(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
        r"(?:function\s*\*?\s*|class\s+|interface\s+|enum\s+|namespace\s+|type\s+(?=\w+\s*[=<]))"
        r"(?P<name>[\w$]+)"
        r"|(?:export\s+)?(?:const|let|var)\s+(?P<name2>[\w$]+)\s*(?::[^=]+)?="
        r"\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|\w+\s*=>|class\b)"
        r"|(?:(?:public|private|protected|static|readonly|override|async|get|set)\s+|\*\s*)*"
        r"(?!(?:if|for|while|switch|catch|return|function|with|else|do|new|await|super)\b)"
        r"(?P<name3>#?[\w$]+)\s*(?:<[^>]*>)?\([^;]*\)\s*(?::[^{;]+)?\{$"
    ),
    "go": r"func\s+(?:\([^)]*\)\s*)?(?P<name>\w+)|type\s+(?P<name2>\w+)\s+",
    "rs": (
        r"(?:pub(?:\([^)]*\))?\s+)?(?:default\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?"
        r"(?:extern\s+\"[^\"]*\"\s+)?"
        r"(?:fn|struct|enum|union|trait|type|mod|macro_rules!)\s+(?P<name>\w+)"
        r"|impl(?:\s*<.*?>)?\s+(?:[\w:<>'&,\s]+\s+for\s+)?(?:[&']*\w*\s+)?(?P<name2>\w+)"
    ),
    "java kt kts cs scala swift dart groovy php": (
        r"(?:[@\w]+(?:\([^)]*\))?\s+)*?"
        r"(?:class|interface|enum|record|struct|trait|object|protocol|extension|namespace|"
        r"fun|func|function|def)\s+(?:<[^>]*>\s*)?&?(?:\w+\.)?(?P<name>\w+)"
        r"|(?:(?:public|private|protected|internal|static|final|abstract|override|virtual|async|"
        r"synchronized|native|sealed|open)\s+)+(?:[\w<>\[\],.?\s]+\s)?(?P<name2>\w+)\s*\("
    ),
    "c h cc cpp cxx hh hpp hxx m mm cu ino": (
        r"(?:typedef\s+)?(?:struct|class|union|enum(?:\s+class)?|namespace)\s+(?P<name>\w+)[^;]*$"
        r"|#\s*define\s+(?P<name2>\w+)\("
        r"|(?!(?:if|for|while|switch|return|else|do|case|using|goto|sizeof)\b)"
        r"(?:[\w:<>,~*&\[\]]+\s+)+[*&]*(?P<name3>~?\w+(?:::~?\w+)*)\s*\([^;]*$"
    ),
    "rb rake": r"(?:def\s+(?:self\.)?|class\s+|module\s+)(?P<name>[\w:]+[?!=]?)",
    "ex exs": r"(?:defp?|defmodule|defmacrop?|defprotocol|defimpl)\s+(?P<name>[\w.]+[?!]?)",
    "lua": r"(?:local\s+)?function\s+(?P<name>[\w.:]+)",
    "sh bash zsh fish": r"(?:function\s+(?P<name>[\w:-]+)|(?P<name2>[\w:-]+)\s*\(\)\s*)",
    "pl pm": r"(?:sub|package)\s+(?P<name>[\w:]+)",
    "sql": r"create\s+(?:or\s+replace\s+)?(?:\w+\s+)*?(?:table|view|function|procedure|trigger|"
    r"index|type)\s+(?:if\s+not\s+exists\s+)?(?P<name>[\w.\"]+)",
    "md markdown mdx": r"#{1,6}\s+(?P<name>.{1,100}?)\s*#*$",
    "adoc": r"={1,6}\s+(?P<name>.{1,100})$",
    "toml ini cfg": r"\[+(?P<name>[^\]]+)\]+",
    "proto graphql gql thrift": (
        r"(?:message|service|enum|rpc|type|input|interface|union|scalar|struct|query|mutation|"
        r"fragment|subscription)\s+(?P<name>\w+)"
    ),
    "tf hcl": r"(?:resource|data|module|variable|output|provider)\s+(?P<name>\"[^{]*\")",
    "hs ml mli fs elm": r"(?:let\s+(?:rec\s+)?|module\s+|type\s+|data\s+|class\s+)(?P<name>\w+)",
}
_PATTERNS = {
    suffix: re.compile(pattern, re.IGNORECASE if suffixes == "sql" else 0)
    for suffixes, pattern in _FAMILIES.items()
    for suffix in suffixes.split()
}
_MAKE = re.compile(r"(?P<name>[\w./-]+)\s*:(?!=)")
_UNDERLINE = re.compile(r"([=\-~^\"'#*+.`:_])\1{2,}\s*$")
_ABOVE = re.compile(r"\s*(?://|/?\*|#(?!\s*(?:include|define|if|endif|else)\b)|--\s|@\w|\[[\w#])")
_LINE = 300
"""Longer lines are looked at no further: no pattern may take long."""
_FLAT = frozenset("md markdown mdx adoc toml ini cfg sh bash zsh".split())


def definitions(path: str, lines: Sequence[str]) -> list[Definition]:
    """Return what a file defines, in order; empty for languages that are not known."""
    suffix = suffix_of(path)
    if suffix in {"rst", "txt"}:
        return _headings(lines)
    pattern = _PATTERNS.get(suffix)
    if pattern is None and path.rpartition("/")[2].lower() in {"makefile", "gnumakefile"}:
        pattern = _MAKE
    return [] if pattern is None else _matching(pattern, lines, nested=suffix not in _FLAT)


def _matching(pattern: re.Pattern[str], lines: Sequence[str], *, nested: bool) -> list[Definition]:
    found: list[Definition] = []
    around: list[tuple[int, str]] = []  # indentation and name of what a line is inside of
    reached = 0
    for number, line in enumerate(lines, 1):
        text = line[:_LINE].lstrip()
        matched = pattern.match(text) if text else None
        if matched is None:
            continue
        indent = len(line) - len(line.lstrip()) if nested else 0
        if not nested and line[:1].isspace():
            continue
        name = next(filter(None, matched.groupdict().values()), "")
        while around and around[-1][0] >= indent:
            around.pop()
        symbol = ".".join([*(outer for _, outer in around), name]) if nested else name
        around.append((indent, name))
        first = number
        while first - 1 > reached and _ABOVE.match(lines[first - 2][:_LINE]):
            first -= 1
        found.append(Definition(first, symbol))
        reached = number
    return found


def _headings(lines: Sequence[str]) -> list[Definition]:
    """Return the headings of a text in which they are underlined."""
    found = []
    for number in range(1, len(lines)):
        title, under = lines[number - 1].strip(), lines[number]
        if not title or not _UNDERLINE.match(under[:_LINE]) or _UNDERLINE.match(title[:_LINE]):
            continue
        if len(under.rstrip()) < len(title) or lines[number - 1][:1].isspace():
            continue
        overlined = number >= 2 and _UNDERLINE.match(lines[number - 2][:_LINE])
        found.append(Definition(number - 1 if overlined else number, title[:100]))
    return found
