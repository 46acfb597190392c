"""Reviews, what they add up to, and commit statuses."""

from __future__ import annotations

from typing import Any

from tests.hub.stage import Person, Stage

STATE = """
query($name: String!, $number: Int!) {
  repository(owner: "maintainer", name: $name) {
    pullRequest(number: $number) {
      id reviewDecision mergeStateStatus mergeable
      statusCheckRollup {
        state contexts(first: 10) { nodes { ... on StatusContext { context state } } }
      }
      reviews(first: 10) {
        nodes { id databaseId state body submittedAt author { login } commit { oid } }
      }
      latestOpinionatedReviews(first: 10) { nodes { state author { login } } }
      latestReviews(first: 10) { nodes { state author { login } } }
      reviewThreads(first: 10) {
        nodes { id isResolved path line comments(first: 5) { nodes { body author { login } } } }
      }
    }
  }
}
"""


def state(stage: Stage, number: int = 1) -> Any:
    stage.settle()
    return stage.owner.data(STATE, name=stage.name, number=number)["repository"]["pullRequest"]


def review(person: Person, stage: Stage, event: str, status: int = 200, **extra: Any) -> Any:
    body = {"event": event, "body": "words", **extra}
    return person.post(f"{stage.path}/pulls/1/reviews", body, status=status)


def demand(stage: Stage) -> None:
    """Let main demand an approval: without that GitHub makes no decision."""
    rules = {"required_pull_request_reviews": {"required_approving_review_count": 1}}
    names = ("required_status_checks", "enforce_admins", "restrictions")
    path = f"{stage.path}/branches/main/protection"
    stage.owner.put(path, {**dict.fromkeys(names), **rules})


def test_nobody_approves_their_own(stage: Stage) -> None:
    stage.pull("feature")
    refused = review(stage.bot, stage, "APPROVE", 422)
    assert refused["message"] == "Unprocessable Entity"
    assert refused["errors"] == ["Can not approve your own pull request"]
    review(stage.bot, stage, "REQUEST_CHANGES", 422)
    review(stage.bot, stage, "COMMENT", 200)


def test_the_latest_opinion_of_each_reviewer_counts(stage: Stage) -> None:
    demand(stage)
    stage.pull("feature")
    assert state(stage)["reviewDecision"] == "REVIEW_REQUIRED"
    review(stage.owner, stage, "REQUEST_CHANGES")
    assert state(stage)["reviewDecision"] == "CHANGES_REQUESTED"
    writer = stage.newcomer("push")
    review(writer, stage, "APPROVE")
    assert state(stage)["reviewDecision"] == "CHANGES_REQUESTED"
    review(stage.owner, stage, "APPROVE")
    review(stage.owner, stage, "COMMENT")
    seen = state(stage)
    assert seen["reviewDecision"] == "APPROVED"
    opinions = [
        (r["author"]["login"], r["state"]) for r in seen["latestOpinionatedReviews"]["nodes"]
    ]
    assert sorted(opinions) == sorted([("maintainer", "APPROVED"), (writer.login, "APPROVED")])
    assert {r["state"] for r in seen["latestReviews"]["nodes"]} == {"APPROVED", "COMMENTED"}


def test_opinions_of_readers_do_not_decide(stage: Stage) -> None:
    demand(stage)
    stage.pull("feature")
    review(stage.newcomer("read"), stage, "APPROVE")
    assert state(stage)["reviewDecision"] == "REVIEW_REQUIRED"


def test_a_dismissed_review_has_no_weight(stage: Stage) -> None:
    demand(stage)
    stage.pull("feature")
    made = review(stage.owner, stage, "REQUEST_CHANGES")
    path = f"{stage.path}/pulls/1/reviews/{made['id']}/dismissals"
    stage.owner.put(path, {"message": "done"}, status=200)
    assert state(stage)["reviewDecision"] == "REVIEW_REQUIRED"


def test_a_review_remembers_the_commit_it_saw(stage: Stage) -> None:
    first = stage.pull("feature")["head"]["sha"]
    checkout = stage.clone()
    checkout.git("checkout", "-q", "feature")
    second = checkout.commit({"more": "x"})
    checkout.git("push", "-q", "origin", "feature")
    assert review(stage.owner, stage, "APPROVE", commit_id=first)["commit_id"] == first
    assert review(stage.owner, stage, "APPROVE")["commit_id"] == second
    review(stage.owner, stage, "APPROVE", 422, commit_id="0" * 40)
    commits = [node["commit"]["oid"] for node in state(stage)["reviews"]["nodes"]]
    assert commits == [first, second]


def test_comments_on_lines_are_threads(stage: Stage) -> None:
    stage.pull("feature")
    line = {"path": "feature.txt", "line": 1, "body": "Here"}
    review(stage.owner, stage, "REQUEST_CHANGES", comments=[line])
    (thread,) = state(stage)["reviewThreads"]["nodes"]
    assert (thread["path"], thread["line"], thread["isResolved"]) == ("feature.txt", 1, False)
    assert thread["comments"]["nodes"] == [{"body": "Here", "author": {"login": "maintainer"}}]
    stage.settle()
    (comment,) = stage.owner.get(f"{stage.path}/pulls/1/comments")
    assert (comment["path"], comment["line"]) == ("feature.txt", 1)


def test_requesting_changes_needs_words(stage: Stage) -> None:
    stage.pull("feature")
    review(stage.owner, stage, "REQUEST_CHANGES", 422, body="")
    review(stage.owner, stage, "APPLAUD", 422)


def test_statuses_roll_up(stage: Stage) -> None:
    sha = stage.pull("feature")["head"]["sha"]
    assert state(stage)["statusCheckRollup"] is None
    assert state(stage)["mergeStateStatus"] == "CLEAN"

    def report(context: str, word: str, status: int = 201) -> Any:
        body = {"state": word, "context": context}
        return stage.bot.post(f"{stage.path}/statuses/{sha}", body, status=status)

    report("build", "pending")
    assert state(stage)["statusCheckRollup"]["state"] == "PENDING"
    report("build", "success")
    report("test", "failure")
    seen = state(stage)
    assert (seen["statusCheckRollup"]["state"], seen["mergeStateStatus"]) == ("FAILURE", "UNSTABLE")
    report("test", "success")
    seen = state(stage)
    assert (seen["statusCheckRollup"]["state"], seen["mergeStateStatus"]) == ("SUCCESS", "CLEAN")
    assert {c["context"] for c in seen["statusCheckRollup"]["contexts"]["nodes"]} == {
        "build",
        "test",
    }
    combined = stage.owner.get(f"{stage.path}/commits/feature/status")
    assert (combined["state"], combined["total_count"]) == ("success", 2)
    assert len(stage.owner.get(f"{stage.path}/commits/{sha}/statuses")) == 4
    report("build", "glorious", 422)
    stage.bot.post(f"{stage.path}/statuses/{'0' * 40}", {"state": "success"}, status=422)
    stage.newcomer("read").post(f"{stage.path}/statuses/{sha}", {"state": "success"}, status=403)


def test_drafts_and_conflicts_have_words_of_their_own(stage: Stage) -> None:
    stage.pull("one", {"same": "1"}, draft=True)
    assert state(stage)["mergeStateStatus"] == "DRAFT"
    ready = """mutation($i: ID!) {
      markPullRequestReadyForReview(input: {pullRequestId: $i}) { pullRequest { isDraft } } }"""
    stage.bot.data(ready, i=state(stage)["id"])
    assert state(stage)["mergeStateStatus"] == "CLEAN"
    stage.pull("two", {"same": "2"})
    stage.bot.put(f"{stage.path}/pulls/1/merge", {})
    seen = state(stage, 2)
    assert (seen["mergeable"], seen["mergeStateStatus"]) == ("CONFLICTING", "DIRTY")
