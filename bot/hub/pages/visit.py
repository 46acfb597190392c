"""One request for a page: who looks, at what moment, and how texts of a repository are linked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from bot.hub.errors import NotFound
from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git
from bot.hub.pages import markdown
from bot.hub.store.identity import Account, Repository
from bot.hub.store.records import Issue
from bot.hub.store.view import View
from bot.hub.world.access import readable_repository
from bot.hub.world.hub import Hub

Render = Callable[[str, markdown.References], Markup]
_RENDERED: dict[tuple[str, str, str, int, str], Markup] = {}
_MOST_RENDERED = 500


@dataclass(frozen=True)
class Visit:
    """Somebody reads: everything they see is of one snapshot and what they may read."""

    hub: Hub
    view: View
    account: Account
    now: datetime
    query: dict[str, str]

    def place(self, owner: str, name: str) -> "Place":
        """Return a repository that the visitor may read. Raises NotFound."""
        repository = readable_repository(self.view, self.account, owner, name)
        return Place(self, repository, self.view.account(repository.owner_id).login)

    def page_number(self, last: int) -> int:
        """Return which page of a list is asked for: the last one unless ``?page=`` says."""
        asked = self.query.get("page", "")
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
        return max(1, min(int(asked), last)) if is_number else last


@dataclass(frozen=True)
class Place:
    """A repository as its pages need it."""

    visit: Visit = field(repr=False)
    repository: Repository
    owner: str

    @property
    def view(self) -> View:
        """The snapshot."""
        return self.visit.view

    @property
    def name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.repository.name}"

    @property
    def url(self) -> str:
        """The address of the repository's page."""
        return f"/{quote(self.owner)}/{quote(self.repository.name)}"

    @property
    def git(self) -> BareRepository:
        """The git side."""
        return self.visit.hub.git(self.repository)

    def issue(self, number: int) -> Issue:
        """Return an issue or pull request. Raises NotFound."""
        found = self.view.issue(self.repository.id, number)
        if found is None:
            raise NotFound
        return found

    def link(self, issue: Issue) -> str:
        """Return the address of an issue's or pull request's page."""
        return f"{self.url}/{'pull' if issue.pull_id else 'issues'}/{issue.number}"

    def login(self, account_id: int | None) -> str:
        """Return an account's name; ``ghost`` for nobody."""
        return "ghost" if account_id is None else self.view.account(account_id).login

    def body(self, text: str | None) -> Markup:
        """Render somebody's Markdown."""
        return self._rendered(markdown.render, text or "")

    def line(self, text: str) -> Markup:
        """Render a sentence."""
        return self._rendered(markdown.render_line, text)

    def references(self) -> markdown.References:
        """Return what ``#12`` and SHAs lead to here."""
        return markdown.References(self._issue_address, self._commit_addresses)

    def _rendered(self, render: Render, text: str) -> Markup:
        """Render a text, once as long as its references lead to the same places."""
        home = str(self.visit.hub.repositories)
        key = (render.__name__, home, self.url, self._highest(), text)
        known = _RENDERED.get(key)
        if known is None:
            if len(_RENDERED) > _MOST_RENDERED:
                _RENDERED.clear()
            known = _RENDERED[key] = render(text, self.references())
        return known

    def _issue_address(self, number: int) -> str | None:
        found = self.view.issue(self.repository.id, number)
        return None if found is None else self.link(found)

    def _commit_addresses(self, shas: Sequence[str]) -> dict[str, str]:
        lines = "".join(f"{sha}\n" for sha in shas)
        _, out = run_git(self.git.path, "cat-file", "--batch-check", stdin=lines.encode())
        found = (line.split(" ") for line in out.decode("ascii", "replace").splitlines())
        return {
            sha: f"{self.url}/commit/{words[0]}"
            for sha, words in zip(shas, found, strict=False)
            if len(words) == 3 and words[1] == "commit"
        }

    def _highest(self) -> int:
        """Return the last number given: with it, more references may lead somewhere."""
        row = self.view.connection.execute(
            "SELECT value FROM counters WHERE name = ?", (f"number/{self.repository.id}",)
        ).fetchone()
        return int(row[0]) if row else 0
