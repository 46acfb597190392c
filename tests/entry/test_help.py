"""The help names every command, and each command explains itself."""

from __future__ import annotations

import re

import pytest

from bot.entry.cli import COMMANDS
from tests.entry.stage import Laptop


def test_help_lists_every_command(laptop: Laptop) -> None:
    for args in (["--help"], ["-h"]):
        ended = laptop.specloop(*args)
        assert ended.code == 0
        listed = re.findall(r"^  ([a-z]+)  +\S", ended.out.partition("Commands:")[2], re.MULTILINE)
        assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(laptop: Laptop, name: str) -> None:
    ended = laptop.specloop(name, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: specloop {name} ")
    assert "-h, --help" in ended.out
    undocumented = re.findall(r"^  --[a-z-]+(?: [A-Z]+)?$", ended.out, re.MULTILINE)
    assert not undocumented


def test_the_version_is_told(laptop: Laptop) -> None:
    ended = laptop.specloop("--version")
    assert ended.code == 0
    assert re.fullmatch(r"specloop, version \d+\.\d+\.\d+.*\n", ended.out)
    assert not laptop.home.exists()
