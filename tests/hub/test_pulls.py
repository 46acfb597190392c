"""Pull requests: opening, changing, what GitHub refuses, and what they close."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.hub.stage import Stage


def message(answer: Any) -> str:
    text: str = answer["errors"][0]["message"]
    return text


def open_pull(stage: Stage, status: int, **wish: Any) -> Any:
    body = {"title": "t", "head": "feature", "base": "main", **wish}
    return stage.bot.post(f"{stage.path}/pulls", body, status=status)


def test_what_cannot_be_opened_is_explained(stage: Stage) -> None:
    stage.branch("feature", {"f": "x"})
    assert open_pull(stage, 422, base="nowhere")["errors"][0]["field"] == "base"
    assert open_pull(stage, 422, head="nowhere")["errors"][0]["field"] == "head"
    assert message(open_pull(stage, 422, head="main")) == "No commits between main and main"
    assert message(open_pull(stage, 422, body="x" * 65_537)).startswith("body is too long")
    open_pull(stage, 201)
    twin = open_pull(stage, 422, head="maintainer:feature")
    assert message(twin) == "A pull request already exists for maintainer:feature."


def test_unrelated_histories_are_refused(stage: Stage) -> None:
    checkout = stage.clone()
    checkout.git("checkout", "-q", "--orphan", "alien")
    checkout.commit({"alien.txt": "x"})
    checkout.git("push", "-q", "origin", "alien")
    assert "no history in common" in message(open_pull(stage, 422, head="alien"))


def test_readers_cannot_open_pull_requests_here(stage: Stage) -> None:
    stage.branch("feature", {"f": "x"})
    reader = stage.newcomer()
    wish = {"title": "t", "head": "feature", "base": "main"}
    reader.post(f"{stage.path}/pulls", wish, status=403)


def test_a_pull_request_tells_its_size(stage: Stage) -> None:
    pull = stage.pull("feature", {"one.txt": "1\n2\n", "two.txt": "1\n"})
    sizes = [pull[name] for name in ("commits", "changed_files", "additions", "deletions")]
    assert sizes == [1, 2, 3, 0]
    (first, _) = stage.owner.get(f"{stage.path}/pulls/{pull['number']}/files")
    assert (first["filename"], first["status"]) == ("one.txt", "added")
    assert first["patch"] == "@@ -0,0 +1,2 @@\n+1\n+2"


def test_lists_are_filtered_by_head_base_and_state(stage: Stage) -> None:
    stage.pull("one")
    stage.pull("two")
    stage.bot.patch(f"{stage.path}/pulls/2", {"state": "closed"})
    stage.settle()

    def numbers(query: str) -> list[int]:
        return [pull["number"] for pull in stage.owner.get(f"{stage.path}/pulls?{query}")]

    assert numbers("") == [1]
    assert numbers("state=all") == [2, 1]
    assert numbers("state=all&head=maintainer:two") == [2]
    assert numbers("state=all&head=somebody:two") == []
    assert numbers("base=main") == [1]
    assert numbers("base=other") == []


def test_a_conflict_shows(stage: Stage) -> None:
    stage.pull("one", {"same.txt": "one"})
    stage.pull("two", {"same.txt": "two"})
    stage.bot.put(f"{stage.path}/pulls/1/merge", {})
    pull = stage.bot.get(f"{stage.path}/pulls/2")
    assert (pull["mergeable"], pull["mergeable_state"]) == (False, "dirty")
    refused = stage.bot.put(f"{stage.path}/pulls/2/merge", {}, status=405)
    assert refused["message"] == "Pull Request is not mergeable"


def test_an_overlong_body_update_is_ignored_in_silence(stage: Stage) -> None:
    stage.pull("feature", body="old")
    answer = stage.bot.patch(f"{stage.path}/pulls/1", {"body": "x" * 65_537}, status=200)
    assert answer["body"] == "old"


def test_a_closed_one_can_be_reopened_while_its_branch_lives(stage: Stage) -> None:
    stage.pull("feature")
    path = f"{stage.path}/pulls/1"
    stage.bot.patch(path, {"state": "closed"})
    sha = stage.clone().git("rev-parse", "origin/main")
    assert stage.bot.patch(path, {"state": "open"})["state"] == "open"
    stage.bot.patch(path, {"state": "closed"})
    stage.bot.delete(f"{stage.path}/git/refs/heads/feature", status=204)
    refused = stage.bot.patch(path, {"state": "open"}, status=422)
    assert "branch has been deleted" in message(refused)
    assert sha == stage.tip()


def test_retargeting_changes_what_it_closes(stage: Stage) -> None:
    stage.issue()
    stage.branch("develop", {"d": "x"})
    stage.pull("feature", body="Closes #1")
    links = """query($n: String!) { repository(owner: "maintainer", name: $n) {
      pullRequest(number: 2) { closingIssuesReferences(first: 5) { nodes { number } } } } }"""
    stage.settle()
    seen = stage.bot.data(links, n=stage.name)["repository"]["pullRequest"]
    assert seen["closingIssuesReferences"]["nodes"] == [{"number": 1}]
    stage.bot.patch(f"{stage.path}/pulls/2", {"base": "develop"})
    stage.settle()
    seen = stage.bot.data(links, n=stage.name)["repository"]["pullRequest"]
    assert seen["closingIssuesReferences"]["nodes"] == []


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_merging_closes_the_issues_the_body_names(stage: Stage, method: str) -> None:
    stage.issue("named"), stage.issue("not named")
    stage.pull("feature", body="Fixes #1, mentions #2")
    merged = stage.bot.put(f"{stage.path}/pulls/3/merge", {"merge_method": method})
    pull = stage.bot.get(f"{stage.path}/pulls/3")
    assert (pull["merged"], pull["state"], pull["merged_by"]["login"]) == (
        True,
        "closed",
        "specloop[bot]",
    )
    assert pull["merge_commit_sha"] == merged["sha"] == stage.tip()
    states = [stage.owner.get(f"{stage.path}/issues/{n}")["state"] for n in (1, 2)]
    assert states == ["closed", "open"]


def test_merging_elsewhere_closes_nothing(stage: Stage) -> None:
    stage.issue()
    stage.branch("develop", {"d": "x"})
    stage.pull("feature", base="develop", body="Closes #1")
    stage.bot.put(f"{stage.path}/pulls/2/merge", {})
    assert stage.owner.get(f"{stage.path}/issues/1")["state"] == "open"


def test_the_commit_is_signed_by_who_merges_and_worded_as_asked(stage: Stage) -> None:
    stage.pull("feature")
    words = {"commit_title": "Title", "commit_message": "Body", "merge_method": "merge"}
    sha = stage.bot.put(f"{stage.path}/pulls/1/merge", words)["sha"]
    commit = stage.owner.get(f"{stage.path}/commits/{sha}")
    assert commit["commit"]["message"] == "Title\n\nBody"
    assert commit["commit"]["author"]["name"] == "specloop[bot]"
    assert commit["commit"]["committer"]["email"].endswith("specloop[bot]@users.noreply.github.com")
    assert len(commit["parents"]) == 2


def test_default_words_of_a_merge(stage: Stage) -> None:
    stage.pull("one"), stage.pull("two")
    stage.bot.put(f"{stage.path}/pulls/1/merge", {})
    merge = stage.owner.get(f"{stage.path}/commits/main")["commit"]["message"]
    assert merge == "Merge pull request #1 from maintainer/one\n\nAdd one"
    stage.bot.put(f"{stage.path}/pulls/2/merge", {"merge_method": "squash"})
    assert stage.owner.get(f"{stage.path}/commits/main")["commit"]["message"] == "Add two (#2)"


def test_a_rebase_keeps_each_commit_and_its_author(stage: Stage) -> None:
    checkout = stage.clone()
    checkout.git("checkout", "-q", "-b", "feature")
    checkout.commit({"a": "1"}, "First")
    checkout.commit({"a": "2"}, "Second")
    checkout.git("push", "-q", "origin", "feature")
    open_pull(stage, 201)
    stage.pull("other")
    stage.bot.put(f"{stage.path}/pulls/2/merge", {"merge_method": "squash"})
    stage.bot.put(f"{stage.path}/pulls/1/merge", {"merge_method": "rebase"})
    fresh = stage.clone()
    assert fresh.git("log", "-3", "--format=%s %an", "origin/main").splitlines() == [
        "Second someone@example.org",
        "First someone@example.org",
        "Add other (#2) specloop[bot]",
    ]
    assert (fresh.path / "a").read_text() == "2"


def test_the_head_guard(stage: Stage) -> None:
    stage.pull("feature")
    refused = stage.bot.put(f"{stage.path}/pulls/1/merge", {"sha": "0" * 40}, status=409)
    assert refused["message"] == "Head branch was modified. Review and try the merge again."
    head = stage.bot.get(f"{stage.path}/pulls/1")["head"]["sha"]
    stage.bot.put(f"{stage.path}/pulls/1/merge", {"sha": head}, status=200)


def test_what_is_not_merged(stage: Stage) -> None:
    stage.pull("draft", draft=True)
    stage.bot.put(f"{stage.path}/pulls/1/merge", {}, status=405)
    stage.pull("closed")
    stage.bot.patch(f"{stage.path}/pulls/2", {"state": "closed"})
    stage.bot.put(f"{stage.path}/pulls/2/merge", {}, status=405)
    stage.pull("squashed")
    stage.owner.patch(stage.path, {"allow_merge_commit": False})
    stage.bot.put(f"{stage.path}/pulls/3/merge", {}, status=405)
    stage.newcomer("triage").put(f"{stage.path}/pulls/3/merge", {}, status=403)
    stage.bot.put(f"{stage.path}/pulls/3/merge", {"merge_method": "squash"}, status=200)
    stage.bot.put(f"{stage.path}/pulls/3/merge", {"merge_method": "squash"}, status=405)


def test_a_merged_head_can_be_deleted_by_the_hub(stage: Stage) -> None:
    stage.owner.patch(stage.path, {"delete_branch_on_merge": True})
    stage.pull("feature")
    stage.bot.put(f"{stage.path}/pulls/1/merge", {})
    stage.owner.get(f"{stage.path}/branches/feature", status=404)
    assert stage.owner.get(f"{stage.path}/pulls/1")["merged"]


def test_merges_at_the_same_moment_all_land(stage: Stage) -> None:
    numbers = [stage.pull(f"feature-{n}")["number"] for n in range(4)]
    answers: list[int] = []

    def merge(number: int) -> None:
        path = f"{stage.path}/pulls/{number}/merge"
        answers.append(stage.bot.http.put(path, json={"merge_method": "squash"}).status_code)

    threads = [threading.Thread(target=merge, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    names = stage.clone().git("ls-files").splitlines()
    assert {f"feature-{n}.txt" for n in range(4)} <= set(names)


def test_one_pull_request_is_merged_once(stage: Stage) -> None:
    stage.pull("feature")
    answers: list[int] = []

    def merge() -> None:
        answers.append(stage.bot.http.put(f"{stage.path}/pulls/1/merge", json={}).status_code)

    threads = [threading.Thread(target=merge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 405, 405, 405]
    assert stage.clone().git("rev-list", "--merges", "--count", "HEAD") == "1"
