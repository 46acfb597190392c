"""Scenes of the tracker's reads."""

from __future__ import annotations

from typing import Any

from bot.domain.effects import (
    CreateComment,
    CreateIssue,
    CreatePullRequest,
    LinkBlockedBy,
    Outcome,
)
from bot.domain.work import IssueState, Permission, PullRequestState
from tests.exchanges.ground import LABELS, Ground
from tests.exchanges.scene import Facts, Scene, Wire, intent, wish

NOBODY = "no--body"
"""No login that GitHub gives away has two hyphens in a row."""
MANY = 22
"""Comments; a first reading brings the latest twenty."""
NOWHERE = 999_999
"""A number that nothing in a scratch repository has."""


def _milestone(ground: Ground) -> Facts:
    facts = ground.root()
    first, second, stray = (ground.child(facts, f"item/{n}") for n in ("a", "b", "c"))
    with ground.wire() as wire:
        wire.tracker.set([LinkBlockedBy("link", second["number"], first["number"])])
        other = wire.tracker.prepare(f"{facts['title']}, later", [])
    ground.call("PATCH", f"/issues/{stray['number']}", milestone=other.number)
    said = ground.call("POST", f"/issues/{facts['root']}/comments", body="/continue\n\nGood.")
    pull = ground.pull(facts, "attempt", first["number"])
    ground.settle()
    items = {"first": first, "second": second, "stray": stray, "pull": pull}
    more = {"comment": said["id"], "later": other.title, "viewer": ground.viewer}
    return {**facts, **items, **more, "base": ground.base}


def _read(wire: Wire, facts: Facts) -> Any:
    items = (facts["first"], facts["second"], facts["stray"])
    expected = {item["number"]: item["node_id"] for item in items}
    return (
        wire.tracker.read(facts["root"], facts["milestone"], expected),
        wire.tracker.read(facts["root"], None),
    )


def _is_read(facts: Facts, said: Any) -> None:
    view, unaware = said
    first, second, pull = facts["first"], facts["second"], facts["pull"]
    assert (view.viewer, view.default_branch) == (facts["viewer"], facts["base"])
    assert (view.root.number, view.root.body) == (facts["root"], "There shall be a shop.")
    assert view.root.author == facts["viewer"]
    assert [(c.id, c.body) for c in view.root.comments] == [
        (facts["comment"], "/continue\n\nGood.")
    ]
    assert view.milestone is not None
    assert (view.milestone.number, view.milestone.title[: len(facts["title"])]) == (
        facts["milestone"],
        facts["title"],
    )
    assert [i.number for i in view.items] == [first["number"], second["number"]]
    a, b = view.items
    assert (a.title, a.labels, a.parent) == ("Title of item/a", LABELS[:1], facts["root"])
    assert (a.state, a.node_id, b.blocked_by) == (IssueState.OPEN, first["node_id"], (a.number,))
    assert view.strays == {facts["stray"]["number"]: facts["later"]}
    assert view.unlisted == ()
    found = {p.number: p for p in view.pull_requests}[pull["number"]]
    assert (found.head_branch, found.head_sha) == (pull["branch"], pull["sha"])
    assert (found.base_branch, found.closes) == (facts["base"], (first["number"],))
    assert {(m.key, m.nonce, m.number) for m in view.marks} >= {
        (key, facts[name]["nonce"], facts[name]["number"])
        for key, name in (("item/a", "first"), ("item/b", "second"), ("attempt", "pull"))
    }
    assert unaware.milestone == view.milestone, "its children tell the milestone of a lost record"


def _long(ground: Ground) -> Facts:
    facts = ground.root()
    words = [f"Word {n}." for n in range(MANY)]
    with ground.wire() as wire:
        wire.tracker.create(
            [
                intent(wish(facts["root"]), CreateComment(f"word/{n}", facts["root"], word))
                for n, word in enumerate(words)
            ]
        )
    ground.settle()
    return {"root": facts["root"], "words": words}


def _read_long(wire: Wire, facts: Facts) -> Any:
    return wire.tracker.read(facts["root"], None)


def _is_read_long(facts: Facts, said: Any) -> None:
    comments = said.root.comments
    assert [c.body.partition("\n")[0] for c in comments] == facts["words"]
    assert [m.number for m in said.marks] == [c.id for c in comments]
    assert said.milestone is None


def _people(ground: Ground) -> Facts:
    return {"viewer": ground.viewer}


def _permissions(wire: Wire, facts: Facts) -> Any:
    return [wire.tracker.permission(login) for login in (facts["viewer"], NOBODY)]


def _are_permitted(facts: Facts, said: Any) -> None:
    viewers, nobodys = said
    assert viewers.can_write
    assert nobodys is Permission.NONE


def _created(ground: Ground) -> Facts:
    facts = ground.root()
    issue = ground.child(facts, "item/a")
    pull = ground.pull(facts, "attempt", issue["number"])
    made_of = wish(facts["root"])
    with ground.wire() as wire:
        effect = CreateComment("verdict", facts["root"], "A word.")
        (made,) = wire.tracker.create([intent(made_of, effect)])
    comment = {**made_of, "number": made.number, "node_id": made.node_id}
    never = wish(facts["root"])
    ground.settle()
    found = {"issue": issue, "comment": comment, "pull": pull, "never": never}
    return {**facts, **found, "base": ground.base}


def _find(wire: Wire, facts: Facts) -> Any:
    issue = CreateIssue("item/a", "", "", (), None, facts["milestone"])
    comment = CreateComment("verdict", facts["root"], "")
    pull = CreatePullRequest("attempt", facts["pull"]["branch"], facts["base"], "", "")
    wishes = (("issue", issue), ("comment", comment), ("pull", pull), ("never", issue))
    return [wire.tracker.find(intent(facts[name], effect)) for name, effect in wishes]


def _are_found(facts: Facts, said: Any) -> None:
    *found, never = said
    assert never is None
    for name, receipt in zip(("issue", "comment", "pull"), found, strict=True):
        assert receipt is not None, name
        assert receipt.outcome is Outcome.DONE
        assert (receipt.number, receipt.node_id) == (facts[name]["number"], facts[name]["node_id"])


def _pulls(ground: Ground) -> Facts:
    facts = ground.root()
    child = ground.child(facts, "item/a")
    pull = ground.pull(facts, "attempt", child["number"])
    ground.settle()
    return {**facts, "pull": pull, "child": child["number"], "viewer": ground.viewer}


def _read_pulls(wire: Wire, facts: Facts) -> Any:
    return wire.tracker.pull_requests([facts["pull"]["number"], NOWHERE])


def _pulls_are_read(facts: Facts, said: Any) -> None:
    (found,) = said
    pull = facts["pull"]
    assert (found.number, found.node_id, found.head_sha) == (
        pull["number"],
        pull["node_id"],
        pull["sha"],
    )
    assert (found.state, found.author) == (PullRequestState.OPEN, facts["viewer"])
    assert (found.merge_commit, found.is_draft, found.reviews) == (None, False, ())


SCENES = (
    Scene("read", _milestone, _read, _is_read),
    Scene("read-long", _long, _read_long, _is_read_long),
    Scene("permission", _people, _permissions, _are_permitted),
    Scene("find", _created, _find, _are_found),
    Scene("pull-requests", _pulls, _read_pulls, _pulls_are_read),
)
