"""Node ids: GraphQL writes name objects by them, the domain by number and name.

They are learned from whatever is read or created; what is still unknown is asked in one request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.github import markers
from bot.github.parse import child, text
from bot.github.place import Place

_MOST = 100
"""Unknown names asked in one request."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something whose node id a write will name."""

    kind: str
    """`repository`, `subject` (issue or pull request), `milestone`, `label` or `comment`."""
    name: str = ""
    """Number, label name in lower case, or a comment's node id (its marker is what is needed)."""


REPOSITORY = Need("repository")


def subject(number: int) -> Need:
    """Return the need for an issue or pull request."""
    return Need("subject", str(number))


def milestone(number: int) -> Need:
    """Return the need for a native milestone."""
    return Need("milestone", str(number))


def label(name: str) -> Need:
    """Return the need for a label; GitHub's label names ignore case."""
    return Need("label", name.lower())


@dataclass(slots=True)
class Ids:
    """What is known so far, for one process."""

    place: Place
    _known: dict[Need, str] = field(default_factory=dict)
    _markers: dict[str, markers.Marker | None] = field(default_factory=dict)

    def learn(self, need: Need, node_id: str) -> None:
        """Remember a node id."""
        if node_id:
            self._known[need] = node_id

    def learn_marker(self, comment_node_id: str, body: str) -> None:
        """Remember the marker of a comment, so that an edit can keep it."""
        self._markers[comment_node_id] = markers.read(body)

    def get(self, need: Need) -> str | None:
        """Return a known node id."""
        return self._known.get(need)

    def marker(self, comment_node_id: str) -> markers.Marker | None:
        """Return a comment's marker as far as known."""
        return self._markers.get(comment_node_id)

    def forget(self, needs: Iterable[Need]) -> None:
        """Drop ids that GitHub does not know (any more)."""
        for need in needs:
            self._known.pop(need, None)

    def resolve(self, needs: Iterable[Need]) -> None:
        """Ask for every unknown one; what does not exist stays unknown. Raises ServiceError."""
        unknown = [n for n in dict.fromkeys(needs) if not self._has(n)]
        for start in range(0, len(unknown), _MOST):
            self._ask(unknown[start : start + _MOST])

    def _has(self, need: Need) -> bool:
        return need.name in self._markers if need.kind == "comment" else need in self._known

    def _ask(self, needs: list[Need]) -> None:
        aliases = {f"n{i}": need for i, need in enumerate(needs)}
        variables = {"owner": self.place.owner, "name": self.place.name}
        variables |= {a: n.name for a, n in aliases.items() if n.kind in ("label", "comment")}
        data = self.place.complete(self.place.client.query(document(aliases), variables))
        here = child(data, "repository")
        for alias, need in aliases.items():
            if need.kind == "comment":
                self.learn_marker(need.name, text(child(data, alias), "body"))
            elif need.kind == "repository":
                self.learn(need, text(here, "id"))
            else:
                self.learn(need, text(child(here, alias), "id"))


def document(aliases: dict[str, Need]) -> str:
    """Return the query that asks for all of them. Pure; texts travel as variables."""
    declared = ["$owner: String!", "$name: String!"]
    inside, outside = ["id"], []
    for alias, need in aliases.items():
        if need.kind == "subject":
            selection = "{ ... on Issue { id } ... on PullRequest { id } }"
            inside.append(f"{alias}: issueOrPullRequest(number: {int(need.name)}) {selection}")
        elif need.kind == "milestone":
            inside.append(f"{alias}: milestone(number: {int(need.name)}) {{ id }}")
        elif need.kind == "label":
            declared.append(f"${alias}: String!")
            inside.append(f"{alias}: label(name: ${alias}) {{ id }}")
        elif need.kind == "comment":
            declared.append(f"${alias}: ID!")
            outside.append(f"{alias}: node(id: ${alias}) {{ ... on IssueComment {{ body }} }}")
    lines = "\n    ".join(inside)
    return (
        f"query Ids({', '.join(declared)}) {{\n  rateLimit {{ cost }}\n"
        f"  repository(owner: $owner, name: $name) {{\n    {lines}\n  }}\n"
        + "".join(f"  {line}\n" for line in outside)
        + "}\n"
    )
