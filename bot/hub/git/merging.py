"""Merge, squash and rebase without a work tree: ``git merge-tree`` and ``git commit-tree``."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git
from bot.hub.git.commits import CommitInfo, Signature
from bot.hub.git.founding import commit_tree

IS_TESTED: ContextVar[Callable[[str, str], bool] | None] = ContextVar("is_tested", default=None)
"""Whether the test merge of a base and a head counts as done; None: it always does."""


class MergeConflict(Exception):
    """The two sides do not fit together."""


@dataclass(frozen=True)
class MergeOrder:
    """What to merge: ``head`` into ``base``, both SHAs.

    ``person`` signs; ``message`` is the whole message.
    """

    method: str
    base: str
    head: str
    message: str
    person: Signature


def merged_tree(repository: BareRepository, base: str, head: str) -> str | None:
    """Return the tree that merging gives, or None for a conflict.

    Remembered per pair of commits.
    """

    def ask() -> str:
        code, out = run_git(
            repository.path,
            "merge-tree",
            "--write-tree",
            "--no-messages",
            base,
            head,
            accept=(0, 1),
        )
        return out.decode().split("\n", 1)[0].strip() if code == 0 else ""

    return repository.remember(("merge", base, head), ask) or None


def write_merge(repository: BareRepository, order: MergeOrder) -> str:
    """Write the commits a merge makes and return the new tip; no ref moves.

    Raises MergeConflict.
    """
    if order.method == "rebase":
        return _rebase(repository, order)
    tree = merged_tree(repository, order.base, order.head)
    if tree is None:
        raise MergeConflict
    parents = (order.base, order.head) if order.method == "merge" else (order.base,)
    return commit_tree(
        repository.path, tree, parents, order.message, _people(order.person, order.person)
    )


def _rebase(repository: BareRepository, order: MergeOrder) -> str:
    tip = order.base
    for commit in repository.commits_between(order.base, order.head):
        if len(commit.parents) < 2:  # as git rebase does, merges inside the branch are left out
            tip = _replay(repository, commit, tip, order.person)
    return tip


def _replay(repository: BareRepository, commit: CommitInfo, tip: str, person: Signature) -> str:
    """Apply one commit on top of ``tip``.

    git before 2.40 has no ``--merge-base``: a throw-away commit that holds the tip's tree and
    descends from the replayed commit's parent makes git find that parent as the base.
    """
    people = _people(commit.author, person)
    stand_in = commit_tree(
        repository.path, repository.commit(tip).tree, commit.parents, "stand-in", people
    )
    tree = merged_tree(repository, stand_in, commit.oid)
    if tree is None:
        raise MergeConflict
    return commit_tree(repository.path, tree, (tip,), commit.message, people)


def _people(author: Signature, committer: Signature) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_AUTHOR_DATE": author.date,
        "GIT_COMMITTER_NAME": committer.name,
        "GIT_COMMITTER_EMAIL": committer.email,
        "GIT_COMMITTER_DATE": committer.date,
    }
