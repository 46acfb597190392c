"""A file that became a link: its diff, and those of the files after it."""

from __future__ import annotations

import httpx

from tests.hub.pages.reading import read
from tests.hub.pages.test_pages import page
from tests.hub.stage import Stage


def test_a_file_that_became_a_link(reader: httpx.Client, stage: Stage) -> None:
    checkout = stage.clone()
    names = ("a.txt", "b.txt", "c.txt", "d.txt")
    checkout.commit({name: f"old {name}\n" for name in names})
    checkout.git("push", "-q", "origin", "HEAD:main")
    checkout.git("checkout", "-q", "-b", "links")
    (checkout.path / "b.txt").unlink()
    (checkout.path / "b.txt").symlink_to("c.txt")
    checkout.commit({"a.txt": "new a\n", "c.txt": "new c\n", "d.txt": "new d\n"})
    checkout.git("push", "-q", "origin", "links")
    wish = {"title": "x", "head": "links", "base": "main"}
    number = stage.bot.post(f"{stage.path}/pulls", wish)["number"]
    found = {f["filename"]: f for f in stage.owner.get(f"{stage.path}/pulls/{number}/files")}
    assert found["b.txt"]["status"] == "changed"
    assert "-old b.txt" in found["b.txt"]["patch"]
    assert "+c.txt" in found["b.txt"]["patch"]
    for name in ("a", "c", "d"):
        assert f"-old {name}.txt\n+new {name}" in found[f"{name}.txt"]["patch"]
        assert (found[f"{name}.txt"]["additions"], found[f"{name}.txt"]["deletions"]) == (1, 1)
    shown = read(page(reader, f"/{stage.owner.login}/{stage.name}/pull/{number}")).text
    assert shown.index("old b.txt") < shown.index("new c") < shown.index("new d")
