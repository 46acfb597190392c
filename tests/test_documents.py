"""Documents cannot rot: what they say of the code is compared with the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from bot.wiring.configuration import parse_configuration

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def _tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readmes_tables_are_the_codes() -> None:
    assert _tables().filled(README) == README, "run `make readme`"


def test_the_readmes_configuration_is_valid() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        settings, named = parse_configuration(block.encode())
        assert named == frozenset(yaml.safe_load(block))
        assert [g.name for g in settings.gates] == ["tests", "lint"]


@pytest.mark.parametrize("document", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]))
def test_links_inside_the_repository_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", document.read_text())
    missing = [t for t in targets if not (document.parent / t).exists()]
    assert not missing


def test_the_map_of_the_house_names_every_room() -> None:
    rooms = {p.name for p in (ROOT / "bot").iterdir() if (p / "__init__.py").is_file()}
    told = set(re.findall(r"`bot/(\w+)/`", (ROOT / "CONTRIBUTING.md").read_text()))
    assert told == rooms


def test_the_make_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    documents = README + (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`?make ([a-z]+)", documents)) - {"themselves", "everything"}
    assert named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_pictures_are_there_small_and_told_in_words() -> None:
    for document in (ROOT / "README.md", *ROOT.glob("docs/*.md")):
        for words, target in re.findall(r"!\[(.*?)\]\((.*?)\)", document.read_text()):
            picture = document.parent / target
            assert picture.stat().st_size < 60_000, target
            assert len(words.split()) >= 5, f"{target} is not told to who cannot see it"
    shown = set(re.findall(r"docs/pictures/([\w-]+\.(?:png|svg))", README))
    assert shown == {
        p.name for p in (ROOT / "docs/pictures").iterdir() if p.suffix in {".png", ".svg"}
    }
