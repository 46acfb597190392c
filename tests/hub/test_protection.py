"""Branch protection: who may merge what, who may push where, and what approvals survive."""

from __future__ import annotations

import uuid
from typing import Any

from tests.hub.stage import Person, Stage, try_git
from tests.hub.test_reviews import review, state

ONE = {"required_approving_review_count": 1}


def protect(stage: Stage, branch: str = "main", **rules: Any) -> Any:
    body = {
        "required_status_checks": rules.get("checks"),
        "enforce_admins": rules.get("admins"),
        "required_pull_request_reviews": rules.get("reviews"),
        "restrictions": None,
    }
    return stage.owner.put(f"{stage.path}/branches/{branch}/protection", body, status=200)


def merge(person: Person, stage: Stage, status: int = 200) -> Any:
    return person.put(f"{stage.path}/pulls/1/merge", {}, status=status)


def checks(*contexts: str, strict: bool = False) -> dict[str, Any]:
    return {"strict": strict, "contexts": list(contexts)}


def set_status(stage: Stage, word: str, context: str = "ci") -> None:
    sha = stage.owner.get(f"{stage.path}/pulls/1")["head"]["sha"]
    stage.bot.post(f"{stage.path}/statuses/{sha}", {"state": word, "context": context})


def push_more(stage: Stage, branch: str = "feature", by: Person | None = None) -> None:
    checkout = stage.clone(by)
    checkout.git("checkout", "-q", branch)
    checkout.commit({f"{uuid.uuid4().hex}.txt": "x"})
    checkout.git("push", "-q", "origin", branch)


def test_rules_are_set_read_and_taken_away(stage: Stage) -> None:
    path = f"{stage.path}/branches/main/protection"
    assert stage.owner.get(path, status=404)["message"] == "Branch not protected"
    made = protect(stage, reviews={**ONE, "dismiss_stale_reviews": True}, checks=checks("ci"))
    assert made == stage.owner.get(path)
    assert made["required_pull_request_reviews"]["required_approving_review_count"] == 1
    assert made["required_status_checks"]["checks"] == [{"context": "ci", "app_id": None}]
    branch = stage.owner.get(f"{stage.path}/branches/main")
    assert (branch["protected"], branch["protection"]["enabled"]) == (True, True)
    stage.bot.get(path, status=403)
    stage.owner.delete(path, status=204)
    assert not stage.owner.get(f"{stage.path}/branches/main")["protected"]


def test_what_cannot_be_set_is_explained(stage: Stage) -> None:
    path = f"{stage.path}/branches/main/protection"
    refused = stage.owner.put(path, {"enforce_admins": True}, status=422)
    assert all(error.endswith(": missing field") for error in refused["errors"])
    assert len(refused["errors"]) == 3
    names = ("required_status_checks", "enforce_admins", "restrictions")
    whole: dict[str, Any] = dict.fromkeys(names)
    for reviews in ("yes", {"required_approving_review_count": 7},
                    {"required_approving_review_count": "1"}):  # fmt: skip
        body = {**whole, "required_pull_request_reviews": reviews}
        stage.owner.put(path, body, status=422)
    gone = f"{stage.path}/branches/nowhere/protection"
    assert stage.owner.get(gone, status=404)["message"] == "Branch not found"


def test_without_protection_no_decision_is_made(stage: Stage) -> None:
    stage.pull("feature")
    review(stage.owner, stage, "APPROVE")
    seen = state(stage)
    assert (seen["reviewDecision"], seen["mergeStateStatus"]) == (None, "CLEAN")


def test_an_approval_is_demanded(stage: Stage) -> None:
    protect(stage, reviews=ONE)
    stage.pull("feature")
    seen = state(stage)
    assert (seen["reviewDecision"], seen["mergeStateStatus"]) == ("REVIEW_REQUIRED", "BLOCKED")
    assert stage.owner.get(f"{stage.path}/pulls/1")["mergeable_state"] == "blocked"
    words = "At least 1 approving review is required by reviewers with write access."
    assert merge(stage.bot, stage, 405)["message"] == words
    review(stage.newcomer("read"), stage, "APPROVE")
    merge(stage.bot, stage, 405)
    writer = stage.newcomer("push")
    review(writer, stage, "REQUEST_CHANGES")
    assert state(stage)["reviewDecision"] == "CHANGES_REQUESTED"
    review(stage.owner, stage, "APPROVE")
    merge(stage.bot, stage, 405)
    review(writer, stage, "APPROVE")
    seen = state(stage)
    assert (seen["reviewDecision"], seen["mergeStateStatus"]) == ("APPROVED", "CLEAN")
    merge(stage.bot, stage)


def test_two_approvals_are_two_people(stage: Stage) -> None:
    protect(stage, reviews={"required_approving_review_count": 2})
    stage.pull("feature")
    review(stage.owner, stage, "APPROVE")
    review(stage.owner, stage, "APPROVE")
    words = "At least 2 approving reviews are required by reviewers with write access."
    assert merge(stage.bot, stage, 405)["message"] == words
    review(stage.newcomer("push"), stage, "APPROVE")
    merge(stage.bot, stage)


def test_graphql_refuses_in_the_same_words(stage: Stage) -> None:
    protect(stage, reviews=ONE)
    pull = stage.pull("feature")["node_id"]
    query = "mutation($i:ID!){mergePullRequest(input:{pullRequestId:$i}){clientMutationId}}"
    assert stage.bot.refusal(query, i=pull)["message"].startswith("At least 1 approving review")


def test_statuses_are_demanded(stage: Stage) -> None:
    protect(stage, checks=checks("ci"))
    stage.pull("feature")
    assert merge(stage.bot, stage, 405)["message"] == 'Required status check "ci" is expected.'
    set_status(stage, "success", "other")
    for word, shown in (("pending", "pending"), ("failure", "failing"), ("error", "failing")):
        set_status(stage, word)
        assert merge(stage.bot, stage, 405)["message"].endswith(f"is {shown}.")
        assert state(stage)["mergeStateStatus"] == "BLOCKED"
    set_status(stage, "success")
    assert state(stage)["mergeStateStatus"] == "CLEAN"
    merge(stage.bot, stage)


def test_several_statuses_are_counted(stage: Stage) -> None:
    protect(stage, checks=checks("one", "two", "three"))
    stage.pull("feature")
    set_status(stage, "success", "one")
    words = "2 of 3 required status checks are expected."
    assert merge(stage.bot, stage, 405)["message"] == words


def test_strict_checks_demand_the_newest_base(stage: Stage) -> None:
    protect(stage, checks=checks("ci", strict=True))
    stage.pull("feature")
    set_status(stage, "success")
    assert state(stage)["mergeStateStatus"] == "CLEAN"
    checkout = stage.clone(stage.owner)
    checkout.commit({"base.txt": "x"})
    checkout.git("push", "-q", "origin", "main")
    assert state(stage)["mergeStateStatus"] == "BEHIND"
    assert merge(stage.bot, stage, 405)["message"] == 'Required status check "ci" is expected.'
    mine = stage.clone()
    mine.git("checkout", "-q", "feature")
    mine.git("merge", "-q", "--no-edit", "origin/main")
    mine.git("push", "-q", "origin", "feature")
    set_status(stage, "success")
    merge(stage.bot, stage)


def test_admins_are_free_unless_enforced(stage: Stage) -> None:
    protect(stage, reviews=ONE, admins=True)
    stage.pull("feature")
    merge(stage.owner, stage, 405)
    protect(stage, reviews=ONE, admins=False)
    merge(stage.owner, stage)


def test_a_push_dismisses_approvals_where_so_configured(stage: Stage) -> None:
    protect(stage, reviews={**ONE, "dismiss_stale_reviews": True})
    stage.pull("feature")
    review(stage.owner, stage, "APPROVE")
    assert state(stage)["reviewDecision"] == "APPROVED"
    push_more(stage)
    seen = state(stage)
    assert seen["reviewDecision"] == "REVIEW_REQUIRED"
    assert [r["state"] for r in seen["reviews"]["nodes"]] == ["DISMISSED"]
    merge(stage.bot, stage, 405)


def test_a_push_leaves_approvals_elsewhere(stage: Stage) -> None:
    protect(stage, reviews=ONE)
    stage.pull("feature")
    review(stage.owner, stage, "APPROVE")
    push_more(stage)
    assert state(stage)["reviewDecision"] == "APPROVED"


def test_nobody_pushes_past_a_review(stage: Stage) -> None:
    protect(stage, reviews=ONE, admins=True)
    before = stage.tip()
    checkout = stage.clone(stage.owner)
    checkout.commit({"direct.txt": "x"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main", "HEAD:refs/heads/free")
    assert refused.returncode != 0
    assert "(protected branch hook declined)" in refused.stderr
    assert "GH006: Protected branch update failed for refs/heads/main." in refused.stderr
    assert "Changes must be made through a pull request." in refused.stderr
    assert stage.tip() == before
    assert stage.tip("free") != before


def test_a_commit_that_passed_may_be_pushed(stage: Stage) -> None:
    protect(stage, checks=checks("ci"), admins=True)
    checkout = stage.clone()
    sha = checkout.commit({"direct.txt": "x"})
    refused = try_git(checkout.path, "push", "origin", "HEAD:main")
    assert 'Required status check "ci" is expected.' in refused.stderr
    checkout.git("push", "-q", "origin", "HEAD:refs/heads/waiting")
    stage.bot.post(f"{stage.path}/statuses/{sha}", {"state": "success", "context": "ci"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    assert stage.tip() == sha


def test_a_protected_branch_is_not_forced_or_deleted(stage: Stage) -> None:
    stage.branch("release", {"r.txt": "x"})
    protect(stage, "release", admins=True)
    checkout = stage.clone()
    checkout.git("checkout", "-q", "release")
    checkout.git("commit", "-q", "--amend", "-m", "Rewritten")
    forced = try_git(checkout.path, "push", "--force", "origin", "release")
    assert "Cannot force-push to this branch" in forced.stderr
    deleted = try_git(checkout.path, "push", "origin", ":release")
    assert "Cannot delete this protected branch" in deleted.stderr
    checkout.git("reset", "-q", "--hard", "origin/release")
    sha = checkout.commit({"r.txt": "y"})
    checkout.git("push", "-q", "origin", "release")
    assert stage.tip("release") == sha


def test_the_api_moves_no_protected_branch_either(stage: Stage) -> None:
    sha = stage.branch("feature", {"f.txt": "x"})
    protect(stage, reviews=ONE, admins=True)
    refs = f"{stage.path}/git/refs/heads/main"
    refused = stage.bot.patch(refs, {"sha": sha}, status=422)
    assert refused["message"] == "Changes must be made through a pull request."
    repository = stage.owner.get(stage.path)["node_id"]
    query = "mutation($i:UpdateRefsInput!){updateRefs(input:$i){clientMutationId}}"
    move = {"name": "refs/heads/main", "afterOid": sha}
    error = stage.bot.refusal(query, i={"repositoryId": repository, "refUpdates": [move]})
    assert "pull request" in error["message"]
