"""What people do to a milestone while the bot works on it, and what must be left of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.hub import BOT
from tests.scenarios.world import World

LABELS = {"high": "priority:high", "medium": "priority:medium", "low": "priority:low"}


@dataclass
class People:
    """A maintainer and an outsider; what they did is remembered."""

    world: World
    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    """Title or body of an issue, as a person last left it."""
    comments: dict[int, str] = field(default_factory=dict)
    """Comments by people, or edited by them, by id."""
    closed: set[int] = field(default_factory=set)
    """Issues and pull requests that a person closed and nobody reopened."""
    priorities: dict[int, str] = field(default_factory=dict)
    """Priority label that a person chose."""
    commits: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Branch and file of each commit that a person pushed."""
    cut: set[str] = field(default_factory=set)
    """Branches that a person deleted."""
    _count: int = 0

    # Nouns.

    def items(self, state: str = "all") -> list[dict[str, Any]]:
        """Return the milestone's issues without its root, oldest first."""
        listed = self.world.listed(f"issues?state={state}&direction=asc")
        root = self.world.root
        return [i for i in listed if "pull_request" not in i and i["number"] != root]

    def pulls(self, state: str = "open") -> list[dict[str, Any]]:
        """Return the pull requests, oldest first."""
        return self.world.listed(f"pulls?state={state}&direction=asc")

    # Verbs.

    def rewrite(self, number: int, what: str) -> None:
        """Change a title or a body."""
        text = f"{what.capitalize()} {self._next()} by a person"
        self.world.edits(number, **{what: text})
        self.texts[number, what] = text

    def say(self, number: int, text: str) -> None:
        """Comment."""
        self.comments[self.world.says(text, number)] = text

    def prioritise(self, number: int, priority: str) -> None:
        """Exchange the priority label."""
        issue = self.world.issue(number)
        for label in issue["labels"]:
            if label["name"] in LABELS.values():
                self.world.unlabels(number, label["name"])
        self.world.labels(number, LABELS[priority])
        self.priorities[number] = LABELS[priority]

    def close(self, number: int, reason: str) -> None:
        """Close an issue."""
        self.world.edits(number, state="closed", state_reason=reason)
        self.closed.add(number)

    def reopen(self, number: int) -> None:
        """Open an issue again."""
        self.world.edits(number, state="open")
        self.closed.discard(number)

    def close_pull(self, number: int) -> None:
        """Close a pull request unmerged."""
        self._does("PATCH", f"pulls/{number}", state="closed")
        self.closed.add(number)

    def review(self, number: int, event: str) -> None:
        """Review a pull request."""
        body = f"Please look again ({self._next()})." if event != "APPROVE" else ""
        self._does("POST", f"pulls/{number}/reviews", event=event, body=body)

    def merge(self, number: int) -> None:
        """Merge a pull request by hand, if GitHub lets us."""
        path = f"/repos/{self.world.site.milestone.repository}/pulls/{number}/merge"
        answer = self.world.town.maintainer.attempt("PUT", path)
        assert answer.status_code in (200, 405, 409), answer.text

    def push(self, branch: str) -> None:
        """Push a commit of one's own on a branch."""
        name = f"by-hand-{self._next()}.txt"
        self.commits[self.world.pushes(branch, {name: "by hand\n"})] = (branch, name)

    def delete(self, branch: str) -> None:
        """Delete a branch."""
        self._does("DELETE", f"git/refs/heads/{branch}")
        self.cut.add(branch)

    def spoil(self) -> None:
        """Take the hidden marker out of a comment of the bot's, keeping what it says."""
        marked = [c for c in self._comments(BOT) if "<!-- specloop" in c["body"]]
        if marked:
            comment = marked[self._next() % len(marked)]
            text = comment["body"].partition("<!-- specloop")[0].rstrip()
            self.world.edits_comment(comment["id"], text)
            self.comments[comment["id"]] = text

    def copy(self) -> None:
        """Let an outsider post a comment of the bot's again, with its marker."""
        marked = [c for c in self._comments(BOT) if "<!-- specloop" in c["body"]]
        if marked:
            comment = marked[self._next() % len(marked)]
            thread = int(comment["issue_url"].rpartition("/")[2])
            made = self.world.says(comment["body"], thread, by="outsider")
            self.comments[made] = comment["body"]

    def _comments(self, login: str) -> list[dict[str, Any]]:
        listed = self.world.listed("issues/comments")
        return [c for c in listed if c["user"]["login"] == login]

    def _does(self, method: str, path: str, **fields: Any) -> None:
        self.world.does(method, f"/repos/{self.world.site.milestone.repository}/{path}", **fields)

    def _next(self) -> int:
        self._count += 1
        return self._count
