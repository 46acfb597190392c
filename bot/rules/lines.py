"""Which lines of a comment somebody says: neither code, nor quoted, nor hidden."""

from __future__ import annotations

import itertools
import re

_FENCE = re.compile(r"^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_BLOCK = re.compile(r"^ {0,3}(<!--|<pre(?=[\s>]|$))", re.IGNORECASE)
"""Beginnings of HTML blocks: https://spec.commonmark.org/0.31.2/#html-blocks (1 and 2)."""
_ENDS = {"<!--": "-->", "<pre": "</pre>"}


def spoken_lines(body: str) -> list[str]:
    """Return the lines that are neither in a code block, nor indented code, quoted or hidden.

    Hidden is what GitHub draws nothing of (an HTML comment) or draws as code (`<pre>`).
    """
    lines: list[str] = []
    fence = until = ""
    given = body.replace("\r\n", "\n").split("\n")
    for at, line in enumerate(given):
        opened = _FENCE.match(line)
        if until:
            until = "" if until in line.lower() else until
        elif fence:
            if opened and opened.group(1).startswith(fence) and not opened.group("info").strip():
                fence = ""
        elif opened:
            fence = opened.group(1)
        else:
            until = _hidden_until(line, given[at + 1 :])
            if line.startswith("/") and not until:
                lines.append(line.rstrip())
    return lines


def _hidden_until(line: str, after: list[str]) -> str:
    """Return what ends the hiding that a line begins; empty when it begins none.

    A block goes on until its end, whatever stands between. A comment within a paragraph is one
    only if it ends there.
    """
    block = _BLOCK.match(line)
    if block:
        end = _ENDS[block.group(1).lower()]
        return "" if end in line[block.end() :].lower() else end
    _, opened, rest = line.rpartition("<!--")
    if not opened or "-->" in rest or line.startswith("    "):
        return ""
    paragraph = itertools.takewhile(str.strip, after)
    return "-->" if any("-->" in x for x in paragraph) else ""
