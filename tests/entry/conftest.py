"""A laptop for each test, and one with a finished run for those that only look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.entry.stage import Laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "mary")
