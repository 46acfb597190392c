"""Files at a commit, reached from a verdict's evidence."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from bot.hub import HubProcess
from tests.hub.conftest import set_up
from tests.hub.pages.reading import read
from tests.hub.pages.scene import MODEL, Scene, tell
from tests.hub.pages.test_pages import page
from tests.hub.stage import Stage


def test_evidence_leads_to_the_line_at_the_judged_commit(
    reader: httpx.Client, scene: Scene
) -> None:
    links = read(page(reader, scene.board)).having("a", "href")
    [evidence] = [link for link in links if "/blob/" in link]
    assert re.fullmatch(rf"{scene.home}/blob/[0-9a-f]{{40}}/doorsign/model\.py#L20", evidence)
    shown = read(page(reader, evidence.partition("#")[0]))
    assert "L20" in shown.having("tr", "id")
    assert len(shown.having("tr", "id")) == 1 + MODEL["doorsign/model.py"].count("\n")
    assert "def clock(minute: int) -> str:" in shown.text
    assert f"{scene.home}/commit/{evidence.split('/')[4]}" in shown.having("a", "href")


def test_evidence_that_is_no_file_is_not_a_link(reader: httpx.Client, stage: Stage) -> None:
    stage.issue("Spec", labels=["spec"])
    sha = stage.branch("other", {"kept/a b#?%é.txt": "x\n", "gone.txt": "x\n"})
    paths = ["../../etc/passwd", "kept", "kept/../gone.txt", "nowhere.py", "", "/gone.txt", "a\nb",
             "\ud800", "-gone.txt", "kept/a b#?%é.txt"]  # fmt: skip
    evidence = [{"path": path, "line": 1} for path in paths]
    criteria = [{"criterion": "All", "met": True, "evidence": evidence}]
    told = {"met": True, "commit": sha, "rationale": "Good."}
    files = {
        "view.json": {"verdict": told},
        "ledger.json": {"verdict": {**told, "criteria": criteria}},
    }
    tell(stage, 1, files)
    home = f"/{stage.owner.login}/{stage.name}"
    found = read(page(reader, f"{home}/milestones/1"))
    links = [link for link in found.having("a", "href") if "/blob/" in link]
    assert links == [f"{home}/blob/{sha}/{quote('kept/a b#?%é.txt')}#L1"]
    assert "nowhere.py:1" in found.text
    assert "kept/a b#?%é.txt" in read(page(reader, links[0].partition("#")[0])).text


@pytest.mark.parametrize(
    "rest", ["main/README.md", "{sha}/nowhere", "{sha}/%2e%2e/x", "{sha}/", "0000/x", "{sha}/a%0Ab"]
)
def test_what_is_no_file_is_not_found(reader: httpx.Client, stage: Stage, rest: str) -> None:
    address = f"/{stage.owner.login}/{stage.name}/blob/{rest.format(sha=stage.tip())}"
    page(reader, address, status=404)


def test_files_are_cut_and_escaped(reader: httpx.Client, stage: Stage) -> None:
    files = {
        "long.txt": "x\n" * 5001,
        "wide.txt": "y" * 1200,
        "bad.html": "<script>alert(1)</script>\n\u202egnp",
        "empty": "",
        "binary": "a\0b",
    }
    sha = stage.branch("files", files)
    home = f"/{stage.owner.login}/{stage.name}/blob/{sha}"
    texts = {name: read(page(reader, f"{home}/{name}")).text for name in files}
    assert "1 more lines are not shown" in texts["long.txt"]
    assert "y" * 1000 + " …" in texts["wide.txt"]
    assert "<script>alert(1)</script>" in texts["bad.html"]
    assert "\u202e" not in texts["bad.html"]
    assert "It is binary" in texts["binary"]


def test_a_private_file_is_not_there_for_others(
    hub: HubProcess, anybody: httpx.Client, tmp_path: Path
) -> None:
    with contextlib.closing(set_up(hub, tmp_path, private=True)) as stage:
        address = f"/{stage.owner.login}/{stage.name}/blob/{stage.tip()}/README.md"
        anybody.get("/", params={"token": stage.newcomer().token})
        page(anybody, address, status=404)
        anybody.get("/", params={"token": stage.owner.token})
        page(anybody, address)
