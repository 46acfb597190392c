"""The house rules of DESIGN.md, section 6: which room of `bot` may import which.

`ROOMS` is the whole law. A room is a package or module directly below `bot`; a room without a row
fails, so that nobody can build one that has no rules.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ANY = frozenset({"*"})


@dataclass(frozen=True)
class Room:
    """What the modules of one room may import, besides the standard library."""

    imports: frozenset[str]  # rooms of `bot`; every room may also import itself
    third_party: bool = True
    pure: bool = False  # no clock, no I/O, no chance


def adapter() -> Room:
    """An adapter knows its port, and neither another adapter nor the loop that drives it."""
    return Room(imports=frozenset({"domain", "ports"}))


ROOMS = {
    "__init__": Room(imports=frozenset(), third_party=False),
    "domain": Room(imports=frozenset(), third_party=False),
    "rules": Room(imports=frozenset({"domain"}), third_party=False, pure=True),
    "ports": Room(imports=frozenset({"domain"})),
    "loop": Room(imports=frozenset({"domain", "rules", "ports"})),
    "github": adapter(),
    "workspace": adapter(),
    "agents": adapter(),
    "state": adapter(),
    "words": adapter(),
    "broker": adapter(),
    "hub": Room(imports=frozenset()),
    "entry": Room(imports=ANY),
    "wiring": Room(imports=ANY),
}

# Rooms that only these may import, whatever the table above says.
ONLY_IMPORTED_BY = {"hub": frozenset({"wiring"}), "broker": frozenset({"wiring"})}

# What a pure room may not touch: importing the module is the offence, used or not.
IMPURE_MODULES = frozenset(
    "asyncio concurrent glob http io multiprocessing os random secrets shutil signal socket "
    "sqlite3 subprocess tempfile threading time urllib.request".split()
)
# `pathlib` has a harmless half.
IMPURE_NAMES = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath"})
# The clock behind a harmless import, and the built-in ways out.
IMPURE_METHODS = frozenset({"now", "utcnow", "today"})
IMPURE_BUILTINS = frozenset({"open", "print", "input"})


def room_of(module: str) -> str:
    """`bot.github.write` is in `github`; `bot` itself is in `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def name_of(path: Path) -> str:
    """The dotted name of a module file below the root of the repository."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.Module, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Every import as line and dotted name, wherever it stands: in a function, for types only."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=source, names=names, level=level):
                base = source or ""
                if level:
                    package = module.split(".") if is_package else module.split(".")[:-1]
                    above = package[: len(package) - level + 1]
                    base = ".".join([*above, source] if source else above)
                # `from bot import hub` imports bot.hub; `from bot.hub import X` names it anyway.
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def impure_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls that read the clock or do I/O without an import that shows it."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)) if (
                owner in {"datetime", "date"} and method in IMPURE_METHODS
            ):
                yield node.lineno, f"{owner}.{method}()"
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="datetime")), attr=method)
            ) if method in IMPURE_METHODS:
                yield node.lineno, f"datetime.….{method}()"
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS:
                yield node.lineno, f"{name}()"


def offence(room_name: str, room: Room, imported: str) -> str | None:
    """Why this room may not import that name; None if it may."""
    top = imported.partition(".")[0]
    if top == "bot":
        target = room_of(imported)
        if target == room_name or target not in ROOMS:  # a name out of `bot` itself
            return None
        allowed = ONLY_IMPORTED_BY.get(target)
        if allowed is not None and room_name not in allowed:
            return f"only {', '.join(sorted(allowed))} may import bot.{target}"
        if "*" not in room.imports and target not in room.imports:
            known = ", ".join(sorted(room.imports)) or "no other room"
            return f"{room_name} may import {known}, not bot.{target}"
        return None
    if top not in sys.stdlib_module_names:
        return None if room.third_party else f"{room_name} is standard library only, not {top}"
    if room.pure and is_impure(imported):
        return f"{room_name} is pure: no {imported}"
    return None


def is_impure(imported: str) -> bool:
    """Whether the import, or a module it lies in, reaches clock, chance or the outside."""
    parts = imported.split(".")
    prefixes = {".".join(parts[: end + 1]) for end in range(len(parts))}
    return bool(prefixes & (IMPURE_MODULES | IMPURE_NAMES)) or imported == "pathlib"


def offences(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Everything in one module that breaks a rule, as `line: rule`."""
    room_name = room_of(module)
    room = ROOMS.get(room_name)
    if room is None:
        return [f"1: no rules for bot/{room_name}: add a row to ROOMS in {Path(__file__).name}"]
    tree = ast.parse(source)
    found = [
        (line, reason)
        for line, imported in imports(tree, module, is_package)
        if (reason := offence(room_name, room, imported))
    ]
    if room.pure:
        found += [(line, f"{room_name} is pure: no {call}") for line, call in impure_calls(tree)]
    if ast.get_docstring(tree) is None:
        found.append((1, "a module says in its docstring what it is for"))
    return [f"{line}: {reason}" for line, reason in sorted(set(found))]


def test_every_module_keeps_to_its_room() -> None:
    paths = sorted((ROOT / "bot").rglob("*.py"))
    assert paths, "no modules found: is this still the root of the repository?"
    found = [
        f"{path.relative_to(ROOT)}:{problem}"
        for path in paths
        for problem in offences(
            path.read_text(encoding="utf-8"), name_of(path), is_package=path.stem == "__init__"
        )
    ]
    assert not found, "\n" + "\n".join(found)


# The checker itself: one line of source in one module, and what it says about it.
BREACHES = {
    "third party in the nouns": ("bot.domain.work", "import click", "standard library only"),
    "nouns reach up": ("bot.domain.work", "from bot.rules import order", "not bot.rules"),
    "relative import": ("bot.domain.work", "from ..ports import tracker", "not bot.ports"),
    "relative, no module": ("bot.rules.order", "from .. import loop", "not bot.loop"),
    "pydantic in rules": ("bot.rules.order", "import pydantic", "standard library only"),
    "clock module": ("bot.rules.order", "import time", "is pure: no time"),
    "clock call": ("bot.rules.order", "x = datetime.now()", "is pure: no datetime.now()"),
    "clock call, dotted": ("bot.rules.order", "x = datetime.datetime.now()", "is pure"),
    "environment": ("bot.rules.order", "from os import environ", "is pure: no os.environ"),
    "submodule": ("bot.rules.order", "import os.path", "is pure: no os.path"),
    "files": ("bot.rules.order", "from pathlib import Path", "is pure: no pathlib.Path"),
    "all of pathlib": ("bot.rules.order", "import pathlib", "is pure: no pathlib"),
    "built-in open": ("bot.rules.order", "text = open('x')", "is pure: no open()"),
    "loop knows an adapter": ("bot.loop.plan", "from bot.github import write", "not bot.github"),
    "adapter knows an adapter": ("bot.github.write", "import bot.state.ref", "not bot.state"),
    "adapter knows the rules": ("bot.agents.roles", "from bot import rules", "not bot.rules"),
    "hub knows the nouns": ("bot.hub.rest.issues", "import bot.domain.work", "not bot.domain"),
    "entry starts the hub": ("bot.entry.cli", "from bot.hub import app", "only wiring"),
    "hidden in a function": ("bot.ports.agent", "def f():\n    import bot.loop", "not bot.loop"),
    "by name": ("bot.state.ref", "x = import_module('bot.hub.app')", "only wiring"),
    "room without rules": ("bot.attic.junk", "", "no rules for bot/attic"),
}


@pytest.mark.parametrize(("module", "source", "reason"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_found(module: str, source: str, reason: str) -> None:
    found = offences(f'"""Synthetic."""\n{source}\n', module)
    assert len(found) == 1
    assert reason in found[0]


def test_a_missing_docstring_is_found() -> None:
    assert offences("x = 1\n", "bot.state") == ["1: a module says in its docstring what it is for"]


def test_a_breach_is_found_on_its_line() -> None:
    assert offences('"""Synthetic."""\n\nimport time\n', "bot.rules.x")[0].startswith("3: ")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.domain.work", "from bot.domain.run import Run"),
        ("bot.domain", "from .run import Run"),
        ("bot.rules.order", "from datetime import UTC, datetime\nfrom pathlib import PurePath"),
        ("bot.rules.order", "from urllib.parse import quote"),
        ("bot.rules.order", "from bot.domain import work\nx = work.now()"),
        ("bot.loop.plan", "from bot import domain, ports, rules"),
        ("bot.github.auth", "import os, time, githubkit\nfrom bot import __version__"),
        ("bot.wiring", "from bot.hub import app\nfrom bot.loop import iteration"),
        ("bot.wiring.offline", "import bot.hub.app"),
        ("bot.entry.cli", "from bot import wiring\nfrom bot.domain import settings"),
    ],
)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    is_package = module == "bot.domain"
    assert offences(f'"""Synthetic."""\n{source}\n', module, is_package=is_package) == []
