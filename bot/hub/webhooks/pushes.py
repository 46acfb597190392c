"""The push event: branches and tags compared with what they were when last looked at."""

from collections.abc import Iterator, Mapping
from functools import partial

from bot.hub.git.bare import BareRepository
from bot.hub.git.commits import CommitInfo
from bot.hub.scope import Scope
from bot.hub.store.identity import Repository
from bot.hub.webhooks.event import Event, Json, event

_NOTHING = "0" * 40
_MAX_COMMITS = 2048


def refs_of(git: BareRepository) -> dict[str, str]:
    """Return the branches and tags of a repository."""
    return {**git.refs("refs/heads/"), **git.refs("refs/tags/")}


def push_events(
    repository: Repository, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Event]:
    """Yield one event for each ref that moved."""
    for ref in sorted({*old, *new}):
        before, after = old.get(ref, _NOTHING), new.get(ref, _NOTHING)
        if before != after:
            yield event("push", None, repository, partial(_push, repository, ref, before, after))


def _push(repository: Repository, ref: str, before: str, after: str, scope: Scope) -> Json:
    git, page = scope.git(repository), scope.html_url(repository)
    is_made, is_gone = before == _NOTHING, after == _NOTHING
    commits = _commits(git, repository, before, after)
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "base_ref": None,
        "created": is_made,
        "deleted": is_gone,
        "forced": not (is_made or is_gone) and not git.is_ancestor(before, after),
        "compare": f"{page}/compare/{before[:12]}...{after[:12]}",
        "commits": [_commit(scope, repository, commit) for commit in commits],
        "head_commit": None if is_gone else _head(scope, repository, git, after),
        "pusher": {"name": scope.actor.login, "email": None},
    }


def _commits(
    git: BareRepository, repository: Repository, before: str, after: str
) -> list[CommitInfo]:
    if after == _NOTHING or git.object_type(after) != "commit":
        return []
    base = before if before != _NOTHING else git.branch(repository.default_branch)
    if base is None or not git.object_type(base):
        return []
    return git.commits_between(base, after)[-_MAX_COMMITS:]


def _head(scope: Scope, repository: Repository, git: BareRepository, oid: str) -> Json | None:
    if git.object_type(oid) != "commit":
        return None
    return _commit(scope, repository, git.commit(oid))


def _commit(scope: Scope, repository: Repository, commit: CommitInfo) -> Json:
    people = {
        role: {"name": one.name, "email": one.email, "username": None}
        for role, one in (("author", commit.author), ("committer", commit.committer))
    }
    return {
        "id": commit.oid,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": commit.committer.date,
        "url": f"{scope.html_url(repository)}/commit/{commit.oid}",
        **people,
    }
