"""GraphQL: errors, batches, pages, prices, and every field answering."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from bot.hub.graphql.engine import schema
from tests.hub.stage import Stage

REPOSITORY = 'query($n: String!) { repository(owner: "maintainer", name: $n) { %s } }'


def look(stage: Stage, fields: str, **variables: Any) -> Any:
    """Read fields of the stage's repository."""
    stage.settle()
    return stage.owner.data(REPOSITORY % fields, n=stage.name, **variables)["repository"]


def repository_id(stage: Stage) -> str:
    return str(stage.owner.get(stage.path)["node_id"])


CREATE = "mutation($i: CreateIssueInput!) { createIssue(input: $i) { issue { id number %s } } }"


def create(stage: Stage, fields: str = "", **given: Any) -> Any:
    wish = {"repositoryId": repository_id(stage), "title": "t", **given}
    return stage.owner.data(CREATE % fields, i=wish)["createIssue"]["issue"]


def test_an_unknown_field_is_named(stage: Stage) -> None:
    error = stage.owner.refusal("{ viewer { shoeSize } }")
    assert error["message"] == "Field 'shoeSize' doesn't exist on type 'User'"
    assert error["extensions"]["fieldName"] == "shoeSize"


def test_an_error_keeps_its_siblings(stage: Stage) -> None:
    fields = 'here: label(name: "bug") { name } gone: issue(number: 9) { id }'
    answer = stage.owner.ask(REPOSITORY % fields, n=stage.name)
    assert answer["data"]["repository"] == {"here": {"name": "bug"}, "gone": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository", "gone"])
    assert error["message"] == "Could not resolve to an Issue with the number of 9."


def test_a_batch_is_not_a_transaction(stage: Stage) -> None:
    batch = """mutation($a: CreateIssueInput!, $b: CreateIssueInput!, $c: CreateIssueInput!) {
      first: createIssue(input: $a) { issue { number } }
      second: createIssue(input: $b) { issue { number } }
      third: createIssue(input: $c) { issue { number } }
    }"""
    repo = repository_id(stage)
    good, bad = {"repositoryId": repo, "title": "good"}, {"repositoryId": repo, "title": " "}
    answer = stage.owner.ask(batch, a=good, b=bad, c=good)
    assert answer["data"] == {
        "first": {"issue": {"number": 1}},
        "second": None,
        "third": {"issue": {"number": 2}},
    }
    assert [(e["type"], e["path"]) for e in answer["errors"]] == [("UNPROCESSABLE", ["second"])]


def test_nothing_is_idempotent(stage: Stage) -> None:
    numbers = [create(stage, clientMutationId="same")["number"] for _ in range(2)]
    assert numbers == [1, 2]


def test_an_issue_is_created_with_everything_at_once(stage: Stage) -> None:
    labels = [
        stage.owner.get(f"{stage.path}/labels/{name}")["node_id"] for name in ("bug", "wontfix")
    ]
    milestone = stage.owner.post(f"{stage.path}/milestones", {"title": "M"})["node_id"]
    parent = stage.issue("parent")["node_id"]
    fields = "milestone { title } parent { number } labels(first: 5) { nodes { name } }"
    made = create(
        stage, fields, labelIds=labels, milestoneId=milestone, parentIssueId=parent, body="text"
    )
    assert made["milestone"] == {"title": "M"}
    assert made["parent"] == {"number": 1}
    assert [node["name"] for node in made["labels"]["nodes"]] == ["bug", "wontfix"]


def test_a_child_that_cannot_be_adopted_is_not_created(stage: Stage) -> None:
    stage.pull("feature")
    pull = stage.owner.get(f"{stage.path}/pulls/1")["node_id"]
    wish = {"repositoryId": repository_id(stage), "title": "t", "parentIssueId": pull}
    assert stage.owner.refusal(CREATE % "", i=wish)["type"] == "NOT_FOUND"
    stage.owner.get(f"{stage.path}/issues/2", status=404)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("(last: 0)", "INVALID_PAGINATION"),
    ],
)
def test_a_page_is_bounded(stage: Stage, page: str, kind: str) -> None:
    query = REPOSITORY % f"issues{page} {{ nodes {{ id }} }}"
    assert stage.owner.refusal(query, n=stage.name)["type"] == kind


def test_a_mere_count_needs_no_bounds(stage: Stage) -> None:
    stage.issue()
    assert look(stage, "issues { totalCount }") == {"issues": {"totalCount": 1}}


def test_a_page_out_of_bounds_stops_a_mutation_before_it_acts(stage: Stage) -> None:
    wish = {"repositoryId": repository_id(stage), "title": "t"}
    stage.owner.refusal(CREATE % "labels { nodes { name } }", i=wish)
    stage.owner.get(f"{stage.path}/issues/1", status=404)


def test_nodes_takes_a_hundred_ids(stage: Stage) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } rateLimit { cost } }"
    issue = stage.issue()["node_id"]
    answer = stage.owner.data(query, ids=[issue] * 100)
    assert (len(answer["nodes"]), answer["rateLimit"]["cost"]) == (100, 1)
    assert stage.owner.refusal(query, ids=[issue] * 101)["type"] == "ARGUMENT_LIMIT"
    mixed = stage.owner.ask(query, ids=[issue, "I_nonsense"])
    assert mixed["data"]["nodes"] == [{"id": issue}, None]
    assert mixed["errors"][0]["path"] == ["nodes", 1]


def test_the_price_is_githubs(stage: Stage) -> None:
    """Measured: 100 issues with six connections each are 601 requests, which is 6 points."""
    inner = " ".join(f"c{n}: comments(first: 1) {{ totalCount }}" for n in range(6))
    query = REPOSITORY % f"issues(first: 100) {{ nodes {{ {inner} }} }}"
    priced = query.replace("{ repository", "{ rateLimit { cost nodeCount } repository", 1)
    answer = stage.owner.data(priced, n=stage.name)
    assert answer["rateLimit"] == {"cost": 6, "nodeCount": 700}


def test_half_a_million_nodes_are_the_limit(stage: Stage) -> None:
    page = "(first: 100)"
    inner = f"comments{page} {{ nodes {{ reactionGroups {{ reactors{page} {{ totalCount }} }} }} }}"
    query = REPOSITORY % f"issues{page} {{ nodes {{ {inner} }} }}"
    assert stage.owner.refusal(query, n=stage.name)["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_points_are_spent(stage: Stage) -> None:
    query = "{ rateLimit { cost used remaining limit } }"
    first, second = (stage.bot.data(query)["rateLimit"]["used"] for _ in range(2))
    assert second == first + 1


def test_cursors_walk_a_connection_forwards_and_backwards(stage: Stage) -> None:
    for number in range(1, 6):
        stage.issue(f"{number}")
    stage.settle()
    query = """query($n: String!, $after: String, $before: String, $first: Int, $last: Int) {
      repository(owner: "maintainer", name: $n) {
        issues(first: $first, last: $last, after: $after, before: $before,
               orderBy: {field: CREATED_AT, direction: DESC}) {
          totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          nodes { number } edges { cursor node { number } }
        } } }"""

    def page(**arguments: Any) -> tuple[list[int], Any]:
        issues = stage.owner.data(query, n=stage.name, **arguments)["repository"]["issues"]
        assert issues["totalCount"] == 5
        assert [edge["node"] for edge in issues["edges"]] == issues["nodes"]
        return [node["number"] for node in issues["nodes"]], issues["pageInfo"]

    numbers, info = page(first=2)
    assert (numbers, info["hasNextPage"], info["hasPreviousPage"]) == ([5, 4], True, False)
    numbers, info = page(first=9, after=info["endCursor"])
    assert (numbers, info["hasNextPage"], info["hasPreviousPage"]) == ([3, 2, 1], False, True)
    numbers, info = page(last=2)
    assert (numbers, info["hasPreviousPage"]) == ([2, 1], True)
    assert page(last=2, before=info["startCursor"])[0] == [4, 3]
    error = stage.owner.refusal(query, n=stage.name, first=1, after="nonsense")
    assert error["type"] == "INVALID_CURSOR_ARGUMENTS"


def test_issues_are_filtered(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    stage.issue("one", labels=["a"], milestone=1)
    stage.bot.post(f"{stage.path}/issues", {"title": "two", "labels": ["b"]})
    stage.owner.patch(f"{stage.path}/issues/2", {"state": "closed"})

    def numbers(arguments: str) -> list[int]:
        found = look(stage, f"issues(first: 9, {arguments}) {{ nodes {{ number }} }}")
        return [node["number"] for node in found["issues"]["nodes"]]

    assert numbers("states: [OPEN]") == [1]
    assert numbers("states: [OPEN, CLOSED]") == [1, 2]
    assert numbers('labels: ["b", "a"]') == [1, 2]
    assert numbers('filterBy: {labels: ["a"]}') == [1]
    assert numbers('filterBy: {milestoneNumber: "1"}') == [1]
    assert numbers("filterBy: {milestone: null}") == [2]
    assert numbers('filterBy: {createdBy: "specloop"}') == [2]
    assert numbers('filterBy: {since: "2999-01-01T00:00:00Z"}') == []
    assert numbers('filterBy: {states: [CLOSED], since: "2020-01-01T00:00:00Z"}') == [2]


def test_update_replaces_labels_and_ignores_an_overlong_body(stage: Stage) -> None:
    issue = stage.issue(body="old", labels=["bug"])["node_id"]
    label = stage.owner.get(f"{stage.path}/labels/wontfix")["node_id"]
    update = """mutation($i: UpdateIssueInput!) { updateIssue(input: $i) {
      issue { body title state labels(first: 5) { nodes { name } } milestone { id } } } }"""
    wish = {
        "id": issue,
        "body": "x" * 65_537,
        "title": "new",
        "labelIds": [label],
        "state": "CLOSED",
    }
    assert stage.owner.data(update, i=wish)["updateIssue"]["issue"] == {
        "body": "old",
        "title": "new",
        "state": "CLOSED",
        "labels": {"nodes": [{"name": "wontfix"}]},
        "milestone": None,
    }


def test_labels_change_one_by_one(stage: Stage) -> None:
    issue = stage.issue(labels=["bug"])["node_id"]
    label = stage.owner.get(f"{stage.path}/labels/wontfix")["node_id"]
    change = """mutation($i: ID!, $l: [ID!]!) { %s(input: {labelableId: $i, labelIds: $l}) {
      labelable { labels(first: 9) { nodes { name } } } } }"""

    def names(mutation: str) -> list[str]:
        found = stage.owner.data(change % mutation, i=issue, l=[label])[mutation]["labelable"]
        return [node["name"] for node in found["labels"]["nodes"]]

    assert names("addLabelsToLabelable") == ["bug", "wontfix"]
    assert names("removeLabelsFromLabelable") == ["bug"]
    assert (
        stage.owner.refusal(change % "addLabelsToLabelable", i=issue, l=["LA_x"])["type"]
        == "NOT_FOUND"
    )


def test_closing_as_a_duplicate(stage: Stage) -> None:
    original, copy = stage.issue()["node_id"], stage.issue()["node_id"]
    close = """mutation($i: ID!, $d: ID!) {
      closeIssue(input: {issueId: $i, stateReason: DUPLICATE, duplicateIssueId: $d}) {
        issue { state plain: stateReason full: stateReason(enableDuplicate: true) } } }"""
    issue = stage.owner.data(close, i=copy, d=original)["closeIssue"]["issue"]
    assert issue == {"state": "CLOSED", "plain": "NOT_PLANNED", "full": "DUPLICATE"}


def test_a_bot_has_no_ending_in_graphql_and_is_called_a_bot(stage: Stage) -> None:
    stage.bot.post(f"{stage.path}/issues", {"title": "mine"})
    author = look(stage, "issue(number: 1) { author { login __typename } }")["issue"]["author"]
    assert author == {"login": "specloop", "__typename": "Bot"}
    assert stage.bot.data("{ viewer { login } }") == {"viewer": {"login": "specloop[bot]"}}


def test_comments_are_edited_hidden_and_deleted(stage: Stage) -> None:
    issue = stage.issue()["node_id"]
    add = """mutation($i: ID!) {
      addComment(input: {subjectId: $i, body: "one"}) { commentEdge { node
      { id databaseId body viewerDidAuthor } } } }"""
    comment = stage.bot.data(add, i=issue)["addComment"]["commentEdge"]["node"]
    assert comment["viewerDidAuthor"]
    edit = """mutation($i: ID!) { updateIssueComment(input: {id: $i, body: "two"}) { issueComment {
      body lastEditedAt editor { login } author { login } } } }"""
    edited = stage.owner.data(edit, i=comment["id"])["updateIssueComment"]["issueComment"]
    assert (edited["body"], edited["editor"], edited["author"]) == (
        "two",
        {"login": "maintainer"},
        {"login": "specloop"},
    )
    assert edited["lastEditedAt"]
    hide = """mutation($i: ID!) { minimizeComment(input: {subjectId: $i, classifier: OUTDATED}) {
      minimizedComment { isMinimized minimizedReason } } }"""
    hidden = stage.bot.data(hide, i=comment["id"])["minimizeComment"]["minimizedComment"]
    assert hidden == {"isMinimized": True, "minimizedReason": "outdated"}
    delete = "mutation($i: ID!) { deleteIssueComment(input: {id: $i}) { clientMutationId } }"
    stage.bot.data(delete, i=comment["id"])
    assert stage.bot.refusal(delete, i=comment["id"])["type"] == "NOT_FOUND"


def test_reactions_are_grouped(stage: Stage) -> None:
    issue = stage.issue()["node_id"]
    react = """mutation($i: ID!) { %s(input: {subjectId: $i, content: EYES}) { subject { id }
      reactionGroups { content viewerHasReacted reactors(first: 5) { totalCount } } } }"""
    groups = stage.bot.data(react % "addReaction", i=issue)["addReaction"]["reactionGroups"]
    assert len(groups) == 8
    (eyes,) = [group for group in groups if group["content"] == "EYES"]
    assert eyes == {"content": "EYES", "viewerHasReacted": True, "reactors": {"totalCount": 1}}
    stage.bot.data(react % "removeReaction", i=issue)
    assert stage.bot.refusal(react % "removeReaction", i=issue)["type"] == "UNPROCESSABLE"


def test_dependencies_and_children(stage: Stage) -> None:
    parent, child = stage.issue()["node_id"], stage.issue()
    url = f"http://anything/maintainer/{stage.name}/issues/{child['number']}"
    adopt = """mutation($i: ID!, $u: String!) { addSubIssue(input: {issueId: $i, subIssueUrl: $u}) {
      issue { subIssues(first: 5) { nodes { number } } } subIssue { parent { number } } } }"""
    adopted = stage.owner.data(adopt, i=parent, u=url)["addSubIssue"]
    assert adopted == {
        "issue": {"subIssues": {"nodes": [{"number": 2}]}},
        "subIssue": {"parent": {"number": 1}},
    }
    block = """mutation($a: ID!, $b: ID!) { %s(input: {issueId: $a, blockingIssueId: $b}) { issue {
      blockedBy(first: 5) { nodes { number } } issueDependenciesSummary { blockedBy
      totalBlockedBy } } blockingIssue { blocking(first: 5) { totalCount } } } }"""
    ends = {"a": parent, "b": child["node_id"]}
    blocked = stage.owner.data(block % "addBlockedBy", **ends)["addBlockedBy"]
    assert blocked["issue"]["blockedBy"]["nodes"] == [{"number": 2}]
    assert blocked["blockingIssue"]["blocking"]["totalCount"] == 1
    stage.owner.data(block % "removeBlockedBy", **ends)
    assert stage.owner.refusal(block % "removeBlockedBy", **ends)["type"] == "UNPROCESSABLE"


def test_links_between_issues_and_pull_requests(stage: Stage) -> None:
    stage.issue()
    stage.pull("dropped", body="Closes #1")
    stage.bot.patch(f"{stage.path}/pulls/2", {"state": "closed"})
    stage.pull("kept", body="Closes #1")
    fields = """issue(number: 1) {
      usual: closedByPullRequestsReferences(first: 5) { nodes { number } }
      all: closedByPullRequestsReferences(first: 5, includeClosedPrs: true) {
        nodes { number state }
      }
    }"""
    seen = look(stage, fields)["issue"]
    assert seen["usual"]["nodes"] == [{"number": 3}]
    assert seen["all"]["nodes"] == [
        {"number": 2, "state": "CLOSED"},
        {"number": 3, "state": "OPEN"},
    ]


def test_a_pull_request_from_birth_to_merge(stage: Stage) -> None:
    sha = stage.branch("feature", {"f": "x"})
    make = """mutation($i: CreatePullRequestInput!) {
      createPullRequest(input: $i) { pullRequest { id
      number headRefOid isDraft viewerDidAuthor } } }"""
    wish = {
        "repositoryId": repository_id(stage),
        "baseRefName": "main",
        "headRefName": "feature",
        "title": "t",
        "draft": True,
    }
    pull = stage.bot.data(make, i=wish)["createPullRequest"]["pullRequest"]
    assert (pull["headRefOid"], pull["isDraft"], pull["viewerDidAuthor"]) == (sha, True, True)
    merge = """mutation($i: ID!, $h: GitObjectID) { mergePullRequest(input: {pullRequestId: $i,
      expectedHeadOid: $h, mergeMethod: SQUASH}) { pullRequest { state merged mergedBy { login
      } mergeCommit { oid message } } } }"""
    stage.bot.refusal(merge, i=pull["id"], h=sha)
    ready = """mutation($i: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $i}) {
      pullRequest { isDraft } } }"""
    stage.bot.data(ready, i=pull["id"])
    moved = stage.bot.refusal(merge, i=pull["id"], h="0" * 40)
    assert moved["message"] == "Head branch was modified. Review and try the merge again."
    review = """mutation($i: ID!, $h: GitObjectID) { addPullRequestReview(input: {pullRequestId: $i,
      commitOID: $h, event: APPROVE}) { pullRequestReview { state commit { oid } } } }"""
    refused = stage.bot.refusal(review, i=pull["id"], h=sha)
    assert refused["message"] == "Can not approve your own pull request"
    approved = stage.owner.data(review, i=pull["id"], h=sha)["addPullRequestReview"]
    assert approved["pullRequestReview"] == {"state": "APPROVED", "commit": {"oid": sha}}
    merged = stage.bot.data(merge, i=pull["id"], h=sha)["mergePullRequest"]["pullRequest"]
    assert (merged["state"], merged["mergedBy"]["login"]) == ("MERGED", "specloop")
    assert merged["mergeCommit"] == {"oid": stage.tip(), "message": "t (#1)"}


def test_pull_requests_change_state_and_labels(stage: Stage) -> None:
    pull = stage.pull("feature")["node_id"]
    label = stage.owner.get(f"{stage.path}/labels/bug")["node_id"]
    update = """mutation($i: UpdatePullRequestInput!) { updatePullRequest(input: $i) { pullRequest {
      state title labels(first: 5) { nodes { name } } } } }"""
    wish = {"pullRequestId": pull, "title": "new", "labelIds": [label], "state": "CLOSED"}
    changed = stage.bot.data(update, i=wish)["updatePullRequest"]["pullRequest"]
    assert changed == {"state": "CLOSED", "title": "new", "labels": {"nodes": [{"name": "bug"}]}}
    for mutation, state in (
        ("reopenPullRequest", "OPEN"),
        ("closePullRequest", "CLOSED"),
    ):
        change = """mutation($i: ID!) { %s(input: {pullRequestId: $i}) {
          pullRequest { state } } }"""
        assert stage.bot.data(change % mutation, i=pull)[mutation]["pullRequest"]["state"] == state


def test_refs_move_by_compare_and_swap(stage: Stage) -> None:
    sha, tip = stage.branch("feature", {"f": "x"}), stage.tip()
    move = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"

    def wish(**update: Any) -> dict[str, Any]:
        return {"repositoryId": repository_id(stage), "refUpdates": [update]}

    first = wish(name="refs/specloop/1", beforeOid="0" * 40, afterOid=tip)
    stage.bot.data(move, i=first)
    assert stage.bot.refusal(move, i=first)["type"] == "STALE_DATA"
    stage.bot.data(move, i=wish(name="refs/specloop/1", beforeOid=tip, afterOid=sha))
    backwards = wish(name="refs/specloop/1", afterOid=tip)
    assert "fast forward" in stage.bot.refusal(move, i=backwards)["message"]
    ref = look(stage, 'ref(qualifiedName: "refs/specloop/1") { id name prefix target { oid } }')[
        "ref"
    ]
    assert (ref["name"], ref["prefix"], ref["target"]) == ("1", "refs/specloop/", {"oid": sha})
    delete = "mutation($i: ID!) { deleteRef(input: {refId: $i}) { clientMutationId } }"
    stage.bot.data(delete, i=ref["id"])
    assert look(stage, 'ref(qualifiedName: "refs/specloop/1") { id }')["ref"] is None


def test_files_are_read_by_expression(stage: Stage) -> None:
    stage.branch("state", {"deep/state.json": "{}", "binary": "a\0b"})
    fields = """
      text: object(expression: "refs/heads/state:deep/state.json") {
        ... on Blob { text byteSize isTruncated }
      }
      binary: object(expression: "state:binary") { ... on Blob { text isBinary } }
      commit: object(expression: "state") {
        ... on Commit { messageHeadline tree { oid } parents(first: 1) { totalCount } }
      }
      nothing: object(expression: "state:missing") { oid }"""
    seen = look(stage, fields)
    assert seen["text"] == {"text": "{}", "byteSize": 2, "isTruncated": False}
    assert seen["binary"] == {"text": None, "isBinary": True}
    assert seen["commit"]["messageHeadline"] == "Work"
    assert seen["nothing"] is None


def test_introspection_answers(stage: Stage) -> None:
    query = """{ issue: __type(name: "Issue") { fields(includeDeprecated: true) { name } } none:
      __type(name: "Nope") { name } }"""
    answer = stage.owner.data(query)
    assert "subIssues" in {field["name"] for field in answer["issue"]["fields"]}
    assert answer["none"] is None


def test_fields_that_clash_are_let_through_as_github_does(stage: Stage) -> None:
    query = """query($n: String!) { repository(owner: "maintainer", name: $n) {
      issueOrPullRequest(number: 1) { ... on Issue { state } ... on PullRequest { state } } }
      }"""
    stage.issue()
    assert stage.owner.data(query, n=stage.name)["repository"]["issueOrPullRequest"] == {
        "state": "OPEN"
    }


@pytest.mark.parametrize(
    "start",
    [
        "issue(number: 1)",
        "pullRequest(number: 2)",
        "milestone(number: 1)",
        'label(name: "bug")',
        "defaultBranchRef",
        'object(expression: "main")',
        "issues(first: 5)",
        "pullRequests(first: 5)",
    ],
)
def test_every_field_of_every_type_answers(stage: Stage, start: str) -> None:
    """Select whatever can be reached, each type once, where there is one of everything."""
    furnish(stage)
    stage.settle()
    kind = get_named_type(repository_type().fields[start.partition("(")[0]].type)
    answer = stage.owner.ask(
        REPOSITORY % f"it: {start} {{ {everything(kind, set())} }}", n=stage.name
    )
    assert "errors" not in answer, answer["errors"]
    assert answer["data"]["repository"]["it"]


def test_every_field_of_the_repository_answers(stage: Stage) -> None:
    furnish(stage)
    kind = repository_type()
    skip = {"Issue", "PullRequest", "Milestone", "Label"}
    assert look(stage, everything(kind, skip))


def repository_type() -> GraphQLObjectType:
    kind = schema().type_map["Repository"]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def furnish(stage: Stage) -> None:
    stage.owner.post(f"{stage.path}/milestones", {"title": "M"})
    parent = stage.issue("one", labels=["bug"], milestone=1, assignees=["maintainer"])
    number = stage.pull("feature", body="Closes #1")["number"]
    child = stage.issue("child")
    stage.owner.post(f"{stage.path}/issues/1/sub_issues", {"sub_issue_id": child["id"]})
    stage.owner.post(f"{stage.path}/issues/3/dependencies/blocked_by", {"issue_id": parent["id"]})
    for issue in (1, number):
        stage.owner.post(f"{stage.path}/issues/{issue}/comments", {"body": "words"})
        stage.owner.post(f"{stage.path}/issues/{issue}/reactions", {"content": "heart"})
    line = {"path": "feature.txt", "line": 1, "body": "Here"}
    review = {"event": "APPROVE", "body": "Fine", "comments": [line]}
    stage.owner.post(f"{stage.path}/pulls/{number}/reviews", review)
    sha = stage.owner.get(f"{stage.path}/pulls/{number}")["head"]["sha"]
    stage.bot.post(f"{stage.path}/statuses/{sha}", {"state": "success"})


def everything(kind: Any, seen: set[str]) -> str:
    """Return a selection of all fields, aliased so that types behind one interface do not clash."""
    if kind.name in seen:
        return "__typename"
    seen.add(kind.name)
    parts = ["__typename"]
    if isinstance(kind, (GraphQLUnionType, GraphQLInterfaceType)):
        members = schema().get_possible_types(kind)
        parts += [f"... on {member.name} {{ {everything(member, seen)} }}" for member in members]
        return " ".join(parts)
    for name, field in kind.fields.items():
        if any(str(given.type).endswith("!") for given in field.args.values()):
            continue
        inner = get_named_type(field.type)
        page = "(first: 2)" if "first" in field.args else ""
        below = "" if is_leaf_type(inner) else f"{{ {everything(inner, seen)} }}"
        parts.append(f"{kind.name}_{name}: {name}{page} {below}")
    return " ".join(parts)


def test_the_timeline_tells_who_labelled_and_renamed_an_issue(stage: Stage) -> None:
    number = stage.issue("One")["number"]
    path = f"{stage.path}/issues/{number}"
    stage.bot.post(f"{path}/labels", {"labels": ["bug"]}, status=200)
    stage.owner.patch(path, {"title": "Two"}, status=200)
    stage.owner.patch(path, {"title": "Two", "body": "b"}, status=200)  # no new title
    stage.owner.delete(f"{path}/labels/bug", status=200)
    stage.owner.post(f"{stage.path}/labels", {"name": "gone"}, status=201)
    stage.owner.post(f"{path}/labels", {"labels": ["gone"]}, status=200)
    stage.owner.delete(f"{stage.path}/labels/gone", status=204)
    asked = """issue(number: %d) {
      all: timelineItems(last: 10) { totalCount nodes { __typename
        ... on LabeledEvent { actor { login } label { name } }
        ... on UnlabeledEvent { actor { login } label { name } }
        ... on RenamedTitleEvent { actor { login } previousTitle currentTitle }
      } }
      some: timelineItems(first: 1, itemTypes: [RENAMED_TITLE_EVENT, LABELED_EVENT]) {
        pageInfo { hasNextPage } nodes { __typename }
      }
    }"""
    found = look(stage, asked % number)["issue"]
    owner, bug = {"login": "maintainer"}, {"name": "bug"}
    assert found["all"] == {"totalCount": 3, "nodes": [
        {"__typename": "LabeledEvent", "actor": {"login": "specloop"}, "label": bug},
        {"__typename": "RenamedTitleEvent", "actor": owner,
         "previousTitle": "One", "currentTitle": "Two"},
        {"__typename": "UnlabeledEvent", "actor": owner, "label": bug},
    ]}  # fmt: skip
    assert found["some"] == {
        "pageInfo": {"hasNextPage": True}, "nodes": [{"__typename": "LabeledEvent"}],
    }  # fmt: skip
