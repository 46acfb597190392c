"""What the hub's tests act with: people who send requests, a repository, git work trees."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.hub import HubProcess

T = TypeVar("T")
LAG = 0.03
"""Seconds by which listings are late in most tests."""


@dataclass
class Person:
    """Somebody with a token."""

    login: str
    token: str
    url: str
    http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)

    def call(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """Send a request, insist on its status (any success by default), return the JSON."""
        answer = self.http.request(method, path, json=body)
        wanted = answer.is_success if status is None else answer.status_code == status
        assert wanted, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, status: int | None = None) -> Any:
        return self.call("GET", path, None, status)

    def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        return self.call("POST", path, body, status)

    def patch(self, path: str, body: Any = None, status: int | None = None) -> Any:
        return self.call("PATCH", path, body, status)

    def put(self, path: str, body: Any = None, status: int | None = None) -> Any:
        return self.call("PUT", path, body, status)

    def delete(self, path: str, body: Any = None, status: int | None = None) -> Any:
        return self.call("DELETE", path, body, status)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send a GraphQL request and return the whole answer, errors included."""
        answer = self.http.post("/graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def data(self, query: str, **variables: Any) -> Any:
        """Send a GraphQL request that must succeed and return its data."""
        content = self.ask(query, **variables)
        assert "errors" not in content, content["errors"]
        return content["data"]

    def refusal(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send a GraphQL request that must fail and return its first error."""
        errors = self.ask(query, **variables).get("errors")
        assert errors
        first: dict[str, Any] = errors[0]
        return first


@dataclass
class Stage:
    """A repository with its owner and the bot, who may push."""

    hub: HubProcess
    owner: Person
    bot: Person
    name: str
    folder: Path
    people: list[Person] = field(default_factory=list)

    def close(self) -> None:
        """Close everyone's connections."""
        for person in (self.owner, self.bot, *self.people):
            person.http.close()

    @property
    def path(self) -> str:
        return f"/repos/{self.owner.login}/{self.name}"

    @property
    def bare(self) -> Path:
        return self.hub.world.repositories / self.owner.login / f"{self.name}.git"

    def newcomer(self, role: str | None = None) -> Person:
        """Make an account; with a role it becomes a collaborator."""
        login = f"user{uuid.uuid4().hex[:8]}"
        made = self.owner.post("/_hub/accounts", {"login": login, "type": "User"})
        if role is not None:
            self.owner.put(f"{self.path}/collaborators/{login}", {"permission": role})
        self.people.append(Person(login, made["token"], self.hub.url))
        return self.people[-1]

    def issue(self, title: str = "Something", **fields: Any) -> Any:
        return self.owner.post(f"{self.path}/issues", {"title": title, **fields})

    def remote(self, person: Person) -> str:
        host = self.hub.url.removeprefix("http://")
        return f"http://x:{person.token}@{host}/{self.owner.login}/{self.name}.git"

    def clone(self, person: Person | None = None) -> Checkout:
        """Clone the repository with somebody's token."""
        place = self.folder / uuid.uuid4().hex[:8]
        git(self.folder, "clone", "-q", self.remote(person or self.bot), str(place))
        return Checkout(place)

    def branch(self, name: str, files: dict[str, str], message: str = "Work") -> str:
        """Push a branch with one commit on top of main and return its SHA."""
        checkout = self.clone()
        checkout.git("checkout", "-q", "-b", name, "origin/main")
        sha = checkout.commit(files, message)
        checkout.git("push", "-q", "origin", name)
        return sha

    def pull(self, branch: str, files: dict[str, str] | None = None, **fields: Any) -> Any:
        """Push a branch and open a pull request for it as the bot."""
        self.branch(branch, files or {f"{branch}.txt": branch})
        wish = {"title": f"Add {branch}", "head": branch, "base": "main", **fields}
        return self.bot.post(f"{self.path}/pulls", wish)

    def tip(self, branch: str = "main") -> str:
        sha: str = self.owner.get(f"{self.path}/branches/{branch}")["commit"]["sha"]
        return sha

    def settle(self) -> None:
        """Let the listings catch up."""
        time.sleep(LAG + 0.02)


@dataclass
class Checkout:
    """A work tree."""

    path: Path

    def git(self, *arguments: str) -> str:
        return git(self.path, *arguments)

    def commit(self, files: dict[str, str], message: str = "Work") -> str:
        for name, text in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    """Run git with nothing of the user's configuration; fail with its words."""
    done = try_git(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def try_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git and return what came of it."""
    people = {f"GIT_{who}_{what}": "someone@example.org" for who in ("AUTHOR", "COMMITTER")
              for what in ("NAME", "EMAIL")}  # fmt: skip
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
        **people,
    }
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def eventually(look: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """Look until what is seen is what is wanted."""
    for _ in range(200):
        seen = look()
        if wanted(seen):
            return seen
        time.sleep(0.02)
    raise AssertionError(f"never came true; last seen: {seen}")
