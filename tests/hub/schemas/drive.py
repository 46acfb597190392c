"""One walk over every REST route of the hub, each asked so that it succeeds."""

from __future__ import annotations

from typing import Any

from tests.hub.stage import Person, Stage, eventually


def drive(stage: Stage) -> None:
    """Ask everything once; the record tells afterwards what was answered."""
    owner, path = stage.owner, stage.path
    _root(stage)
    _labels_and_milestones(owner, path)
    _issues(stage)
    _hierarchy(stage)
    _commits(stage)
    _pulls(stage)
    _protection(owner, path)
    _hooks(owner, path)
    _actions(stage)
    owner.delete(f"{path}/collaborators/{stage.bot.login}")
    owner.patch(path, {"description": "Words"})


def _root(stage: Stage) -> None:
    owner, path = stage.owner, stage.path
    for address in ("/", "/meta", "/user", "/users/maintainer", "/rate_limit", "/user/repos", path):
        owner.get(address)
    owner.post("/user/repos", {"name": f"{stage.name}-more", "auto_init": True}, status=201)
    owner.get(f"{path}/collaborators")
    owner.get(f"{path}/collaborators/{stage.bot.login}", status=204)
    owner.get(f"{path}/collaborators/{stage.bot.login}/permission")
    owner.put(f"{path}/collaborators/{stage.bot.login}", {"permission": "push"}, status=204)


def _labels_and_milestones(owner: Person, path: str) -> None:
    owner.post(f"{path}/labels", {"name": "one", "color": "ff0000"}, status=201)
    for name in ("labels", "labels/one"):
        owner.get(f"{path}/{name}")
    owner.patch(f"{path}/labels/one", {"description": "Words"})
    owner.post(f"{path}/milestones", {"title": "M", "due_on": "2027-01-01T00:00:00Z"}, status=201)
    owner.get(f"{path}/milestones")
    owner.get(f"{path}/milestones/1")
    owner.patch(f"{path}/milestones/1", {"description": "Words"})


def _issues(stage: Stage) -> None:
    owner, path = stage.owner, stage.path
    one = f"{path}/issues/1"
    stage.issue("One", body="Words", labels=["one"], milestone=1, assignees=["maintainer"])
    comment = owner.post(f"{one}/comments", {"body": "Words"}, status=201)["id"]
    heart = owner.post(f"{one}/reactions", {"content": "heart"}, status=201)["id"]
    said = f"{path}/issues/comments/{comment}"
    eyes = owner.post(f"{said}/reactions", {"content": "eyes"}, status=201)["id"]
    stage.settle()
    for address in (
        f"{path}/issues", one, f"{one}/comments", f"{path}/issues/comments", said,
        f"{one}/labels", f"{one}/reactions", f"{said}/reactions",
    ):  # fmt: skip
        owner.get(address)
    owner.post(f"{one}/labels", {"labels": ["two"]})
    owner.put(f"{one}/labels", {"labels": ["two", "three"]})
    owner.delete(f"{one}/labels/two")
    owner.delete(f"{one}/labels")
    owner.patch(said, {"body": "More"})
    owner.delete(f"{said}/reactions/{eyes}")
    owner.delete(f"{one}/reactions/{heart}")
    owner.delete(said)
    for address in ("assignees", "assignees/maintainer"):
        owner.get(f"{path}/{address}")
    owner.post(f"{one}/assignees", {"assignees": ["maintainer"]}, status=201)
    owner.delete(f"{one}/assignees", {"assignees": ["maintainer"]})
    owner.put(f"{one}/lock", {"lock_reason": "resolved"}, status=204)
    owner.get(one)
    owner.delete(f"{one}/lock", status=204)
    owner.patch(one, {"state": "closed", "state_reason": "not_planned"})
    owner.delete(f"{path}/labels/one")
    owner.delete(f"{path}/milestones/1")


def _hierarchy(stage: Stage) -> None:
    owner, path = stage.owner, stage.path
    made = [stage.issue(title) for title in ("Parent", "Child", "Other")]
    parent, child, other = (f"{path}/issues/{issue['number']}" for issue in made)
    owner.post(f"{parent}/sub_issues", {"sub_issue_id": made[1]["id"]}, status=201)
    owner.post(f"{parent}/sub_issues", {"sub_issue_id": made[2]["id"]}, status=201)
    owner.post(f"{child}/dependencies/blocked_by", {"issue_id": made[2]["id"]}, status=201)
    stage.settle()
    owner.get(f"{parent}/sub_issues")
    owner.get(f"{child}/parent")
    owner.get(f"{child}/dependencies/blocked_by")
    owner.get(f"{other}/dependencies/blocking")
    owner.delete(f"{child}/dependencies/blocked_by/{made[2]['id']}")
    owner.delete(f"{parent}/sub_issue", {"sub_issue_id": made[1]["id"]})


def _commits(stage: Stage) -> None:
    owner, path = stage.owner, stage.path
    sha = stage.branch("work", {"work.txt": "x"})
    owner.post(f"{path}/statuses/{sha}", {"state": "success", "context": "ci"}, status=201)
    stage.settle()
    for address in (
        "commits/work", "commits/work/status", "commits/work/statuses", "branches",
        "branches/work", "git/ref/heads/work", "git/matching-refs/heads",
    ):  # fmt: skip
        owner.get(f"{path}/{address}")
    owner.post(f"{path}/git/refs", {"ref": "refs/specloop/x", "sha": sha}, status=201)
    owner.patch(f"{path}/git/refs/specloop/x", {"sha": stage.tip(), "force": True})
    owner.delete(f"{path}/git/refs/specloop/x")


def _pulls(stage: Stage) -> None:
    owner, path = stage.owner, stage.path
    number = stage.pull("feature", body="Words")["number"]
    pull = f"{path}/pulls/{number}"
    owner.get(f"{pull}/merge", status=404)
    line: dict[str, Any] = {"path": "feature.txt", "line": 1, "body": "Here"}
    wish = {"event": "REQUEST_CHANGES", "body": "No", "comments": [line]}
    review = owner.post(f"{pull}/reviews", wish)["id"]
    stage.settle()
    for address in (
        f"{path}/pulls", pull, f"{pull}/commits", f"{pull}/files", f"{pull}/reviews",
        f"{pull}/reviews/{review}", f"{pull}/reviews/{review}/comments", f"{pull}/comments",
    ):  # fmt: skip
        owner.get(address)
    owner.put(f"{pull}/reviews/{review}/dismissals", {"message": "Old"})
    owner.patch(pull, {"title": "New"})
    owner.put(f"{pull}/merge", {"merge_method": "squash"})
    owner.get(f"{pull}/merge", status=204)
    owner.get(f"{path}/issues/{number}")


def _protection(owner: Person, path: str) -> None:
    address = f"{path}/branches/main/protection"
    rules = {
        "required_status_checks": {"strict": True, "contexts": ["ci"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    owner.put(address, rules)
    owner.get(address)
    owner.delete(address, status=204)
    reviews = {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }
    checks = {
        "required_status_checks": [{"context": "ci"}],
        "strict_required_status_checks_policy": False,
    }
    wish = {
        "name": "Main",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {"type": "pull_request", "parameters": reviews},
            {"type": "required_status_checks", "parameters": checks},
        ],
    }
    made = owner.post(f"{path}/rulesets", wish, status=201)
    owner.get(f"{path}/rulesets")
    owner.get(f"{path}/rules/branches/main")
    one = f"{path}/rulesets/{made['id']}"
    owner.get(one)
    owner.put(one, {"enforcement": "disabled"})
    owner.delete(one, status=204)


def _hooks(owner: Person, path: str) -> None:
    config = {"url": "http://127.0.0.1:1/", "content_type": "json"}
    wish = {"name": "web", "config": config, "events": ["push"]}
    hook = owner.post(f"{path}/hooks", wish, status=201)["id"]
    address = f"{path}/hooks/{hook}"
    owner.post(f"{address}/pings")
    deliveries = eventually(lambda: owner.get(f"{address}/deliveries"), bool)
    owner.get(f"{address}/deliveries/{deliveries[0]['id']}")
    owner.post(f"{address}/deliveries/{deliveries[0]['id']}/attempts", status=202)
    owner.get(f"{path}/hooks")
    owner.get(address)
    owner.patch(address, {"active": False})
    owner.delete(address)


def _actions(stage: Stage) -> None:
    owner, actions = stage.owner, f"{stage.path}/actions"
    checkout = stage.clone(owner)
    checkout.commit({".github/workflows/w.yml": "on: workflow_dispatch\n"})
    checkout.git("push", "-q", "origin", "HEAD:main")
    setting = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    owner.put(f"{actions}/permissions/workflow", setting, status=204)
    owner.get(f"{actions}/permissions/workflow")
    owner.get(f"{actions}/workflows")
    secret = {"encrypted_value": "c2VjcmV0", "key_id": "1"}
    owner.put(f"{actions}/secrets/KEY", secret, status=201)
    owner.put(f"{actions}/secrets/KEY", secret, status=204)
    owner.get(f"{actions}/secrets")
    owner.get("/apps/specloop")
    workflow = f"{actions}/workflows/w.yml"
    owner.get(workflow)
    owner.post(f"{workflow}/dispatches", {"ref": "main"}, status=204)
    wish = {"ref": "main", "inputs": {}, "return_run_details": True}
    run = owner.post(f"{workflow}/dispatches", wish, status=200)["workflow_run_id"]
    owner.get(f"{actions}/runs?event=workflow_dispatch&status=queued&branch=main")
    owner.get(f"{workflow}/runs")
    owner.get(f"{actions}/runs/{run}")
    owner.post(f"{actions}/runs/{run}/cancel", status=202)
    owner.post(f"{actions}/runs/{run}/cancel", status=409)
    content = {"content": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}
    job = {"name": "write", "conclusion": "success", "seconds": 61}
    owner.post(f"/_hub/runs/{run}/jobs", job, status=201)
    owner.get(f"{actions}/runs/{run}/jobs")
    made = owner.put(f"/_hub/runs/{run}/artifacts/x", content, status=201)["id"]
    for address in (f"runs/{run}/artifacts", "artifacts?name=x", f"artifacts/{made}"):
        owner.get(f"{actions}/{address}")
    owner.get(f"{actions}/artifacts/{made}/zip", status=302)
