"""Branch protection of a world: keeping the rules, and asking them."""

import json
from collections.abc import Mapping
from typing import Any

from bot.hub.errors import Unprocessable
from bot.hub.git.bare import ZERO
from bot.hub.rules.protection import (
    Protection,
    PullState,
    combined,
    is_behind,
    missing_checks,
    obstacle,
    review_verdict,
)
from bot.hub.rules.roles import Role
from bot.hub.rules.status_rollup import latest_by_context
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Pull, Status
from bot.hub.store.transaction import Transaction
from bot.hub.store.view import View
from bot.hub.world.access import role_of
from bot.hub.world.hub import Hub
from bot.hub.world.reviews import counted_opinions, reviews_of
from bot.hub.world.rulesets import rulesets_of
from bot.hub.world.statuses import statuses_of

_COLUMNS = "branch, approvals, dismiss_stale, contexts, strict, enforce_admins"


def protections_of(view: View, repository: Repository) -> dict[str, Protection]:
    """Return the rules of every protected branch."""
    sql = f"SELECT {_COLUMNS} FROM protections WHERE repo_id = ?"  # noqa: S608 - no value in it
    return {row[0]: _read(row) for row in view.connection.execute(sql, (repository.id,))}


def protection_of(view: View, repository: Repository, branch: str) -> Protection | None:
    """Return the rules of a branch, or None when it is not protected."""
    return protections_of(view, repository).get(branch)


def protect(
    transaction: Transaction, repository: Repository, branch: str, rules: Protection
) -> None:
    """Set the rules of a branch."""
    contexts = None if rules.contexts is None else json.dumps(rules.contexts)
    values = (rules.approvals, rules.dismiss_stale, contexts, rules.strict, rules.enforce_admins)
    transaction.connection.execute(
        "INSERT OR REPLACE INTO protections VALUES (?, ?, ?, ?, ?, ?, ?)",
        (repository.id, branch, *values),
    )


def unprotect(transaction: Transaction, repository: Repository, branch: str) -> None:
    """Take the rules of a branch away."""
    transaction.connection.execute(
        "DELETE FROM protections WHERE repo_id = ? AND branch = ?", (repository.id, branch)
    )


def rules_on(
    view: View, repository: Repository, branch: str, actor: Account | None = None
) -> Protection | None:
    """Return all that protection and rulesets demand on a branch, None when it is free.

    With an actor only what binds them counts.
    """
    own = protection_of(view, repository, branch)
    is_bound = own is not None and (actor is None or binds(view, repository, own, actor))
    sets = [
        ruleset.protection()
        for ruleset in rulesets_of(view, repository)
        if ruleset.covers(branch, repository.default_branch)
    ]
    return combined([*([own] if own is not None and is_bound else []), *sets])


def decision(view: View, pull: Pull) -> str | None:
    """Return ``reviewDecision``: None where protection demands no approval."""
    rules = rules_on(view, view.repository(pull.repo_id), pull.base_ref)
    return review_verdict(rules, counted_opinions(view, pull))


def hindrances(
    hub: Hub, view: View, pull: Pull, actor: Account | None = None
) -> tuple[str | None, bool]:
    """Return what the rules have against merging, as a sentence, and whether the head is behind.

    With an actor only what binds them counts.
    """
    repository = view.repository(pull.repo_id)
    rules = rules_on(view, repository, pull.base_ref, actor)
    if rules is None:
        return None, False
    git = hub.git(repository)
    base = git.branch(pull.base_ref)
    state = PullState(
        tuple(counted_opinions(view, pull)),
        _states(statuses_of(view, repository.id, pull.head_sha)),
        base is None or git.is_ancestor(base, pull.head_sha),
        last_pusher(view, pull),
    )
    return obstacle(rules, state), is_behind(rules, state)


def last_pusher(view: View, pull: Pull) -> int:
    """Return the account that moved a pull request's head last: its author, until somebody did."""
    sql = "SELECT account_id FROM last_pushers WHERE pull_id = ?"
    row = view.connection.execute(sql, (pull.id,)).fetchone()
    return int(row[0]) if row else view.issue_of(pull).author_id


def remember_pusher(transaction: Transaction, pull: Pull, pusher: Account) -> None:
    """Keep who moved a pull request's head."""
    transaction.connection.execute(
        "INSERT OR REPLACE INTO last_pushers VALUES (?, ?)", (pull.id, pusher.id)
    )


def binds(view: View, repository: Repository, rules: Protection, actor: Account) -> bool:
    """Return whether the rules hold for somebody: admins are free unless the rules say so."""
    return rules.enforce_admins or role_of(view, repository, actor) < Role.ADMIN


def dismiss_stale(transaction: Transaction, repository: Repository, pull: Pull) -> None:
    """Take the weight from approvals of what was there before a push, where so configured."""
    rules = rules_on(transaction, repository, pull.base_ref)
    if rules is None or not rules.dismiss_stale:
        return
    for review in reviews_of(transaction, pull):
        if review.state == "APPROVED":
            transaction.revise(review, state="DISMISSED")


def direct_moves(
    hub: Hub, view: View, repository: Repository, actor: Account
) -> dict[str, dict[str, Any]]:
    """Return what a push by somebody must heed, by full ref name; empty when nothing binds them.

    ``refusal`` is the sentence for every update, None where commits in ``passed`` may go straight.
    """
    branches = set(protections_of(view, repository))
    if rulesets_of(view, repository):
        refs = hub.git(repository).refs("refs/heads/")
        branches |= {name.removeprefix("refs/heads/") for name in refs}
    found = {branch: rules_on(view, repository, branch, actor) for branch in sorted(branches)}
    return {
        f"refs/heads/{branch}": _push_rule(view, repository, rules)
        for branch, rules in found.items()
        if rules is not None
    }


def require_direct_move(
    hub: Hub, view: View, actor: Account, repository: Repository, name: str, new: str
) -> None:
    """Refuse to move a protected branch past its rules through the API. Raises Unprocessable."""
    rule = direct_moves(hub, view, repository, actor).get(name)
    old = hub.git(repository).read_ref(name)
    if rule is None or old is None:
        return
    if new == ZERO:
        if rule["forbids_deletion"]:
            raise Unprocessable("Cannot delete this protected branch")
        return
    if rule["forbids_force"] and not hub.git(repository).is_ancestor(old, new):
        raise Unprocessable("Cannot force-push to this branch")
    if rule["refusal"] and new not in rule["passed"]:
        raise Unprocessable(rule["refusal"])


def _push_rule(view: View, repository: Repository, rules: Protection) -> dict[str, Any]:
    moves = {"forbids_force": rules.forbids_force, "forbids_deletion": rules.forbids_deletion}
    if rules.approvals is not None:
        return {**moves, "refusal": "Changes must be made through a pull request.", "passed": []}
    if not rules.contexts:
        return {**moves, "refusal": None, "passed": []}
    by_sha: dict[str, list[Status]] = {}
    for status in view.all(Status, "repo_id = :repo", order="id", repo=repository.id):
        by_sha.setdefault(status.sha, []).append(status)
    passed = [sha for sha, found in by_sha.items() if missing_checks(rules, _states(found)) is None]
    return {**moves, "refusal": missing_checks(rules, {}), "passed": passed[-1000:]}


def _states(statuses: list[Status]) -> Mapping[str, str]:
    return {status.context: status.state for status in latest_by_context(statuses)}


def _read(row: Any) -> Protection:
    contexts = None if row[3] is None else tuple(json.loads(row[3]))
    return Protection(row[1], bool(row[2]), contexts, bool(row[4]), bool(row[5]))
