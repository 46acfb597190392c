"""A chain of jobs for each scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandboxes import require_bubblewrap
from tests.scenarios.jobs.chain import Chain
from tests.scenarios.world import World


@pytest.fixture
def chain(world: World, tmp_path: Path) -> Chain:
    require_bubblewrap()
    return Chain(world, tmp_path / "jobs")
