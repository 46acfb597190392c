"""Pull requests: list, open, read, change, merge, and what they consist of."""

import json
import re
from typing import Any

from bot.hub.errors import FieldError, Invalid, NotFound, Unprocessable
from bot.hub.git.patches import patch_text
from bot.hub.rest import fields as read
from bot.hub.rest.call import Answer, Call, Route
from bot.hub.rest.issue_filters import state_of
from bot.hub.rest.pages import listed, sliced
from bot.hub.rest.payloads.commits import commit_payload, file_payload
from bot.hub.rest.payloads.pulls import full_pull, simple_pull
from bot.hub.store.identity import Repository
from bot.hub.store.listing import Listing
from bot.hub.store.records import Issue
from bot.hub.world import pulls as world
from bot.hub.world.finding import pull_numbered
from bot.hub.world.merging import METHODS, MergeWish, merge_pull
from bot.hub.world.opening import PullWish, open_pull_request

_TEXT = re.compile(r"application/vnd\.github\.(?:v3\.)?(diff|patch)\b")
_PULLS = "pull_id IN (SELECT id FROM pulls WHERE {} AND began <= :t AND ended > :t)"


def list_pulls(call: Call) -> Answer:
    """List pull requests by state (open unless asked), head (``owner:branch``) and base."""
    repository, query = call.repository(), call.query
    conditions, values = ["repo_id = :repo AND pull_id IS NOT NULL"], {"repo": repository.id}
    filters: dict[str, Any] = {}
    state = state_of(query, "PullRequest")
    if state != "all":
        conditions.append("state = :state")
        filters["state"] = state
    if query.get("base"):
        conditions.append(_PULLS.format("base_ref = :base"))
        filters["base"] = query["base"]
    if query.get("head"):
        owner, colon, branch = query["head"].partition(":")
        conditions.append(_PULLS.format("head_ref = :head"))
        is_ours = owner.lower() == call.params["owner"].lower()
        filters["head"] = branch if colon and is_ours else "" if colon else query["head"]
    sort = "updated_at" if query.get("sort") == "updated" else "created_at"
    descending = (
        query.get("direction", "asc" if query.get("sort", "created") != "created" else "desc")
        == "desc"
    )
    listing = Listing(
        Issue, " AND ".join(conditions), {**values, **filters}, sort, "number", descending
    )
    return listed(call, listing, lambda issue: _listed_pull(call, repository, issue))


def _listed_pull(call: Call, repository: Repository, issue: Issue) -> dict[str, Any]:
    scope = call.scope.listed()
    pull = scope.view.pull_of(issue)
    return {} if pull is None else simple_pull(scope, repository, issue, pull)


def create(call: Call) -> Answer:
    """Open a pull request. The hub does not turn issues into pull requests and has no forks."""
    repository, fields = call.repository(), call.fields()
    wish = PullWish(
        read.text(fields, "title", "PullRequest"),
        read.text(fields, "head", "PullRequest"),
        read.text(fields, "base", "PullRequest"),
        read.text_or_none(fields, "body", "PullRequest"),
        read.truth(fields, "draft", "PullRequest"),
    )
    issue, pull = open_pull_request(call.hub, call.actor, repository, wish)
    return Answer(full_pull(call.scope, repository, issue, pull), 201)


def get(call: Call) -> Answer:
    """Return a pull request by number, or its diff or patch when the client asks for that."""
    repository, issue, pull = call.pull()
    wanted = _TEXT.search(call.accept)
    if wanted is None:
        return Answer(full_pull(call.scope, repository, issue, pull))
    kind = wanted[1]
    text = patch_text(call.scope.git(repository), pull.base_sha, pull.head_sha, kind)
    return Answer(text, headers={"Content-Type": f"application/vnd.github.{kind}; charset=utf-8"})


def update(call: Call) -> Answer:
    """Change title, body, base or state; an overlong body is ignored in silence."""
    repository, issue, pull = call.pull()
    fields, git = call.fields(), call.scope.git(repository)
    base = read.text_or_none(fields, "base", "PullRequest")
    base_sha = git.branch(base) if base else None
    if base and base_sha is None:
        raise Invalid(FieldError("PullRequest", "base", "invalid"))
    with call.hub.database.writing() as transaction:
        issue, pull = pull_numbered(transaction, repository, issue.number)
        if fields.get("title") is not None or "body" in fields:
            issue = world.edit_pull(
                transaction, call.actor, repository, issue, _text_changes(fields)
            )
        if base and base_sha:
            ends = world.Branches(pull.head_ref, pull.head_sha, base, base_sha)
            issue = world.retarget_pull(transaction, call.actor, repository, issue, ends)
        state = read.text_or_none(fields, "state", "PullRequest")
        if state == "open":
            issue = world.reopen_pull(transaction, call.actor, repository, issue, git)
        elif state == "closed":
            issue = world.close_pull(transaction, call.actor, repository, issue)
        elif state is not None:
            raise Invalid(FieldError("PullRequest", "state", "invalid"))
    return Answer(full_pull(call.scope, *call.pull()))


def _text_changes(fields: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if fields.get("title") is not None:
        changes["title"] = read.text(fields, "title", "PullRequest")
    if "body" in fields:
        changes["body"] = read.text_or_none(fields, "body", "PullRequest")
    return changes


def list_commits(call: Call) -> Answer:
    """List the commits of a pull request, oldest first."""
    repository, _, pull = call.pull()
    commits = call.scope.git(repository).commits_between(pull.base_sha, pull.head_sha)
    return sliced(call, commits, lambda commit: commit_payload(call.scope, repository, commit))


def list_files(call: Call) -> Answer:
    """List the files a pull request changes."""
    repository, _, pull = call.pull()
    files = call.scope.git(repository).changes(pull.base_sha, pull.head_sha)
    return sliced(
        call, files, lambda file: file_payload(call.scope, repository, pull.head_sha, file)
    )


def is_merged(call: Call) -> Answer:
    """Answer 204 for a merged pull request, else 404."""
    _, _, pull = call.pull()
    if pull.merged_at is None:
        raise NotFound
    return Answer(status=204)


def merge(call: Call) -> Answer:
    """Merge; ``sha`` guards the head: 409 when it moved, 405 when it cannot be merged."""
    repository, _, pull = call.pull()
    fields = call.fields()
    method = read.text_or_none(fields, "merge_method", "PullRequest") or "merge"
    if method not in METHODS:
        named = f"{json.dumps(method)} is not a member of {json.dumps(METHODS)}"
        raise Unprocessable(f"Invalid request.\n\nFor 'properties/merge_method', {named}.")
    wish = MergeWish(
        method,
        read.text_or_none(fields, "commit_title", "PullRequest"),
        read.text_or_none(fields, "commit_message", "PullRequest"),
        read.text_or_none(fields, "sha", "PullRequest"),
    )
    sha = merge_pull(call.hub, call.actor, repository, pull, wish)
    return Answer({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


_PULL = "/repos/{owner}/{repo}/pulls/{number}"
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/pulls", list_pulls),
    Route("POST", "/repos/{owner}/{repo}/pulls", create),
    Route("GET", _PULL, get),
    Route("PATCH", _PULL, update),
    Route("GET", f"{_PULL}/commits", list_commits),
    Route("GET", f"{_PULL}/files", list_files),
    Route("GET", f"{_PULL}/merge", is_merged),
    Route("PUT", f"{_PULL}/merge", merge),
)
