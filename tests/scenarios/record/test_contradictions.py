"""Record and GitHub contradict each other: a person sees both sides, the rest goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.scenarios.record.forging import everything, forge, forge_values, ref
from tests.scenarios.world import World


def forge_receipt(world: World, key: str, **values: Any) -> None:
    """Let the journal say something else of what one effect made."""
    for path in world.record_paths():
        if not path.startswith("journal/"):
            continue
        segment = json.loads(world.git("cat-file", "blob", f"{ref(world)}:{path}"))
        for receipt in segment["receipts"]:
            if receipt["key"] == key:
                receipt.update(values)
                forge(world, {path: json.dumps(segment).encode()})


def marys_pull(world: World) -> int:
    """Mary works on something of her own."""
    world.git("update-ref", "refs/heads/mine", "refs/heads/main")
    world.pushes("mine", {"mine.txt": "mine\n"})
    path = f"/repos/{world.site.milestone.repository}/pulls"
    return int(world.does("POST", path, title="Mine", head="mine", base="main")["number"])


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_a_pull_request_that_is_not_what_the_record_says(begun: World, whose: str) -> None:
    item, pull = begun.item("hello"), begun.pull("hello")
    other = marys_pull(begun) if whose == "somebody else's" else 999
    forge_receipt(begun, f"pr/{item.number}.1", number=other, node_id="PR_other")
    begun.turn()
    told = begun.reply("hello")
    assert f"The record says that #{other} is the pull request of attempt 1" in told
    shown = f"#{other} opened by maintainer" if other != 999 else "no pull request #999"
    assert f"GitHub shows {shown}." in told
    assert begun.item("hello").status == "blocked"
    assert begun.issue(pull.number)["state"] == "open"
    before = everything(begun)
    begun.replies()
    begun.turn()
    assert everything(begun) == before  # told once
    begun.says("/unblock", on="hello")
    begun.turn()
    assert begun.item("hello").attempts == 2
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert set(begun.main_files()) == {"hello.txt", "bye.txt"}
    begun.replies()
    for key in ("hello", "bye"):
        begun.replies(key)


def test_a_merge_that_github_does_not_show(begun: World) -> None:
    pull = begun.pull("hello").number
    trains = json.loads(begun.git("cat-file", "blob", f"{ref(begun)}:ledger.json"))["trains"]
    forged = [t | ({"outcome": "merged", "landed_commit": "a" * 40}
                   if t["pull_request"] == pull else {}) for t in trains]  # fmt: skip
    forge_values(begun, "ledger.json", trains=forged)
    begun.turn()
    told = begun.reply("hello")
    assert f"The record says that #{pull} was merged as aaaaaaaaaa" in told
    assert f"GitHub shows #{pull} open." in told
    begun.says("/unblock", on="hello")
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert begun.pull("hello").merged
    begun.replies()
    begun.replies("hello")
    begun.replies("bye")


def test_a_merge_that_is_gone_from_the_base_branch(begun: World) -> None:
    landed, pull = begun.git("rev-parse", "main"), begun.pull("bye").number
    begun.git("update-ref", "refs/heads/main", begun.site.milestone.base_sha)
    begun.turn()
    told = begun.reply_about("### The record and GitHub contradict each other")
    assert f"#{pull} was merged as {landed[:10]}" in told
    assert "without that commit" in told
    begun.reviews("hello", "APPROVE")
    begun.turns_until("done")
    assert set(begun.main_files()) == {"hello.txt"}
    begun.replies()
    begun.replies("hello")
    begun.replies("bye")


def test_an_item_on_another_milestone_is_left_out_and_told(begun: World) -> None:
    path = f"/repos/{begun.site.milestone.repository}/milestones"
    number = begun.does("POST", path, title="Another one")["number"]
    begun.edits("hello", milestone=number)
    hello = begun.item("hello").number
    begun.turn()
    told = begun.reply_about("### The record and GitHub contradict each other")
    assert f"#{hello} is item hello of this milestone" in told
    assert "GitHub shows it on the milestone Another one." in told
    assert begun.keys() == {"bye"}
    begun.edits(hello, milestone=1)
    begun.turn()
    assert begun.keys() == {"hello", "bye"}
    begun.replies()
    begun.replies("hello")


def test_an_item_that_is_gone_and_what_bears_its_marker(begun: World) -> None:
    hello = begun.item("hello").number
    forge_receipt(begun, "item/hello", number=777, node_id="I_gone")
    begun.turn()
    told = begun.reply_about("### The record and GitHub contradict each other")
    assert "The record says that #777 is item hello" in told
    assert "GitHub shows no such issue here." in told
    assert begun.issue(hello)["state"] == "open"
    begun.replies()
