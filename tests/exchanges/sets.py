"""Scenes of the tracker's Sets: each once, each again, and what GitHub refuses."""

from __future__ import annotations

from typing import Any

from bot.domain.effects import (
    AddLabels,
    CloseIssue,
    CloseMilestone,
    ClosePullRequest,
    CreateComment,
    EditComment,
    HideComment,
    LeaveMilestone,
    LinkBlockedBy,
    Outcome,
    React,
    Reaction,
    RemoveLabels,
    SetCommitStatus,
)
from bot.domain.work import CloseReason
from tests.exchanges.ground import LABELS, Ground
from tests.exchanges.reads import NOWHERE
from tests.exchanges.scene import Facts, Scene, Wire, intent, wish

STATUS = "specloop/gates"


def _everything(ground: Ground) -> Facts:
    facts = ground.root()
    a, b, c = (ground.child(facts, f"item/{n}") for n in ("a", "b", "c"))
    pull = ground.pull(facts, "attempt", a["number"])
    words = []
    with ground.wire() as wire:
        for key in ("progress", "copy"):
            effect = CreateComment(key, facts["root"], "A word.")
            (made,) = wire.tracker.create([intent(wish(facts["root"]), effect)])
            words.append([made.number, made.node_id])
    ground.settle()
    return {**facts, "items": [i["number"] for i in (a, b, c)], "pull": pull, "words": words}


def _effects(facts: Facts) -> list[Any]:
    a, b, c = facts["items"]
    (_, edited), (_, hidden) = facts["words"]
    return [
        AddLabels("add", a, LABELS[1:]),
        RemoveLabels("remove", a, LABELS[:1]),
        LinkBlockedBy("link", b, a),
        LeaveMilestone("leave", b),
        CloseIssue("close", a, CloseReason.NOT_PLANNED),
        CloseIssue("fold", c, CloseReason.DUPLICATE, a),
        ClosePullRequest("drop", facts["pull"]["number"]),
        EditComment("edit", edited, "Half done."),
        HideComment("hide", hidden),
        React("react", edited, Reaction.ACCEPTED),
        SetCommitStatus("status", facts["pull"]["sha"], STATUS, green=True, description="Green."),
        CloseMilestone("end", facts["milestone"]),
    ]


def _set_twice(wire: Wire, facts: Facts) -> Any:
    """Send them twice: what GitHub says of what is so already is worth a recording."""
    return [wire.tracker.set(_effects(facts)) for _ in range(2)]


def _look_set(ground: Ground, facts: Facts, said: Any) -> Facts:
    ground.settle()
    a, b, c = (ground.call("GET", f"/issues/{n}") for n in facts["items"])
    (edited, _), (_, hidden) = facts["words"]
    query = "query($id: ID!) { node(id: $id) { ... on IssueComment { isMinimized } } }"
    copy = ground.ask("POST", "/graphql", query=query, variables={"id": hidden})
    words = ground.call("GET", f"/issues/comments/{edited}")
    blockers = ground.call("GET", f"/issues/{b['number']}/dependencies/blocked_by")
    statuses = ground.call("GET", f"/commits/{facts['pull']['sha']}/statuses")
    pull = ground.call("GET", f"/pulls/{facts['pull']['number']}")
    return {
        "labels": sorted(label["name"] for label in a["labels"]),
        "reasons": [a["state_reason"], c["state_reason"]],
        "blockers": [blocker["number"] for blocker in blockers],
        "on_milestone": b["milestone"],
        "pull_request": [pull["state"], pull["merged"]],
        "body": words["body"],
        "hidden": copy["data"]["node"]["isMinimized"],
        "reactions": words["reactions"]["+1"],
        "statuses": sorted({s["context"] for s in statuses}),
        "end": ground.call("GET", f"/milestones/{facts['milestone']}")["state"],
    }


def _are_set(facts: Facts, said: Any) -> None:
    keys = [effect.key for effect in _effects(facts)]
    for receipts in said:
        assert [(r.key, r.outcome) for r in receipts] == [(k, Outcome.DONE) for k in keys], receipts
    assert facts["labels"] == sorted(LABELS[1:])
    assert facts["reasons"] == ["not_planned", "duplicate"]
    assert (facts["blockers"], facts["on_milestone"]) == (facts["items"][:1], None)
    assert facts["pull_request"] == ["closed", False]
    assert (facts["hidden"], facts["body"].partition("\n")[0]) == (True, "Half done.")
    assert "specloop key=progress" in facts["body"]
    assert (facts["reactions"], facts["statuses"], facts["end"]) == (1, [STATUS], "closed")


def _nothing(ground: Ground) -> Facts:
    facts = ground.root()
    ground.settle()
    return {"root": facts["root"]}


def _refused(wire: Wire, facts: Facts) -> Any:
    return wire.tracker.set(
        [
            AddLabels("label", facts["root"], ("no such label",)),
            CloseIssue("issue", NOWHERE, CloseReason.COMPLETED),
            HideComment("comment", "IC_kwDONothing"),
            SetCommitStatus("status", "0" * 40, STATUS, green=False, description="Red."),
        ]
    )


def _are_refused(facts: Facts, said: Any) -> None:
    assert [(r.key, r.outcome) for r in said] == [
        (key, Outcome.REFUSED) for key in ("label", "issue", "comment", "status")
    ], said
    assert all(r.note for r in said)


SCENES = (
    Scene("set", _everything, _set_twice, _are_set, _look_set),
    Scene("set-refused", _nothing, _refused, _are_refused),
)
