"""Scenes of the tracker's writes: preparing, creating, merging."""

from __future__ import annotations

from typing import Any

from bot.domain.effects import (
    CreateComment,
    CreateIssue,
    CreatePullRequest,
    MergeMethod,
    MergePullRequest,
    Outcome,
)
from tests.exchanges.ground import LABELS, Ground
from tests.exchanges.scene import Facts, Scene, Wire, intent, wish


def _titled(ground: Ground) -> Facts:
    facts = ground.root()
    ground.settle()
    found = ground.call("GET", f"/milestones/{facts['milestone']}")
    return {**facts, "title": found["title"]}


def _prepare(wire: Wire, facts: Facts) -> Any:
    return [
        wire.tracker.prepare(facts["title"], LABELS),
        wire.tracker.prepare(f"{facts['title']} again", (f"specloop:{facts['root']}",)),
    ]


def _look_prepared(ground: Ground, facts: Facts, said: Any) -> Facts:
    ground.settle()
    fresh = ground.call("GET", f"/milestones/{said[1].number}")
    label = ground.call("GET", f"/labels/specloop:{facts['root']}")
    return {"fresh": [fresh["number"], fresh["node_id"], fresh["title"]], "label": label["name"]}


def _is_prepared(facts: Facts, said: Any) -> None:
    known, fresh = said
    assert (known.number, known.title) == (facts["milestone"], facts["title"])
    assert [fresh.number, fresh.node_id, fresh.title] == facts["fresh"]
    assert facts["label"] == f"specloop:{facts['root']}"


def _room(ground: Ground) -> Facts:
    facts = ground.root()
    branch = f"specloop/{facts['root']}/new"
    ground.push(branch, {f"{facts['root']}.txt": "x\n"})
    wishes = {name: wish(facts["root"]) for name in ("issue", "comment", "pull", "again")}
    ground.settle()
    return {**facts, **wishes, "branch": branch, "base": ground.base}


def _create(wire: Wire, facts: Facts) -> Any:
    root, branch, base = facts["root"], facts["branch"], facts["base"]
    wishes = {
        "issue": CreateIssue("item/a", "Say hello", "Do.", LABELS, root, facts["milestone"]),
        "comment": CreateComment("verdict", root, "A word."),
        "pull": CreatePullRequest("attempt", branch, base, "Say hello", "Work."),
    }
    made = wire.tracker.create([intent(facts[name], wishes[name]) for name in wishes])
    # GitHub says that one exists already; it is looked up and known by its key.
    return [*made, *wire.tracker.create([intent(facts["again"], wishes["pull"])])]


def _look_created(ground: Ground, facts: Facts, said: Any) -> Facts:
    ground.settle()
    issue, comment, pull, _ = said
    shown = ground.call("GET", f"/issues/{issue.number}")
    children = ground.call("GET", f"/issues/{facts['root']}/sub_issues")
    words = ground.call("GET", f"/issues/comments/{comment.number}")
    opened = ground.call("GET", f"/pulls/{pull.number}")
    return {
        "shown": {
            "labels": sorted(label["name"] for label in shown["labels"]),
            "milestone": shown["milestone"]["number"],
            "children": [c["number"] for c in children],
            "issue": shown["node_id"],
            "comment": words["node_id"],
            "pull": opened["node_id"],
            "head": opened["head"]["ref"],
        }
    }


def _are_created(facts: Facts, said: Any) -> None:
    issue, comment, pull, again = said
    shown = facts["shown"]
    assert {receipt.outcome for receipt in said} == {Outcome.DONE}, said
    assert [r.node_id for r in (issue, comment, pull)] == [
        shown[name] for name in ("issue", "comment", "pull")
    ]
    assert [issue.number] == shown["children"]
    assert (shown["labels"], shown["milestone"]) == (sorted(LABELS), facts["milestone"])
    assert (again.number, shown["head"]) == (pull.number, facts["branch"])


def _judged(ground: Ground) -> Facts:
    facts = ground.root()
    pull = ground.pull(facts, "attempt", facts["root"])
    ground.settle()
    return {"root": facts["root"], "pull": pull}


def _merge(wire: Wire, facts: Facts) -> Any:
    number, sha = facts["pull"]["number"], facts["pull"]["sha"]
    return [
        wire.tracker.merge(
            MergePullRequest("merge", number, head, MergeMethod.SQUASH, "Say hello", "Message")
        )
        for head in ("1" * 40, sha, sha)
    ]


def _look_merged(ground: Ground, facts: Facts, said: Any) -> Facts:
    found = ground.call("GET", f"/pulls/{facts['pull']['number']}")
    return {"merged": found["merged"], "landed": found["merge_commit_sha"]}


def _is_merged(facts: Facts, said: Any) -> None:
    other, judged, again = said
    assert (other.outcome, again.outcome) == (Outcome.REFUSED, Outcome.REFUSED), said
    assert "Head branch was modified" in other.note
    assert (judged.outcome, judged.number) == (Outcome.DONE, facts["pull"]["number"])
    assert (facts["merged"], facts["landed"]) == (True, judged.sha)


SCENES = (
    Scene("prepare", _titled, _prepare, _is_prepared, _look_prepared),
    Scene("create", _room, _create, _are_created, _look_created),
    Scene("merge", _judged, _merge, _is_merged, _look_merged),
)
