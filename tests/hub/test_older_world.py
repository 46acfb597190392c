"""A world that was founded before the hub had some of its tables."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from bot.hub import found_world, start_hub
from tests.hub.conftest import set_up
from tests.hub.stage import Person

ADDITIONS = resources.files("bot.hub.store").joinpath("additions.sql").read_text("utf-8")


def test_an_older_world_gets_what_it_lacks_and_keeps_what_it_has(tmp_path: Path) -> None:
    world = found_world(tmp_path / "world")
    with start_hub(world, lag=0) as hub, closing(set_up(hub, tmp_path)) as stage:
        stage.issue("Kept")
        path = stage.path
    added = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", ADDITIONS)
    assert {"protections", "grants", "lock_reasons", "rulesets", "workflow_runs"} <= set(added)
    with closing(sqlite3.connect(world.database)) as database, database:
        for table in added:
            database.execute(f"DROP TABLE {table}")
    again = found_world(tmp_path / "world")
    with start_hub(again, lag=0) as hub:
        owner = Person("maintainer", again.tokens["maintainer"], hub.url)
        with closing(owner.http):
            assert [issue["title"] for issue in owner.get(f"{path}/issues")] == ["Kept"]
            owner.put(f"{path}/issues/1/lock", {"lock_reason": "resolved"}, status=204)
            owner.post(f"{path}/rulesets", {"name": "x", "enforcement": "active"}, status=201)
            owner.post("/_hub/tokens", {"login": "maintainer", "permissions": {}}, status=201)
            assert owner.get(f"{path}/actions/runs")["total_count"] == 0
            body = {"required_status_checks": None, "enforce_admins": True, "restrictions": None,
                    "required_pull_request_reviews": None}  # fmt: skip
            owner.put(f"{path}/branches/main/protection", body, status=200)
            assert owner.get(f"{path}/issues/1")["active_lock_reason"] == "resolved"
