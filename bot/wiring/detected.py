"""Gates for a checkout that configures none, and whether the configured ones can start at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.domain.errors import UserError
from bot.domain.findings import Gate
from bot.wiring.checkout import Checkout, list_files, read_file
from bot.workspace.detect import Detected, detect, needs_pytest
from bot.workspace.python import find_python


@dataclass(frozen=True)
class _HeadTree:
    """The files of the checkout's HEAD."""

    checkout: Checkout

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file's path."""
        return list_files(self.checkout)

    def read(self, path: str) -> bytes | None:
        """Return a file's content, or None when there is no such file."""
        return read_file(self.checkout, path)


def detected_gates(checkout: Checkout) -> Detected:
    """Return the gates that a Python project's files suggest, and why."""
    tree = _HeadTree(checkout)
    needs = ("pytest",) if needs_pytest(tree) else ()
    return detect(tree, find_python(None if checkout.bare else checkout.path, needs))


def require_programs(gates: Sequence[Gate], checkout: Checkout) -> None:
    """Raise UserError when a gate's program does not exist, before anything is written."""
    files = frozenset(list_files(checkout))
    for gate in gates:
        program = gate.command[0]
        in_tree = os.path.normpath(program) in files
        if not in_tree and shutil.which(program) is None:
            raise UserError(
                f"The gate `{gate.name}` cannot start: there is no program {program!r}; "
                "install it or correct the command."
            )


def program_folder(gates: Sequence[Gate]) -> Path | None:
    """Return the folder of the first gate's interpreter, so that agents find the same one."""
    first = Path(gates[0].command[0]) if gates else Path()
    return first.parent if first.is_absolute() else None
