"""The offline runner's own strictness: each job's token, and what GitHub would not start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.actions.rendering import Permissions, StartupFailure, render
from tests.actions.test_files import CALLER

PUT = "'(token-[0-9]+)'"


def test_each_job_holds_a_token_of_its_own_permissions(product: Path, tmp_path: Path) -> None:
    made: list[Permissions] = []

    def token(permissions: Permissions) -> str:
        made.append(permissions)
        return f"token-{len(made)}"

    render(product, tmp_path / "rendered", CALLER.read_text(), token)
    put = {
        path.stem: re.findall(PUT, path.read_text())
        for path in (tmp_path / "rendered/.github/workflows").glob("*.yml")
    }
    held = {name: made[int(found[0][6:]) - 1] for name, found in put.items() if found}
    assert sum(map(len, put.values())) == len(made) == 4
    reading = {"contents": "read"}
    assert held["think"] == held["gates"] == reading
    assert set(held["write"].values()) == {"write"}
    assert held["specloop"]["actions"] == "write"
    assert held["specloop"]["issues"] == "read"
    left = [p for p in (tmp_path / "rendered").rglob("*.yml") if "$/" in p.read_text()]
    assert left == []


def test_a_caller_that_grants_too_little_is_not_started(product: Path, tmp_path: Path) -> None:
    caller = CALLER.read_text().replace(", statuses: write", "")
    with pytest.raises(StartupFailure, match=r"specloop\.yml, write-1: statuses"):
        render(product, tmp_path / "rendered", caller, str)
