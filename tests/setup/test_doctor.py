"""`specloop doctor --github` as a process, against the hub: what it finds with which token."""

from __future__ import annotations

import json
from typing import Any

from bot.words import TemplateWords
from tests.entry.stage import Ended, Laptop
from tests.hub.stage import Stage

TEMPLATE = (TemplateWords().root / "setup" / "specloop.yml").read_text()
CALLER = TEMPLATE.replace("0" * 40, "1" * 40)
DEPLOY = "on:\n  push: {branches: ['main', 'release/**']}\n"


def ask(laptop: Laptop, stage: Stage, token: str, *more: str) -> Ended:
    where = {"GITHUB_API_URL": stage.owner.url, "GITHUB_SERVER_URL": "https://github.example"}
    name = f"{stage.owner.login}/{stage.name}"
    return laptop.specloop(
        "doctor", *(more or ("--github", name)), extra={**where, "GH_TOKEN": token}
    )


def findings(ended: Ended) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for one in json.loads(ended.out):
        found.setdefault(one["what"], []).append(one)
    return found


def commit(stage: Stage, files: dict[str, str]) -> None:
    checkout = stage.clone(stage.owner)
    checkout.commit(files)
    checkout.git("push", "-q", "origin", "HEAD:main")


def token(stage: Stage, login: str, **permissions: str) -> str:
    wish: dict[str, Any] = {"login": login, "permissions": permissions}
    if login == "github-actions[bot]":
        names = [f"{stage.owner.login}/{stage.name}"]
        wish = {"kind": "workflow", "permissions": permissions, "repositories": names}
    made: str = stage.owner.post("/_hub/tokens", wish)["token"]
    return made


def test_a_bare_repository_is_told_all_that_is_missing_and_a_whole_one_nothing(
    laptop: Laptop, stage: Stage
) -> None:
    laptop.folder.mkdir(exist_ok=True)
    name = f"{stage.owner.login}/{stage.name}"
    bare = ask(laptop, stage, stage.owner.token, "--repo", name)
    assert (bare.code, bare.err) == (1, "")
    for line in (
        "missing workflow       .github/workflows/specloop.yml is not on the default branch",
        "costs: nothing ever runs",
        "missing pull requests  workflows may not open them",
        f"do: tick it at https://github.example/{name}/settings/actions",
        "missing model key      no secret ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY",
        f"do: gh secret set ANTHROPIC_API_KEY --repo {name}",
        "missing labels         there is no label `spec`",
        "ok      protection     the default branch has none",
    ):
        assert line in bare.out

    commit(stage, {".github/workflows/specloop.yml": CALLER, ".github/workflows/d.yml": DEPLOY})
    actions = f"{stage.path}/actions"
    allowed = {"can_approve_pull_request_reviews": True}
    stage.owner.put(f"{actions}/permissions/workflow", allowed, status=204)
    secret = {"encrypted_value": "x", "key_id": "1"}
    stage.owner.put(f"{actions}/secrets/OPENAI_API_KEY", secret, status=201)
    stage.owner.post(f"{stage.path}/labels", {"name": "Spec", "color": "000000"})
    stage.settle()
    whole = ask(laptop, stage, stage.owner.token)
    assert (whole.code, whole.err) == (0, "")
    assert "missing" not in whole.out
    assert "unknown" not in whole.out
    assert "d.yml will not start after its merges" in whole.out

    seen = ask(laptop, stage, stage.newcomer().token)
    assert seen.code == 0
    assert "unknown pull requests  whether workflows may open them" in seen.out
    assert "unknown model key      whether the secret ANTHROPIC_API_KEY" in seen.out


def test_what_is_wrong_with_the_workflow_and_the_branch_is_named(
    laptop: Laptop, stage: Stage
) -> None:
    laptop.folder.mkdir(exist_ok=True)
    poor = (
        TEMPLATE.replace("statuses: write", "statuses: read")
        .replace("inputs.milestone &&", "false &&")
        .replace("format('#{0}', inputs.milestone)", "''")
        .replace("  schedule:", "  # schedule:")
    )
    assert len({poor, CALLER}) == 2
    ci = "on: [pull_request]\n"
    configuration = "merge: auto\nlabels: {spec: build-me}\n"
    commit(
        stage,
        {
            ".github/workflows/specloop.yml": poor,
            ".github/workflows/ci.yaml": ci,
            ".github/workflows/broken.yml": "a: [",
            ".github/specloop.yml": configuration,
        },
    )
    rules: dict[str, Any] = {
        "required_status_checks": {"strict": False, "contexts": ["ci", "specloop/gates"]},
        "required_pull_request_reviews": {"required_approving_review_count": 2},
        "enforce_admins": None,
        "restrictions": None,
    }
    stage.owner.put(f"{stage.path}/branches/main/protection", rules)
    ended = ask(
        laptop, stage, stage.owner.token,
        "--github", f"{stage.owner.login}/{stage.name}", "--json",
    )  # fmt: skip
    found = findings(ended)
    assert ended.code == 1
    assert [f["said"] for f in found["workflow"]] == [
        "`schedule` is no trigger of it",
        "`statuses: write` is not granted in it",
        "it names no commit of specloop yet, but zeros",
        "its `run-name` does not show the milestone",
    ]
    assert all(f["health"] == "missing" and f["cost"] and f["todo"] for f in found["workflow"])
    [checks, approvals] = found["protection"]
    assert checks["said"] == "required checks: ci"
    assert "wait until a person approves" in checks["cost"]
    assert approvals["said"].startswith("2 approval(s) are required, and `merge: auto`")
    assert found["labels"][0]["said"] == "there is no label `build-me`"
    assert found["triggers"][0]["said"].startswith("ci.yaml will wait")

    commit(stage, {".github/specloop.yml": "merge: maybe\n"})
    ended = ask(laptop, stage, stage.owner.token)
    assert ended.code == 1
    assert "missing configuration  .github/specloop.yml: `merge`" in ended.out


def test_tokens_of_jobs_and_apps_are_told_apart(laptop: Laptop, stage: Stage) -> None:
    laptop.folder.mkdir(exist_ok=True)

    def told(given: str) -> dict[str, str]:
        ended = ask(laptop, stage, given, "--github", f"{stage.owner.login}/{stage.name}", "--json")
        [first] = findings(ended)["token"]
        return first

    job = told(token(stage, "github-actions[bot]", contents="read", issues="read", actions="read"))
    assert (job["health"], job["said"].split(";")[0]) == ("ok", "a job's own")
    app = stage.owner.post("/_hub/accounts", {"login": "builder[bot]", "type": "Bot"})["login"]
    some = told(token(stage, app, contents="write", issues="write", actions="write"))
    assert some["health"] == "missing"
    assert "lacks pull_requests: write, statuses: write" in some["said"]
    told(token(stage, app, pull_requests="write", statuses="write", contents="read"))
    good = told(token(stage, app, contents="read"))
    assert (good["health"], "with what it needs" in good["said"]) == ("ok", True)
    strong = told(token(stage, app, contents="write", workflows="write"))
    assert strong["health"] == "missing"
    assert strong["said"] == "the App builder[bot] holds `workflows`"
    assert "read every secret" in strong["cost"]


def test_what_cannot_be_asked_is_one_sentence(laptop: Laptop, stage: Stage) -> None:
    laptop.folder.mkdir(exist_ok=True)
    where = {"GITHUB_API_URL": stage.owner.url}
    name = f"{stage.owner.login}/{stage.name}"
    for extra, args, sentence in (
        ({}, ("--github", name), "GITHUB_TOKEN (or GH_TOKEN) is not set"),
        ({"GH_TOKEN": "wrong"}, ("--github", name), "GitHub does not accept the token"),
        (
            {"GH_TOKEN": stage.owner.token},
            ("--repo", "no/where"),
            "There is no repository no/where",
        ),
    ):
        ended = laptop.specloop("doctor", *args, extra={**where, **extra})
        assert ended.code == 2
        assert ended.err.startswith(f"specloop: {sentence}")
        assert ended.err.count("\n") == 1
