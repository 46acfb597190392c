"""From what GitHub tells of a repository to what is missing, what it costs, what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.health import Finding, Health, RepositoryFacts, TokenKind
from bot.domain.settings import Settings
from bot.rules.branch_health import branches
from bot.rules.triggers import lacking
from bot.rules.workflow_health import caller_of, given_to, untriggered, workflow

APP_NEEDS = {
    "actions": "write",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "write",
}
_SECRET = re.compile(r"secrets\.([A-Za-z_][A-Za-z0-9_]*)")
_SETTING = "Allow GitHub Actions to create and approve pull requests"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a repository should have."""

    template: Mapping[Any, Any]
    """The caller workflow as `init` writes it."""
    settings: Settings
    trouble: str = ""
    """Why the configuration on the default branch could not be read; empty when it could."""
    pages: str = ""
    """Address of the repository's pages."""


def examine(facts: RepositoryFacts, wanted: Wanted) -> Iterator[Finding]:
    """Yield what is found, in the order in which to mend it."""
    yield from _token(facts)
    yield _repository(facts)
    if wanted.trouble:
        yield Finding("configuration", wanted.trouble, Health.MISSING, "nothing begins", "mend it")
    caller = caller_of(facts)
    by_app = bool(given_to(caller).get("app-client-id"))
    yield from workflow(facts, wanted.template)
    yield _opening(facts, wanted, by_app=by_app)
    yield _key(facts, caller or wanted.template, wanted)
    yield _labels(facts, wanted)
    yield _sandbox(given_to(caller))
    yield from branches(facts, wanted.settings)
    yield untriggered(facts, by_app=by_app)


def _token(facts: RepositoryFacts) -> Iterator[Finding]:
    token = facts.token
    if token.kind is TokenKind.PERSON:
        may = "it sees the settings" if token.is_admin else "settings need an administrator's"
        yield Finding("token", f"of {token.login}; {may}")
    elif token.kind is TokenKind.WORKFLOW:
        yield Finding("token", "a job's own; settings need an administrator's")
    elif token.app_permissions is None:
        yield Finding(
            "token", f"of the App {token.login}, whose permissions GitHub does not show",
            Health.UNKNOWN, todo="look in its settings that it does not hold `workflows`",
        )  # fmt: skip
    else:
        yield from _app(token.login, token.app_permissions)


def _app(login: str, held: Mapping[str, str]) -> Iterator[Finding]:
    if held.get("workflows", "none") != "none":
        yield Finding(
            "token", f"the App {login} holds `workflows`", Health.MISSING,
            "whoever gets hold of its token can rewrite workflows, and with them read every secret",
            "take `workflows` away in the App's settings",
        )  # fmt: skip
        return
    short = lacking(held, APP_NEEDS)
    if short:
        yield Finding("token", f"the App {login} lacks {', '.join(short)}", Health.MISSING,
                      "what needs it is refused", "grant it in the App's settings")  # fmt: skip
    else:
        yield Finding("token", f"of the App {login}, with what it needs and not `workflows`")


def _repository(facts: RepositoryFacts) -> Finding:
    if facts.archived:
        return Finding("repository", f"{facts.name} is archived", Health.MISSING,
                       "nothing can be written", "unarchive it")  # fmt: skip
    if not facts.has_issues:
        return Finding("repository", f"{facts.name} has issues switched off", Health.MISSING,
                       "there is no place for a spec", "switch issues on")  # fmt: skip
    if not facts.default_branch:
        return Finding("repository", f"{facts.name} has no commits", Health.MISSING,
                       "there is nothing to begin from", "push a first commit")  # fmt: skip
    return Finding("repository", f"{facts.name}, default branch {facts.default_branch}")


def _opening(facts: RepositoryFacts, wanted: Wanted, *, by_app: bool) -> Finding:
    where = f"{wanted.pages}/settings/actions"
    if by_app:
        return Finding("pull requests", "the workflow writes as an App, which may open them")
    if facts.may_open_pulls is None:
        return Finding("pull requests", f"whether workflows may open them ({_SETTING})",
                       Health.UNKNOWN, todo=f"an administrator sees it at {where}")  # fmt: skip
    if not facts.may_open_pulls:
        return Finding("pull requests", f"workflows may not open them: {_SETTING} is off",
                       Health.MISSING, "work is done and paid for, and cannot be shown",
                       f"tick it at {where}")  # fmt: skip
    return Finding("pull requests", "workflows may open them")


def _key(facts: RepositoryFacts, caller: Mapping[Any, Any], wanted: Wanted) -> Finding:
    served = [p for p in wanted.settings.models.providers if p.holds_conversations]
    known = [p.key_variable for p in served if p.key_variable]
    passed = dict.fromkeys(_SECRET.findall(str(caller.get("jobs", ""))))
    names = [n for n in passed if n != "GITHUB_TOKEN" and "APP" not in n.upper()] or known
    told = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    if facts.secrets is None:
        return Finding("model key", f"whether the secret {told} is there", Health.UNKNOWN,
                       todo="gh secret list; an administrator sees the names")  # fmt: skip
    there = [n for n in names if n.upper() in facts.secrets]
    if not there:
        return Finding("model key", f"no secret {told}", Health.MISSING, "nobody thinks",
                       f"gh secret set {names[0]} --repo {facts.name}")  # fmt: skip
    return Finding("model key", f"the secret {', '.join(there)} is there")


def _labels(facts: RepositoryFacts, wanted: Wanted) -> Finding:
    spec = wanted.settings.labels.spec
    if facts.labels is None:
        return Finding("labels", "they cannot be listed", Health.UNKNOWN)
    if spec.lower() not in facts.labels:
        return Finding("labels", f"there is no label `{spec}`", Health.MISSING,
                       "no issue can be made a spec", f"gh label create {spec}")  # fmt: skip
    return Finding("labels", f"`{spec}` is there; others are made with the first plan")


def _sandbox(given: Mapping[str, object]) -> Finding:
    if given.get("runner"):
        return Finding("sandbox", "whether your own runners have bubblewrap", Health.UNKNOWN,
                       "agents do not start without one",
                       "install bubblewrap there, and let runners take one job each")  # fmt: skip
    return Finding("sandbox", "GitHub's Ubuntu runners are given bubblewrap by the action")
