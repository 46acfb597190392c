"""An agent lays every trap that git knows; none of it runs in the bot, and the loop goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recovery.after import world_after
from tests.recovery.stage import NAME, STORY, Stage

pytestmark = pytest.mark.timeout(400)
SECRET = "what is outside stays outside"


@pytest.fixture
def marks(stage: Stage) -> Path:
    """Return the folder in which every trap that runs would leave a file."""
    folder = stage.folder / "marks"
    folder.mkdir()
    (stage.folder / "secret").write_text(SECRET)
    script = stage.folder / "trap.sh"
    script.write_text(f"MARKS={folder}\n" + (STORY / "trap.sh").read_text())
    stage.playbook = stage.folder / "hostile.yml"
    text = (STORY / "hostile.yml").read_text()
    stage.playbook.write_text(text.replace("TRAP", str(script)))
    return folder


def test_nothing_that_an_agent_planted_runs(stage: Stage, marks: Path) -> None:
    ended = stage.run()
    assert ended.code == 3, ended.out
    assert "review pull request" in ended.out
    assert list(marks.iterdir()) == []

    assert stage.hub is not None
    after = world_after(stage.world, stage.hub.url, NAME)
    honest, trap = (
        after["pull requests"]["pr/item/honest.1"],
        after["pull requests"]["pr/item/trap.1"],
    )
    assert (honest["state"], trap["state"]) == ("MERGED", "OPEN")
    assert after["record"]["standing"][0] == "waiting"
    assert after["main"]["subjects"] == ["Begin the book", "Write an honest page"]

    repository = stage.world.hub / "repos" / f"{NAME}.git"
    number = next(n for n in (2, 3) if f"specloop/1/{n}/1" in trap_branch(stage, repository))
    listed = stage.git("ls-tree", "-r", f"specloop/1/{number}/1", folder=repository).splitlines()
    files = {line.split("\t")[1]: line.split(" ")[0] for line in listed}
    assert "160000" not in files.values()
    assert not [path for path in files if ".git/" in f"{path}/"]
    assert files["pages/link"] == files["outside"] == "120000"
    assert SECRET not in stage.git("grep", "-h", "", f"specloop/1/{number}/1", folder=repository)


def test_a_person_may_still_take_it_and_nothing_runs(stage: Stage, marks: Path) -> None:
    """Once a person approved it, it lands like any other; its traps stay words."""
    ended = stage.run()
    assert ended.code == 3, ended.out
    stage.approve_all()
    ended = stage.run()
    assert list(marks.iterdir()) == []
    assert stage.hub is not None
    after = world_after(stage.world, stage.hub.url, NAME)
    assert after["pull requests"]["pr/item/trap.1"]["state"] == "MERGED"
    assert "Traceback" not in ended.out


def trap_branch(stage: Stage, repository: Path) -> str:
    """Return the branches that hold the trap's page."""
    names = stage.git("for-each-ref", "--format=%(refname:short)", "refs/heads/specloop",
                      folder=repository).splitlines()  # fmt: skip
    held = [n for n in names if "pages/trap.txt" in stage.git("ls-tree", "-r", "--name-only", n,
                                                              folder=repository)]  # fmt: skip
    return " ".join(held)
