"""GraphQL documents: one per file in `queries/`, found by name, mutations composed by alias."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"

_SPREAD = re.compile(r"\.\.\.\s*([A-Z]\w*)")
_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)
_MUTATION = re.compile(
    r"mutation \w+\(\$input: (?P<type>\w+!)\)\s*\{\s*"
    r"(?P<field>\w+)\(input: \$input\)\s*(?P<selection>\{.*\})\s*\}\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """The parts of a one-field mutation document that a batch is made of."""

    field: str
    input_type: str
    selection: str


@cache
def load(name: str) -> str:
    """Return `queries/<name>.graphql` with every fragment it spreads, directly or not."""
    text = _read(FOLDER / f"{name}.graphql")
    parts = [text]
    known: set[str] = set()
    while missing := sorted(set(_SPREAD.findall("".join(parts))) - known):
        parts.extend(_read(FOLDER / "fragments" / f"{fragment}.graphql") for fragment in missing)
        known.update(missing)
    return "".join(parts)


@cache
def mutation(field: str) -> Mutation:
    """Return `queries/mutations/<field>.graphql` in its parts."""
    found = _MUTATION.fullmatch(_read(FOLDER / "mutations" / f"{field}.graphql"))
    if found is None:
        raise ValueError(f"queries/mutations/{field}.graphql is not one mutation of one $input")
    return Mutation(found["field"], found["type"], found["selection"])


def compose(fields: Sequence[tuple[str, str]]) -> str:
    """Return one document of (alias, mutation field) pairs; each takes its variable `$<alias>`.

    GitHub runs the fields in order, and one that fails does not stop the next.
    """
    parts = [(alias, mutation(field)) for alias, field in fields]
    variables = ", ".join(f"${alias}: {part.input_type}" for alias, part in parts)
    body = "\n".join(
        f"  {alias}: {part.field}(input: ${alias}) {part.selection}" for alias, part in parts
    )
    return f"mutation Batch({variables}) {{\n{body}\n}}\n"


def _read(path: Path) -> str:
    return _COMMENT.sub("", path.read_text("utf-8"))
