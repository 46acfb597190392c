"""Definitions in Python, from its syntax tree."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from bot.workspace.codesearch.definitions import Definition

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def python_definitions(text: str) -> list[Definition] | None:
    """Return functions, classes and methods in order, or None for what does not parse.

    What stands between two definitions is one more, with the symbol of what is around it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strange escapes in strangers' strings
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = text.split("\n")
    found = [Definition(1, "", _doc(tree))]
    found += _below(tree.body, "", lines, 1)
    return found


def _below(
    body: Sequence[ast.stmt], symbol: str, lines: Sequence[str], after: int
) -> Iterator[Definition]:
    """Yield the definitions of a body; `after` is the line up to which others reach."""
    between = False
    for statement in body:
        if not isinstance(statement, _DEFINING):
            if between:  # first after a definition
                yield Definition(statement.lineno, symbol)
                between = False
            after = (statement.end_lineno or statement.lineno) + 1
            continue
        decorators = [d.lineno for d in statement.decorator_list]
        first = _with_comments(min([statement.lineno, *decorators]), lines, after)
        name = f"{symbol}.{statement.name}" if symbol else statement.name
        yield Definition(first, name, _doc(statement))
        if isinstance(statement, ast.ClassDef):
            yield from _below(statement.body, name, lines, statement.lineno + 1)
        between = True
        after = (statement.end_lineno or statement.lineno) + 1


def _with_comments(line: int, lines: Sequence[str], after: int) -> int:
    """Return the first line of the comment directly above a line."""
    while line > after and lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _doc(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node, clean=False) or ""
