"""Rulesets: kept and read, in force on the branches they are for, for admins too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.stage import Person, Stage, try_git
from tests.hub.test_protection import push_more
from tests.hub.test_reviews import review

REVIEWS = {"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True}
STILL: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
ASKED: dict[str, Any] = {"type": "pull_request", "parameters": REVIEWS}
GREEN: dict[str, Any] = {
    "type": "required_status_checks",
    "parameters": {"required_status_checks": [{"context": "ci"}]},
}


def rule(stage: Stage, *rules: Any, include: Any = ("~DEFAULT_BRANCH",), **more: Any) -> Any:
    names = {"include": list(include), "exclude": more.pop("exclude", [])}
    wish = {"name": "Main", "enforcement": "active", "conditions": {"ref_name": names},
            "rules": list(rules), **more}  # fmt: skip
    return stage.owner.post(f"{stage.path}/rulesets", wish, status=201)


def rules_on(person: Person, stage: Stage, branch: str = "main") -> list[str]:
    found = person.get(f"{stage.path}/rules/branches/{branch}")
    return [one["type"] for one in found]


def test_a_ruleset_is_made_read_changed_and_deleted(stage: Stage) -> None:
    assert rules_on(stage.bot, stage) == []
    made = rule(stage, *STILL, ASKED)
    one = f"{stage.path}/rulesets/{made['id']}"
    assert stage.bot.get(one) == made
    assert made["source"] == f"maintainer/{stage.name}"
    [listed] = stage.bot.get(f"{stage.path}/rulesets")
    assert (listed["name"], "rules" in listed) == ("Main", False)
    [first, *_] = stage.bot.get(f"{stage.path}/rules/branches/main")
    source = {"ruleset_source_type": "Repository", "ruleset_source": made["source"]}
    assert first == {"type": "deletion", "ruleset_id": made["id"], **source}
    assert rules_on(stage.bot, stage) == ["deletion", "non_fast_forward", "pull_request"]
    stage.owner.put(one, {"rules": [GREEN], "name": "Green"})
    assert rules_on(stage.bot, stage) == ["required_status_checks"]
    assert stage.owner.get(one)["conditions"] == made["conditions"]
    stage.owner.put(one, {"enforcement": "disabled"})
    assert rules_on(stage.bot, stage) == []
    stage.owner.delete(one, status=204)
    stage.owner.get(one, status=404)


def test_protection_is_not_among_the_rules(stage: Stage) -> None:
    body = {"required_status_checks": None, "enforce_admins": True, "restrictions": None,
            "required_pull_request_reviews": {"required_approving_review_count": 1}}  # fmt: skip
    stage.owner.put(f"{stage.path}/branches/main/protection", body)
    assert rules_on(stage.bot, stage) == []


@pytest.mark.parametrize(
    ("branch", "is_covered"),
    [
        ("main", False),
        ("release/1", True),
        ("release/old", False),
        ("releases", False),
        ("x", False),
    ],
)
def test_patterns_say_which_branches(stage: Stage, branch: str, is_covered: bool) -> None:
    rule(stage, *STILL, include=["refs/heads/release/*"], exclude=["refs/heads/release/old"])
    assert bool(rules_on(stage.bot, stage, branch)) is is_covered


WRONG: list[dict[str, Any]] = [
    {"name": None}, {"name": " "},
    {"enforcement": "evaluate"}, {"enforcement": None}, {"target": "tag"},
    {"rules": [{"type": "creation"}]}, {"rules": {}}, {"rules": [1]}, {"conditions": []},
    {"rules": [{"type": "pull_request"}]}, {"bypass_actors": [{"actor_id": 1}]},
    {"rules": [{**ASKED, "parameters": {**REVIEWS, "required_approving_review_count": 11}}]},
    {"rules": [{**ASKED, "parameters": {**REVIEWS, "require_code_owner_review": True}}]},
    {"rules": [{**ASKED, "parameters": {**REVIEWS, "allowed_merge_methods": 5}}]},
    {"rules": [{**ASKED, "parameters": {**REVIEWS, "allowed_merge_methods": ["merge"]}}]},
    {"rules": [{**GREEN, "parameters": {"required_status_checks": ["ci"]}}]},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG)
def test_a_wrong_wish_changes_nothing(stage: Stage, change: dict[str, Any]) -> None:
    wish = {"name": "Main", "enforcement": "active", **change}
    stage.owner.post(f"{stage.path}/rulesets", wish, status=422)
    assert stage.owner.get(f"{stage.path}/rulesets") == []


def test_names_are_unique_and_only_admins_change_rules(stage: Stage) -> None:
    made = rule(stage, *STILL)
    wish = {"name": "Main", "enforcement": "active"}
    refused = stage.owner.post(f"{stage.path}/rulesets", wish, status=422)
    assert refused["errors"][0]["message"] == "Name must be unique"
    stage.bot.post(f"{stage.path}/rulesets", {**wish, "name": "Other"}, status=403)
    stage.bot.put(f"{stage.path}/rulesets/{made['id']}", wish, status=403)
    stage.bot.delete(f"{stage.path}/rulesets/{made['id']}", status=403)


def test_nobody_pushes_past_a_pull_request(stage: Stage) -> None:
    rule(stage, ASKED)
    checkout = stage.clone(stage.owner)
    checkout.commit({"f.txt": "x"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main")
    assert "Changes must be made through a pull request." in refused.stderr
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/free")


def test_each_rule_forbids_its_own(stage: Stage) -> None:
    rule(stage, STILL[0], include=["refs/heads/kept"])
    rule(stage, STILL[1], include=["refs/heads/forward"], name="Forward")
    checkout = stage.clone()
    for branch in ("kept", "forward"):
        checkout.commit({"f.txt": branch})
        checkout.git("push", "-q", "origin", f"HEAD:refs/heads/{branch}")
    checkout.git("push", "-qf", "origin", "origin/main:kept")
    assert "Cannot delete" in try_git(checkout.path, "push", "origin", ":kept").stderr
    refs = f"{stage.path}/git/refs/heads"
    stage.owner.delete(f"{refs}/kept", status=422)
    forced = try_git(checkout.path, "push", "-f", "origin", "origin/main:forward")
    assert "Cannot force-push" in forced.stderr
    stage.owner.patch(f"{refs}/forward", {"sha": stage.tip(), "force": True}, status=422)
    checkout.git("push", "-q", "origin", ":forward")


def test_a_merge_needs_what_all_rules_demand(stage: Stage) -> None:
    rule(stage, ASKED)
    rule(stage, GREEN, include=["~ALL"], name="Green")
    sha = stage.pull("feature")["head"]["sha"]
    merge = f"{stage.path}/pulls/1/merge"
    assert "approving review" in stage.owner.put(merge, {}, status=405)["message"]
    review(stage.owner, stage, "APPROVE")
    assert '"ci" is expected' in stage.owner.put(merge, {}, status=405)["message"]
    assert stage.owner.get(f"{stage.path}/pulls/1")["mergeable_state"] == "blocked"
    stage.bot.post(f"{stage.path}/statuses/{sha}", {"state": "success", "context": "ci"})
    stage.bot.put(merge, {}, status=200)


def test_graphql_knows_them_and_a_push_dismisses_approvals(stage: Stage) -> None:
    rule(stage, ASKED)
    query = ('query($n:String!){repository(owner:"maintainer",name:$n){'
             "pullRequest(number:1){reviewDecision mergeStateStatus}}}")  # fmt: skip
    stage.pull("feature")
    found = stage.bot.data(query, n=stage.name)["repository"]["pullRequest"]
    assert found == {"reviewDecision": "REVIEW_REQUIRED", "mergeStateStatus": "BLOCKED"}
    review(stage.owner, stage, "APPROVE")
    checkout = stage.clone()
    checkout.git("checkout", "-q", "feature")
    checkout.commit({"more.txt": "x"})
    checkout.git("push", "-q", "origin", "feature")
    found = stage.bot.data(query, n=stage.name)["repository"]["pullRequest"]
    assert found["reviewDecision"] == "REVIEW_REQUIRED"


def test_a_merge_queue_is_nobodys_to_pass(stage: Stage) -> None:
    made = rule(stage, {"type": "merge_queue"})
    stage.pull("feature")
    merge = f"{stage.path}/pulls/1/merge"
    assert "merge queue" in stage.bot.put(merge, {}, status=405)["message"]
    assert stage.owner.get(f"{stage.path}/pulls/1")["mergeable_state"] == "blocked"
    stage.owner.put(f"{stage.path}/rulesets/{made['id']}", {"enforcement": "disabled"})
    stage.bot.put(merge, {}, status=200)


def test_who_pushed_last_cannot_be_the_only_one_who_approves(stage: Stage) -> None:
    asked = {"required_approving_review_count": 1, "require_last_push_approval": True}
    rule(stage, {"type": "pull_request", "parameters": asked})
    stage.pull("feature")
    review(stage.owner, stage, "APPROVE")
    push_more(stage, by=stage.owner)
    merge = f"{stage.path}/pulls/1/merge"
    assert "other than the last pusher" in stage.bot.put(merge, {}, status=405)["message"]
    push_more(stage, by=stage.bot)
    stage.bot.put(merge, {}, status=200)
