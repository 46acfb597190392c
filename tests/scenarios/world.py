"""The world of one scenario: a project, its hub, a house; told as a conversation.

Everything is real (HTTP, git, processes, the state ref) but the model, which a playbook plays.
The house stays open from turn to turn, as in `specloop run`, and is opened anew, as by a fresh
process, whenever the story changes. A bot's comment that no test reads fails the test.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import tempfile
import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.domain.events import Event
from bot.domain.run import RunState
from bot.hub import BOT, MAINTAINER
from bot.loop.house import House
from bot.loop.iteration import iterate
from bot.wiring.begin import begin
from bot.wiring.build import Adapters, open_house, unchanged
from bot.wiring.checkout import open_checkout
from bot.wiring.choose import settle
from bot.wiring.places import World as Places
from bot.wiring.recorded import Recorded
from bot.wiring.register import Choices
from bot.wiring.site import Site
from bot.wiring.spec_text import read_spec
from tests.scenarios.people import LAG, Person, Town
from tests.scenarios.scenes import Scene

E = TypeVar("E", bound=Event)

SPEC = "# Say hello\n\nThere is a file that says hello.\n"
CHECK = """\
# Red when a text says so, or when more members joined than there is room for.
if grep -rn BROKEN --include='*.txt' .; then exit 1; fi
joined=$(cat members/* 2>/dev/null | wc -l)
if test "$joined" -gt "$(cat room.txt)"; then echo "no room for $joined members"; exit 1; fi
"""
FILES = {"README.md": "A project.\n", "check.sh": CHECK, "room.txt": "9\n"}
_GIT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Mary",
    "GIT_AUTHOR_EMAIL": "mary@example.org",
    "GIT_COMMITTER_NAME": "Mary",
    "GIT_COMMITTER_EMAIL": "mary@example.org",
}
_STICKY = ("### Progress", "### What specloop learned here")
_HIDDEN = """
query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
  issues(first: 100) { nodes { comments(first: 100) { nodes { databaseId isMinimized } } } }
  pullRequests(first: 100) { nodes { comments(first: 100) { nodes { databaseId isMinimized } } } }
} }
"""


def git(*args: str, cwd: Path | None = None) -> str:
    """Run git as a person would, and return what it prints."""
    ran = subprocess.run(
        ["git", *args], cwd=cwd, env=_GIT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.rstrip("\n")


def said(text: str) -> str:
    """Return an inline snapshot as it is compared: dedented, without the outer line ends.

    A line that ends in " ~" goes on in the next one.
    """
    return re.sub(r" ~\n\s*", " ", textwrap.dedent(text)).strip("\n")


@dataclass(frozen=True)
class Item:
    """One child issue: what the tracker says, and what the record derives."""

    number: int
    title: str
    body: str
    open: bool
    closed_as: str | None
    labels: frozenset[str]
    on_milestone: bool
    status: str
    priority: str
    attempts: int


@dataclass(frozen=True)
class Pull:
    """One pull request."""

    number: int
    title: str
    body: str
    open: bool
    merged: bool
    head: str
    branch: str


@dataclass
class Listener:
    """Remembers what happened."""

    events: list[Event] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        """Remember it."""
        self.events.append(event)


@dataclass(repr=False)
class World:
    """One project and everybody around it. Tests speak its verbs and read its nouns."""

    town: Town
    folder: Path
    bot: str = BOT
    """Whose account the bot uses."""
    main_may_be_red: bool = False
    """Whether the story itself turns main red, say by a person's push."""
    site: Site = field(init=False)
    state: RunState = field(init=False)
    listener: Listener = field(default_factory=Listener)
    stop: threading.Event = field(default_factory=threading.Event)
    adapt: Callable[[Adapters], Adapters] = unchanged
    """Wraps what reaches out of the process."""
    _read: dict[int, str] = field(default_factory=dict)
    _house: House | None = None
    _door: ExitStack = field(default_factory=ExitStack)
    _stirred_at: float = 0.0
    _begun: bool = False

    # The project and its spec.

    def spec(
        self,
        text: str = SPEC,
        *,
        files: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
        **choices: Any,
    ) -> None:
        """Lay a project out and open its spec; plans need no approval unless chosen otherwise."""
        checkout_folder = self.folder / f"project-{uuid.uuid4().hex[:8]}"
        gates = {"check": {"command": ["sh", "check.sh"], "category": "test"}}
        configured = {"gates": gates, "specialists": [], **(config or {})}
        self._write(checkout_folder, FILES | dict(files or {}))
        self._write(checkout_folder, {".github/specloop.yml": yaml.safe_dump(configured)})
        git("init", "-q", "-b", "main", cwd=checkout_folder)
        git("add", "-A", cwd=checkout_folder)
        git("commit", "-q", "-m", "Begin", cwd=checkout_folder)
        checkout = open_checkout(checkout_folder)
        wanted = Choices(agent=f"playbook:{self._playbook}", **{"approve_plan": "never", **choices})
        raw = yaml.safe_dump(configured).encode()
        settings = settle(raw, wanted, ())
        places = Places(self.folder / "places")
        endpoint = self.town.endpoint
        told = read_spec(textwrap.dedent(text).encode(), "the spec")
        milestone = begin(places, checkout, endpoint, told, wanted, settings).milestone
        self.site = Site(places, endpoint, milestone, checkout)
        self._begun = True

    def plays(self, *scenes: Scene) -> None:
        """Say what the model will do; the first scene whose conditions hold is played."""
        self.leave_house()
        self._playbook.write_text(
            yaml.safe_dump({"playbook": 1, "scenes": list(scenes)}, sort_keys=False)
        )

    def story(self) -> str:
        """Return what the model will do as a playbook's text."""
        return self._playbook.read_text()

    def chooses(self, **choices: Any) -> None:
        """Go on with other choices, as a further run may."""
        self.leave_house()
        was = self.site.milestone
        now = replace(was, choices=replace(was.choices, **choices))
        self.site = replace(self.site, milestone=now)

    def workflow(self, **permissions: str) -> Person:
        """Return `github-actions[bot]`: whoever has a workflow's token of this repository."""
        wish = {"kind": "workflow", "repositories": [self._repository], "permissions": permissions}
        made = self.town.maintainer.call("POST", "/_hub/tokens", **wish)
        found = Person(made["login"], made["token"], self.town.endpoint.url)
        if before := self.town.known.get(found.login):
            before.http.close()
        self.town.known[found.login] = found
        return found

    def acts_as_workflow(self, *, may_open_pulls: bool = True, **permissions: str) -> None:
        """Let the bot go on with a workflow's token, as which every workflow writes.

        `may_open_pulls` is the repository's setting, which a maintainer turns on.
        """
        self.leave_house()
        self.lets_workflows_open_pulls(may_open_pulls)
        found = self.workflow(**permissions)
        self.bot = found.login
        self.site = replace(self.site, endpoint=replace(self.site.endpoint, bot_token=found.token))

    def lets_workflows_open_pulls(self, on: bool) -> None:
        """Set *Allow GitHub Actions to create and approve pull requests*."""
        path = f"{self._path}/actions/permissions/workflow"
        wish = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": on}
        self.does("PUT", path, **wish)

    def asks_graphql(self, query: str, **variables: Any) -> Any:
        """Let the maintainer send a GraphQL document and return its data."""
        answer = self.does("POST", "/graphql", query=query, variables=variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def has_token(self, **permissions: str) -> None:
        """Let the bot go on with a token that may do no more than this."""
        self.leave_house()
        wish = {"login": BOT, "repositories": [self._repository], "permissions": permissions}
        made = self.town.maintainer.call("POST", "/_hub/tokens", **wish)
        endpoint = replace(self.site.endpoint, bot_token=made["token"])
        self.site = replace(self.site, endpoint=endpoint)

    # The loop.

    def turn(self) -> RunState:
        """Run one iteration."""
        self._let_it_be_listed()
        if self._house is None:
            opened = open_house(self.site, self.listener, self.stop, self.adapt)
            self._house, _ = self._door.enter_context(opened)
        try:
            self.state = iterate(self._house)
        except BaseException:
            self.leave_house()
            raise
        self._stirred()
        return self.state

    def leave_house(self) -> None:
        """Let the next turn be another process's."""
        self._house = None
        self._door.close()

    def turns_until(self, standing: str, limit: int = 8) -> int:
        """Take turns until the milestone stands so; return how many it took."""
        for number in range(1, limit + 1):
            if self.turn().standing == standing:
                return number
        raise AssertionError(f"after {limit} turns it still is {self.standing}: {self.reason}")

    @property
    def standing(self) -> str:
        """Where the milestone stands after the last turn."""
        return self.state.standing.value

    @property
    def reason(self) -> str:
        """Why."""
        return self.state.reason

    def happened(self, kind: type[E]) -> list[E]:
        """Return what the loop told of one kind, and forget it."""
        found = [e for e in self.listener.events if isinstance(e, kind)]
        self.listener.events = [e for e in self.listener.events if not isinstance(e, kind)]
        return found

    # What people do.

    def person(self, login: str, role: str | None = None) -> Person:
        """Return someone, with a role (pull, push, admin) in this repository if one is given."""
        found = self.town.person(login)
        if role is not None:
            self.leave_house()
            path = f"{self._path}/collaborators/{login}"
            self.does("PUT", path, permission=role)
        return found

    def says(self, text: str, on: str | int | None = None, by: str = MAINTAINER) -> int:
        """Comment on the spec or an item, and return the comment's id."""
        path = f"{self._path}/issues/{self._number(on)}/comments"
        return int(self.does("POST", path, by, body=text)["id"])

    def deletes_comment(self, comment: int) -> None:
        """Remove a comment."""
        self.does("DELETE", f"{self._path}/issues/comments/{comment}")

    def edits_comment(self, comment: int, text: str, by: str = MAINTAINER) -> None:
        """Change a comment's text."""
        self.does("PATCH", f"{self._path}/issues/comments/{comment}", by, body=text)

    def edits(self, on: str | int | None = None, by: str = MAINTAINER, **fields: Any) -> None:
        """Change an issue by hand: title, body, state, milestone."""
        self.does("PATCH", f"{self._path}/issues/{self._number(on)}", by, **fields)

    def labels(self, on: str | int, *labels: str, by: str = MAINTAINER) -> None:
        """Put labels on an issue by hand."""
        path = f"{self._path}/issues/{self._number(on)}/labels"
        self.does("POST", path, by, labels=list(labels))

    def unlabels(self, on: str | int, label: str) -> None:
        """Take a label off an issue by hand."""
        self.does("DELETE", f"{self._path}/issues/{self._number(on)}/labels/{label}")

    def opens(self, title: str, by: str = MAINTAINER, **fields: Any) -> int:
        """Open an issue by hand and return its number."""
        return int(self.does("POST", f"{self._path}/issues", by, title=title, **fields)["number"])

    def reviews(
        self, key: str, event: str, body: str = "", by: str = MAINTAINER, **fields: Any
    ) -> None:
        """Review the pull request of an item: APPROVE, REQUEST_CHANGES or COMMENT."""
        path = f"{self._path}/pulls/{self.pull(key).number}/reviews"
        self.does("POST", path, by, event=event, body=body, **fields)

    def closes_pull(self, key: str) -> None:
        """Close the pull request of an item unmerged."""
        self.does("PATCH", f"{self._path}/pulls/{self.pull(key).number}", state="closed")

    def pushes(self, branch: str, files: Mapping[str, str | None]) -> str:
        """Push a commit on a branch by hand and return it; a file that is None is removed."""
        work = self._cloned(branch)
        self._write(work, files)
        git("add", "-A", cwd=work)
        git("commit", "-q", "-m", "By hand", cwd=work)
        return self._pushed(work, branch)

    def updates(self, key: str, files: Mapping[str, str | None] | None = None) -> str:
        """Merge main into the branch of an item's pull request by hand, as *Update branch* does.

        `files` are changed in the same commit, which that button never does.
        """
        branch = self.pull(key).branch
        work = self._cloned(branch)
        git("merge", "-q", "--no-ff", "--no-commit", "origin/main", cwd=work)
        self._write(work, files or {})
        git("add", "-A", cwd=work)
        git("commit", "-q", "-m", f"Merge main into {branch}", cwd=work)
        return self._pushed(work, branch)

    def _cloned(self, branch: str) -> Path:
        work = self.folder / f"hand-{uuid.uuid4().hex[:8]}"
        address = self.town.endpoint.git_url(self._repository)
        who = f"//{MAINTAINER}:{self.town.maintainer.token}@"
        git("clone", "-q", "-b", branch, address.replace("//", who), str(work))
        return work

    def _pushed(self, work: Path, branch: str) -> str:
        git("push", "-q", "origin", branch, cwd=work)
        self._stirred()
        return git("rev-parse", "HEAD", cwd=work)

    def does(self, method: str, path: str, by: str = MAINTAINER, **fields: Any) -> Any:
        """Let someone act through the API."""
        answer = self.town.person(by).call(method, path, **fields)
        self._stirred()
        return answer

    # What the bot says.

    def replies(self, on: str | int | None = None) -> list[str]:
        """Return the bot's comments in a thread that were not read yet, and read them."""
        number = self._number(on)
        new = [c for c in self._unread() if c["thread"] == number]
        self._read.update((c["id"], c["body"]) for c in new)
        return [_normal(c["body"]) for c in new]

    def reply(self, on: str | int | None = None) -> str:
        """Return the one comment that was not read yet, and read it."""
        found = self.replies(on)
        assert len(found) == 1, f"not one reply but {len(found)}: {found}"
        return found[0]

    def reply_about(self, start: str, on: str | int | None = None) -> str:
        """Return the one unread comment of a thread that begins so; the others are read, too."""
        found = [text for text in self.replies(on) if text.startswith(start)]
        assert len(found) == 1, f"not one reply about {start} but {len(found)}: {found}"
        return found[0]

    def refusals(self, on: str | int | None = None) -> list[str]:
        """Return the sentence of each refusal in a thread that was not read yet, and read them."""
        return self.headlines(on)

    def headlines(self, on: str | int | None = None) -> list[str]:
        """Return the first line of each comment that was not read yet, and read them."""
        return [text.partition("\n")[0] for text in self.replies(on)]

    def progress(self) -> str:
        """Return the one sticky progress comment."""
        return self._sticky(_STICKY[0])

    def lessons(self) -> str:
        """Return the one sticky comment with what was learned."""
        return self._sticky(_STICKY[1])

    def _sticky(self, start: str) -> str:
        found = [c for c in self._by_bot() if c["body"].startswith(start)]
        assert len(found) == 1, f"not one comment {start} but {len(found)}"
        return _normal(found[0]["body"])

    def receipt(self, comment: int) -> list[str]:
        """Return the bot's reactions to a comment."""
        found = self._all(f"issues/comments/{comment}/reactions")
        return [r["content"] for r in found if r["user"]["login"] == self.bot]

    # What there is.

    @property
    def root(self) -> int:
        """Number of the spec issue."""
        return self.site.milestone.root

    @property
    def view(self) -> dict[str, Any]:
        """What `specloop status` shows."""
        found = self._recorded.read("view.json")
        assert found is not None, "nothing is on record yet"
        return dict(found)

    def record(self, path: str) -> Any:
        """Return a record as plain data."""
        found = self._recorded.read(path)
        assert found is not None, f"no {path} among {self._recorded.paths()}"
        return found.get("value", found)

    def visible_comments(self) -> list[Any]:
        """Return all comments that are not hidden, as REST tells them."""
        owner, _, name = self._repository.partition("/")
        answer = self.does(
            "POST", "/graphql", query=_HIDDEN, variables={"owner": owner, "name": name}
        )
        here = answer["data"]["repository"]
        hidden = {
            comment["databaseId"]
            for thing in (*here["issues"]["nodes"], *here["pullRequests"]["nodes"])
            for comment in thing["comments"]["nodes"] if comment["isMinimized"]
        }  # fmt: skip
        return [c for c in self.listed("issues/comments") if c["id"] not in hidden]

    def record_paths(self) -> tuple[str, ...]:
        """Return the paths of all records."""
        return self._recorded.paths()

    def transcript(self, name: str) -> str:
        """Return what was said in one conversation with an agent, prompts included."""
        return (self.site.world.transcripts / f"{name}.jsonl").read_text()

    def issue(self, number: int | None = None) -> dict[str, Any]:
        """Return an issue as the API tells it."""
        path = f"{self._path}/issues/{number or self.root}"
        return dict(self.town.maintainer.call("GET", path))

    def item(self, key: str | int) -> Item:
        """Return an item by its key, or by its number."""
        row = self._row(key)
        issue = self.issue(row["number"])
        return Item(
            number=row["number"],
            title=issue["title"],
            body=_normal(issue["body"] or ""),
            open=issue["state"] == "open",
            closed_as=issue["state_reason"],
            labels=frozenset(label["name"] for label in issue["labels"]),
            on_milestone=issue["milestone"] is not None,
            status=row["status"],
            priority=row["priority"],
            attempts=row["attempts"],
        )

    def raw_body(self, key: str) -> str:
        """Return the body of an item's pull request, byte by byte."""
        path = f"{self._path}/pulls/{self.pull(key).number}"
        return str(self.does("GET", path)["body"])

    def keys(self) -> set[str]:
        """Return the keys of all items."""
        return {row["key"] for row in self.view["items"]}

    def pull(self, key: str, attempt: int | None = None) -> Pull:
        """Return the pull request of an item: of that attempt, or the latest."""
        number = self._row(key)["number"]
        wanted = f"specloop/{self.root}/{number}/{attempt or ''}"
        found = [
            p for p in self._all("pulls?state=all")
            if p["head"]["ref"].startswith(wanted)
        ]  # fmt: skip
        assert found, f"no pull request of {key}"
        latest = max(found, key=lambda p: p["number"])
        return Pull(
            number=latest["number"],
            title=latest["title"],
            body=_normal(latest["body"] or ""),
            open=latest["state"] == "open",
            merged=latest["merged_at"] is not None,
            head=latest["head"]["sha"],
            branch=latest["head"]["ref"],
        )

    def has_pull(self, key: str) -> bool:
        """Whether an item has a pull request, open or not."""
        start = f"specloop/{self.root}/{self._row(key)['number']}/"
        listed = self._all("pulls?state=all")
        return any(p["head"]["ref"].startswith(start) for p in listed)

    def files(self, revision: str = "main") -> dict[str, str]:
        """Return all files of a branch or commit, without the project's own."""
        data = subprocess.run(
            ["git", f"--git-dir={self._bare}", "archive", revision],
            env=_GIT, capture_output=True, check=True,
        ).stdout  # fmt: skip
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return {
                m.name: f.read().decode()
                for m in archive.getmembers()
                if m.name not in FILES and m.name != ".github/specloop.yml"
                and (f := archive.extractfile(m)) is not None
            }  # fmt: skip

    def main_files(self) -> dict[str, str]:
        """Return all files that landed."""
        return self.files("main")

    def listed(self, path: str) -> list[Any]:
        """Return a whole listing below the repository's address, as the maintainer sees it."""
        return self._all(path)

    def branches(self) -> set[str]:
        """Return the branches of the repository."""
        return set(self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split())

    def git(self, *args: str) -> str:
        """Ask the hub's own copy of the repository."""
        return git(f"--git-dir={self._bare}", *args)

    # At the end.

    def end(self) -> None:
        """Fail when a reply was not read, main was red at some commit, or a copy lives."""
        if not self._begun:
            return
        self.leave_house()
        unread = self._unread()
        assert not unread, "nobody read this:\n\n" + "\n\n".join(
            f"#{c['thread']}: {_normal(c['body'])}" for c in unread
        )
        if not self.main_may_be_red:
            red = [c for c in self._landed() if not self._is_green(c)]
            assert not red, f"main was red at {', '.join(red)}"
        status = git("status", "--porcelain", cwd=self.site.checkout.path)
        assert not status, f"the checkout was touched: {status}"

    def history(self) -> str:
        """Return everything that was said, thread by thread."""
        if not self._begun:
            return "(the spec was never opened)"
        comments = self._all("issues/comments")
        lines = []
        for issue in self._all("issues?state=all&direction=asc"):
            labels = ", ".join(label["name"] for label in issue["labels"])
            kind = "pull request" if "pull_request" in issue else "issue"
            lines.append(
                f"== {kind} #{issue['number']} {issue['title']} [{issue['state']}] ({labels})"
            )
            for c in comments:
                if _thread(c) == issue["number"]:
                    lines.append(f"-- {c['user']['login']}:")
                    lines.append(textwrap.indent(_normal(c["body"]), "   "))
        lines.append("== events")
        lines += [f"   {event}" for event in self.listener.events]
        return "\n".join(lines)

    # Inside.

    @property
    def _playbook(self) -> Path:
        return self.folder / "playbook.yml"

    @property
    def _repository(self) -> str:
        return self.site.milestone.repository

    @property
    def _path(self) -> str:
        return f"/repos/{self._repository}"

    @property
    def _bare(self) -> Path:
        return self.town.places.hub / "repos" / f"{self._repository}.git"

    @property
    def _recorded(self) -> Recorded:
        return Recorded(self.site.world, self.site.milestone)

    def _number(self, on: str | int | None) -> int:
        if on is None:
            return self.root
        return on if isinstance(on, int) else int(self._row(on)["number"])

    def _row(self, key: str | int) -> dict[str, Any]:
        rows = self.view["items"]
        found = [r for r in rows if key in (r["key"], r["number"])]
        assert found, f"no item {key} among {[r['key'] for r in rows]}"
        return dict(found[0])

    def _by_bot(self) -> list[dict[str, Any]]:
        listed = self._all("issues/comments")
        return [c | {"thread": _thread(c)} for c in listed if c["user"]["login"] == self.bot]

    def _unread(self) -> list[dict[str, Any]]:
        """An edited comment is unread again; the sticky one is for looking, not for reading."""
        return [
            c for c in self._by_bot()
            if self._read.get(c["id"]) != c["body"] and not c["body"].startswith(_STICKY)
        ]  # fmt: skip

    def _landed(self) -> list[str]:
        began = self.site.milestone.base_sha
        return self.git("rev-list", "--first-parent", f"{began}..main").split()

    def _is_green(self, commit: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            data = subprocess.run(
                ["git", f"--git-dir={self._bare}", "archive", commit],
                env=_GIT, capture_output=True, check=True,
            ).stdout  # fmt: skip
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                archive.extractall(folder, filter="data")
            ran = subprocess.run(["sh", "check.sh"], cwd=folder, capture_output=True, check=False)
            return ran.returncode == 0

    def _stirred(self) -> None:
        self._stirred_at = time.monotonic()

    def _let_it_be_listed(self) -> None:
        rest = self._stirred_at + 1.2 * LAG - time.monotonic()
        if rest > 0:
            time.sleep(rest)

    def _all(self, path: str) -> list[Any]:
        self._let_it_be_listed()
        return self.town.maintainer.all(f"{self._path}/{path}")

    @staticmethod
    def _write(folder: Path, files: Mapping[str, str | None]) -> None:
        for name, text in files.items():
            path = folder / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def _thread(comment: Mapping[str, Any]) -> int:
    return int(comment["issue_url"].rpartition("/")[2])


def _normal(body: str) -> str:
    """Return a body without its marker and with what differs from run to run named."""
    text = re.sub(r"(\s*<!-- specloop [^>]*-->)+\s*$", "", body)
    text = text.replace("\u200b", "")  # what breaks a word that would act
    text = re.sub(r"\b[0-9a-f]{40}\b", "<commit>", text)
    text = re.sub(r"\b(tree|commit|at) [0-9a-f]{7,12}\b", r"\1 <id>", text)
    return re.sub(r"in \d+\.\d s\b", "in <n> s", text).strip("\n")
