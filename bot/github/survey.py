"""What GitHub tells of a repository's settings, with whatever token there is; it only reads.

What a token may not see is answered with 403 or 404: that is None here, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.domain.errors import ServiceError, UserError
from bot.domain.health import (
    BranchRule,
    RepositoryFacts,
    TokenFacts,
    TokenKind,
    WorkflowFile,
)
from bot.domain.workflow_runs import WORKFLOW_FILE
from bot.github.parse import Node, child, text
from bot.github.place import Place

ReadWorkflow = Callable[[str], Mapping[Any, Any] | None]
"""Reads a workflow file's text; None when it is no YAML mapping."""
BOT = "[bot]"
WORKFLOW_LOGIN = "github-actions[bot]"
PAGE = 100
MOST_PAGES = 10
_HIDDEN = (401, 403, 404, 410)


@dataclass(frozen=True, slots=True)
class Survey:
    """Looks at one repository."""

    place: Place
    read_workflow: ReadWorkflow

    def look(self) -> RepositoryFacts:
        """Return the facts. Raises UserError when the repository cannot be seen, ServiceError."""
        seen = self._get("", must=True)
        here, data = self.place.ask_here("workflow_files")
        branch = text(child(here, "defaultBranchRef"), "name")
        admin = child(seen, "permissions").get("admin") is True
        may = self._get("/actions/permissions/workflow")
        opens = may.get("can_approve_pull_request_reviews") if isinstance(may, Mapping) else None
        caller = self._get(f"/actions/workflows/{WORKFLOW_FILE}")
        return RepositoryFacts(
            name=self.place.full_name,
            token=self._token(text(child(data, "viewer"), "login"), is_admin=admin),
            default_branch=branch,
            archived=seen.get("archived") is True,
            has_issues=seen.get("has_issues") is not False,
            may_open_pulls=opens if isinstance(opens, bool) else None,
            labels=self._names("/labels", None, str.lower),
            workflows=tuple(self._workflows(here)),
            workflow_state=text(caller, "state") or None if isinstance(caller, Mapping) else None,
            secrets=self._secrets(),
            rules=self._rules(branch, protected=True),
            agents_rules=self._rules("specloop/1/2/1", protected=False),
        )

    def _token(self, login: str, *, is_admin: bool) -> TokenFacts:
        if not login.endswith(BOT):
            return TokenFacts(TokenKind.PERSON, login, is_admin=is_admin)
        if login == WORKFLOW_LOGIN:
            return TokenFacts(TokenKind.WORKFLOW, login)
        slug = quote(login.removesuffix(BOT), safe="")
        app = self._ask(f"/apps/{slug}")
        held = child(app, "permissions") if isinstance(app, Mapping) else None
        permissions = {k: str(v) for k, v in held.items()} if held else None
        return TokenFacts(TokenKind.APP, login, permissions)

    def _workflows(self, here: Node) -> list[WorkflowFile]:
        entries = child(here, "object").get("entries")
        found = []
        for entry in entries if isinstance(entries, list) else []:
            name = text(entry, "name") if isinstance(entry, Mapping) else ""
            if name.endswith((".yml", ".yaml")):
                content = text(child(entry, "object"), "text")
                found.append(WorkflowFile(name, self.read_workflow(content)))
        return found

    def _secrets(self) -> frozenset[str] | None:
        own = self._names("/actions/secrets", "secrets", str.upper)
        if own is None:
            return None
        shared = self._names("/actions/organization-secrets", "secrets", str.upper)
        return own | (shared or frozenset())

    def _rules(self, branch: str, *, protected: bool) -> tuple[BranchRule, ...] | None:
        """Return rulesets' rules, and classic protection in the same words."""
        name = quote(branch, safe="")
        listed = self._get(f"/rules/branches/{name}") if branch else []
        if not isinstance(listed, list):
            return None
        rules = [BranchRule(text(r, "type"), child(r, "parameters"))
                 for r in listed if isinstance(r, Mapping)]  # fmt: skip
        classic = self._get(f"/branches/{name}/protection") if branch and protected else None
        return (*rules, *_classic(classic)) if isinstance(classic, Mapping) else tuple(rules)

    def _names(self, path: str, within: str | None, spell: Any) -> frozenset[str] | None:
        names: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            found = self._get(f"{path}?per_page={PAGE}&page={page}")
            listed = found.get(within) if within and isinstance(found, Mapping) else found
            if not isinstance(listed, list):
                return None
            names.update(spell(text(e, "name")) for e in listed if isinstance(e, Mapping))
            if len(listed) < PAGE:
                break
        return frozenset(names)

    def _get(self, path: str, *, must: bool = False) -> Any:
        found = self._ask(f"{self.place.path}{path}")
        if must and not isinstance(found, Mapping):
            raise UserError(
                f"There is no repository {self.place.full_name}, or the token may not see it. "
                "Check the name and the token."
            )
        return found

    def _ask(self, path: str) -> Any:
        """Return an answer's body; None for what is hidden or not there. Raises ServiceError."""
        answer = self.place.client.read(path)
        if answer.status in _HIDDEN:
            return None
        if answer.status >= 400:
            said = answer.message or f"HTTP {answer.status}"
            raise ServiceError(f"GitHub does not answer {path}: {said}.")
        return answer.body


def _classic(found: Mapping[str, Any]) -> list[BranchRule]:
    """Return branch protection as rules.

    https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection
    """
    rules = []
    reviews = found.get("required_pull_request_reviews")
    checks = found.get("required_status_checks")
    if isinstance(reviews, Mapping):
        rules.append(BranchRule("pull_request", reviews))
    if isinstance(checks, Mapping):
        named = [{"context": c} for c in checks.get("contexts") or ()]
        rules.append(BranchRule("required_status_checks", {"required_status_checks": named}))
    if child(found, "required_signatures").get("enabled") is True:
        rules.append(BranchRule("required_signatures", {}))
    return rules
