"""``commit``, ``status``, ``combined-commit-status``, branches, refs and files of a diff."""

from typing import Any
from urllib.parse import quote

from bot.hub.clock import iso
from bot.hub.git.commits import CommitInfo, FileChange, Signature
from bot.hub.rest.payloads.accounts import user_or_none
from bot.hub.rest.payloads.repositories import minimal_repository
from bot.hub.rules.node_ids import git_node_id, node_id
from bot.hub.rules.protection import Protection
from bot.hub.rules.status_rollup import combined_state, latest_by_context
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.store.records import Status

Json = dict[str, Any]


def commit_payload(scope: Scope, repository: Repository, commit: CommitInfo) -> Json:
    """Return a commit as lists show it: without statistics and files."""
    url, page = scope.api_url(repository), scope.html_url(repository)
    return {
        "sha": commit.oid,
        "node_id": git_node_id("C", repository.id, commit.oid),
        "commit": {
            "author": _signature(commit.author),
            "committer": _signature(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
            "url": f"{url}/git/commits/{commit.oid}",
            "comment_count": 0,
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "url": f"{url}/commits/{commit.oid}",
        "html_url": f"{page}/commit/{commit.oid}",
        "comments_url": f"{url}/commits/{commit.oid}/comments",
        "author": None,
        "committer": None,
        "parents": [
            {"sha": oid, "url": f"{url}/commits/{oid}", "html_url": f"{page}/commit/{oid}"}
            for oid in commit.parents
        ],
    }


def _signature(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": signature.date}


def commit_with_files(
    scope: Scope, repository: Repository, commit: CommitInfo, files: list[FileChange]
) -> Json:
    """Return a commit as ``GET commits/{ref}`` shows it."""
    additions, deletions = sum(f.additions for f in files), sum(f.deletions for f in files)
    return {
        **commit_payload(scope, repository, commit),
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [file_payload(scope, repository, commit.oid, file) for file in files],
    }


def file_payload(scope: Scope, repository: Repository, oid: str, file: FileChange) -> Json:
    """Return one file of a diff at commit ``oid``."""
    url, page, path = scope.api_url(repository), scope.html_url(repository), quote(file.path)
    payload: Json = {
        "sha": file.blob,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page}/blob/{oid}/{path}",
        "raw_url": f"{page}/raw/{oid}/{path}",
        "contents_url": f"{url}/contents/{path}?ref={oid}",
    }
    if file.patch is not None:
        payload["patch"] = file.patch
    if file.previous_path is not None:
        payload["previous_filename"] = file.previous_path
    return payload


def status_payload(scope: Scope, repository: Repository, status: Status) -> Json:
    """Return one status of a commit."""
    creator = user_or_none(scope, status.creator_id)
    return {
        "url": f"{scope.api_url(repository)}/statuses/{status.sha}",
        "avatar_url": creator["avatar_url"] if creator else None,
        "id": status.id,
        "node_id": node_id("SC", status.id, repository.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": iso(status.created_at),
        "updated_at": iso(status.created_at),
        "creator": creator,
    }


def combined_status(scope: Scope, repository: Repository, oid: str, statuses: list[Status]) -> Json:
    """Return the newest status of each context and what they add up to."""
    latest = latest_by_context(statuses)
    url = scope.api_url(repository)
    return {
        "state": combined_state(latest),
        "statuses": [
            {**status_payload(scope, repository, status), "required": False} for status in latest
        ],
        "sha": oid,
        "total_count": len(latest),
        "repository": minimal_repository(scope, repository),
        "commit_url": f"{url}/commits/{oid}",
        "url": f"{url}/commits/{oid}/status",
    }


def short_branch(
    scope: Scope, repository: Repository, name: str, oid: str, is_protected: bool
) -> Json:
    """Return a branch as lists show it."""
    url = f"{scope.api_url(repository)}/commits/{oid}"
    return {"name": name, "commit": {"sha": oid, "url": url}, "protected": is_protected}


def branch_payload(
    scope: Scope,
    repository: Repository,
    name: str,
    commit: CommitInfo,
    protection: Protection | None,
) -> Json:
    """Return one branch with its commit and a summary of its protection."""
    url = f"{scope.api_url(repository)}/branches/{quote(name, safe='')}"
    return {
        "name": name,
        "commit": commit_payload(scope, repository, commit),
        "_links": {"self": url, "html": f"{scope.html_url(repository)}/tree/{name}"},
        "protected": protection is not None,
        "protection": {
            "enabled": protection is not None,
            "required_status_checks": _checks_summary(protection),
        },
        "protection_url": f"{url}/protection",
    }


def _checks_summary(protection: Protection | None) -> Json:
    contexts = list(protection.contexts or ()) if protection else []
    level = "off" if not contexts else "everyone" if _binds_all(protection) else "non_admins"
    return {
        "enforcement_level": level,
        "contexts": contexts,
        "checks": [{"context": context, "app_id": None} for context in contexts],
    }


def _binds_all(protection: Protection | None) -> bool:
    return protection is not None and protection.enforce_admins


def ref_payload(scope: Scope, repository: Repository, name: str, oid: str, kind: str) -> Json:
    """Return a git ref by its full name and the type of object it points at."""
    url = scope.api_url(repository)
    return {
        "ref": name,
        "node_id": git_node_id("REF", repository.id, name),
        "url": f"{url}/git/{name}",
        "object": {"sha": oid, "type": kind, "url": f"{url}/git/{kind}s/{oid}"},
    }
