"""What branch protection means for a bot: respected, never fought, and told before it surprises."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.health import BranchRule, Finding, Health, RepositoryFacts
from bot.domain.settings import MergePolicy, Settings

STATUS = "specloop/gates"
"""The commit status that the bot sets on heads whose gates it ran."""
_WHAT = "protection"


def branches(facts: RepositoryFacts, settings: Settings) -> Iterator[Finding]:
    """Yield what protects the default branch, and what keeps agents' branches from being made."""
    if facts.rules is None:
        yield Finding(_WHAT, "the default branch's rules cannot be read", Health.UNKNOWN,
                      todo="look at them with an administrator's token")  # fmt: skip
    else:
        yield from _default(facts.rules, settings)
    yield from _agents(facts.agents_rules)


def _default(rules: tuple[BranchRule, ...], settings: Settings) -> Iterator[Finding]:
    yield from _checks(rules)
    approvals = max((_count(r) for r in rules if r.kind == "pull_request"), default=0)
    if approvals and settings.merge is MergePolicy.AUTO:
        yield Finding(_WHAT, f"{approvals} approval(s) are required, and `merge: auto` asks none",
                      cost="its pull requests wait for the approvals all the same")  # fmt: skip
    elif approvals:
        yield Finding(_WHAT, f"{approvals} approval(s) are required, and waited for")
    kinds = {r.kind for r in rules}
    if "merge_queue" in kinds:
        yield Finding(_WHAT, "a merge queue guards the default branch", Health.OK,
                      "its pull requests wait until somebody adds them to the queue")  # fmt: skip
    if "required_signatures" in kinds:
        yield Finding(_WHAT, "signed commits are required, and agents' are not signed",
                      Health.UNKNOWN, "GitHub may refuse to merge them",
                      "merge by squash, which GitHub signs itself")  # fmt: skip
    if not rules:
        yield Finding(_WHAT, "the default branch has none: what has write access may push to it")


def _checks(rules: tuple[BranchRule, ...]) -> Iterator[Finding]:
    contexts = sorted(
        {c for r in rules if r.kind == "required_status_checks" for c in _contexts(r)}
    )
    others = [c for c in contexts if c != STATUS]
    if others:
        yield Finding(
            _WHAT, f"required checks: {', '.join(others)}",
            cost="with the plain token their runs wait until a person approves each of them",
            todo=f"approve them, write as a GitHub App, or require `{STATUS}` instead",
        )  # fmt: skip
    elif contexts:
        yield Finding(_WHAT, f"`{STATUS}` is required, and the bot sets it")


def _agents(rules: tuple[BranchRule, ...] | None) -> Iterator[Finding]:
    stopping = {"creation", "update", "required_signatures", "branch_name_pattern",
                "commit_message_pattern", "commit_author_email_pattern"}  # fmt: skip
    found = sorted({r.kind for r in rules or () if r.kind in stopping})
    if found:
        yield Finding(_WHAT, f"branches below `specloop/` have the rules {', '.join(found)}",
                      Health.MISSING, "agents' work cannot be pushed",
                      "exempt `specloop/**/*` from them")  # fmt: skip


def _count(rule: BranchRule) -> int:
    found = rule.parameters.get("required_approving_review_count")
    return found if isinstance(found, int) else 0


def _contexts(rule: BranchRule) -> list[str]:
    listed = rule.parameters.get("required_status_checks")
    named = (c.get("context") for c in listed if isinstance(c, dict)) if isinstance(
        listed, list
    ) else ()  # fmt: skip
    return [c for c in named if isinstance(c, str)]
