"""``full-repository`` and ``minimal-repository``."""

from typing import Any

from bot.hub.clock import iso
from bot.hub.rest.payloads.accounts import simple_user
from bot.hub.rules.node_ids import node_id
from bot.hub.rules.roles import role_flags
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Issue
from bot.hub.world.access import role_of

Json = dict[str, Any]
_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def minimal_repository(scope: Scope, repository: Repository) -> Json:
    """Return the form that other payloads carry."""
    url, page = scope.api_url(repository), scope.html_url(repository)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": scope.full_name(repository),
        "owner": simple_user(scope, scope.view.account(repository.owner_id)),
        "private": repository.private,
        "html_url": page,
        "description": repository.description,
        "fork": False,
        "url": url,
        **{name: url + path for name, path in _URLS.items()},
    }


def full_repository(scope: Scope, repository: Repository) -> Json:
    """Return everything ``GET /repos/{owner}/{repo}`` says; needs no git."""
    page = scope.html_url(repository)
    host = scope.origin.partition("://")[2]
    open_issues = scope.view.count(Issue, "repo_id = :repo AND state = 'open'", repo=repository.id)
    flags = (
        "has_projects",
        "has_wiki",
        "has_pages",
        "has_downloads",
        "has_discussions",
        "archived",
        "disabled",
        "is_template",
        "allow_auto_merge",
        "allow_update_branch",
        "web_commit_signoff_required",
    )
    counts = (
        "forks_count",
        "stargazers_count",
        "watchers_count",
        "size",
        "forks",
        "watchers",
        "subscribers_count",
        "network_count",
    )
    return {
        **minimal_repository(scope, repository),
        "git_url": f"git://{host}/{scope.full_name(repository)}.git",
        "ssh_url": f"git@{host}:{scope.full_name(repository)}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **dict.fromkeys(("mirror_url", "homepage", "language", "license", "temp_clone_token")),
        **dict.fromkeys(flags, False),
        **dict.fromkeys(counts, 0),
        "has_issues": True,
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "default_branch": repository.default_branch,
        "visibility": "private" if repository.private else "public",
        "pushed_at": iso(repository.pushed_at),
        "created_at": iso(repository.created_at),
        "updated_at": iso(repository.updated_at),
        "permissions": role_flags(role_of(scope.view, repository, scope.actor)),
        "topics": [],
        "allow_forking": True,
        "allow_merge_commit": repository.allow_merge,
        "allow_squash_merge": repository.allow_squash,
        "allow_rebase_merge": repository.allow_rebase,
        "delete_branch_on_merge": repository.delete_head,
    }


def listed_repository(scope: Scope, repository: Repository) -> Json:
    """Return a repository as lists and pull requests show it."""
    only_by_name = ("temp_clone_token", "subscribers_count", "network_count")
    whole = full_repository(scope, repository)
    return {name: value for name, value in whole.items() if name not in only_by_name}
