"""What a story left behind, in a form in which two runs can be compared.

Numbers, commits and times are told apart by what they stand for: an issue is named by its planned
key, a commit and a time by nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from bot.hub import MAINTAINER, read_tokens
from bot.wiring.places import World
from tests.recovery.folded import MARKER, Found, Tally, fold, key_of, nodes

_QUERY = """
query ($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    milestones(first: 10) { nodes { title state } }
    labels(first: 100) { nodes { name } }
    issues(first: 100) { nodes {
      number title body state stateReason(enableDuplicate: true)
      labels(first: 20) { nodes { name } }
      milestone { title }
      parent { number }
      blockedBy(first: 20) { nodes { number } }
      comments(first: 100) { nodes { body author { login } minimizedReason
        reactionGroups { content reactors(first: 1) { totalCount } } } }
    } }
    pullRequests(first: 100) { nodes {
      number title body state headRefName baseRefName
      closingIssuesReferences(first: 20) { nodes { number } }
      comments(first: 100) { nodes { body author { login } minimizedReason } }
    } }
  }
}
"""
_REQUESTS = re.compile(r"\d+ model requests")
"""Conversations that were stopped count; what is left without them is compared by itself."""
_TOKENS = re.compile(r"(?<=\d) input=\d+ output=\d+")
"""Counted from prompts, in which paths stand."""
_NUMBER = re.compile(r"#(\d+)\b")
_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
_ATTEMPT = re.compile(r"(specloop/1/)(\d+)(?=/)")
_SECONDS = re.compile(
    r"\b\d+\.\d s\b|(?<=input=)\d+|(?<=output=)\d+|(?<=seconds=)[0-9.]+|(?<=requests=)\d+"
)


def world_after(world: World, url: str, name: str) -> Found:
    """Return everything that must be the same, however often a run was killed."""
    return counted_after(world, url, name)[0]


def counted_after(world: World, url: str, name: str) -> tuple[Found, Tally]:
    """Return the same, without copies that were folded, and the count of them."""
    _let_listings_catch_up(world, url)
    found = _ask(world, url, name)
    tally = fold(found)
    return _compared(world, name, found), tally


def _let_listings_catch_up(world: World, url: str) -> None:
    headers = {"Authorization": f"Bearer {read_tokens(world.hub)[MAINTAINER]}"}
    moved = httpx.post(f"{url}/_hub/clock", json={"advance": 1}, headers=headers)
    moved.raise_for_status()


def _compared(world: World, name: str, found: Found) -> Found:
    git_dir = world.hub / "repos" / f"{name}.git"
    names = _names(found)
    return {
        "milestones": [[m["title"], m["state"]] for m in nodes(found, "milestones")],
        "labels": sorted(label["name"] for label in nodes(found, "labels")),
        "issues": _keyed(_issue(i, names) for i in nodes(found, "issues")),
        "pull requests": _keyed(_pull(p, names) for p in nodes(found, "pullRequests")),
        "main": _main(git_dir),
        "branches": _branches(git_dir, names),
        "record": _record(git_dir, names),
    }


def _ask(world: World, url: str, name: str) -> Found:
    owner, _, repository = name.partition("/")
    body = {"query": _QUERY, "variables": {"owner": owner, "name": repository}}
    token = read_tokens(world.hub)[MAINTAINER]
    answer = httpx.post(f"{url}/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
    told = answer.raise_for_status().json()
    assert "errors" not in told, told
    return dict(told["data"]["repository"])


def _names(found: Found) -> dict[int, str]:
    """Return what each number stands for; copies of one key tell themselves apart."""
    names: dict[int, str] = {}
    things = [*nodes(found, "issues"), *nodes(found, "pullRequests")]
    for thing in sorted(things, key=lambda t: int(t["number"])):
        name = key_of(thing["body"]) or "root"
        names[thing["number"]] = f"{name} (copy)" if name in names.values() else name
    return {n: _renamed(name, names) for n, name in names.items()}


def _renamed(key: str, names: dict[int, str]) -> str:
    """Return a key in which the numbers of items are their names: `pr/2.1` is `pr/item/first.1`."""

    def named(match: re.Match[str]) -> str:
        return f"{match[1]}{names.get(int(match[2]), match[2])}"

    return re.sub(r"^((?:pr|blocked|failed)/)(\d+)(?=\.)", named, key)


def _plain(text: str, names: dict[int, str]) -> str:
    """Return a text without what differs from run to run."""

    def named(match: re.Match[str]) -> str:
        return f"#<{names.get(int(match[1]), match[1])}>"

    text = _COMMIT.sub("<commit>", _TOKENS.sub("", MARKER.sub("", text)))
    text = _ATTEMPT.sub(lambda m: f"{m[1]}<{names.get(int(m[2]), m[2])}>", text)
    text = _REQUESTS.sub("<n> model requests", text)
    return _SECONDS.sub("<time>", _NUMBER.sub(named, text)).strip()


def _issue(issue: Found, names: dict[int, str]) -> tuple[str, Found]:
    return names[issue["number"]], {
        "title": issue["title"],
        "body": _plain(issue["body"], names),
        "state": [issue["state"], issue["stateReason"]],
        "labels": sorted(label["name"] for label in nodes(issue, "labels")),
        "milestone": (issue["milestone"] or {}).get("title"),
        "parent": issue["parent"] and names[issue["parent"]["number"]],
        "blocked by": sorted(names[i["number"]] for i in nodes(issue, "blockedBy")),
        "comments": [_comment(c, names) for c in nodes(issue, "comments")],
    }


def _comment(comment: Found, names: dict[int, str]) -> list[object]:
    # The place in a thread is what tells one handled command from another.
    key = re.sub(r"^command/\d+", "command/*", _renamed(key_of(comment["body"]), names))
    groups = comment.get("reactionGroups") or ()
    reactions = [[g["content"], n] for g in groups if (n := g["reactors"]["totalCount"])]
    return [comment["author"]["login"], key, _plain(comment["body"], names), reactions]


def _pull(pull: Found, names: dict[int, str]) -> tuple[str, Found]:
    return names[pull["number"]], {
        "title": pull["title"],
        "body": _plain(pull["body"], names),
        "state": pull["state"],
        "head": _branch(pull["headRefName"], names),
        "base": pull["baseRefName"],
        "closes": sorted(names[i["number"]] for i in nodes(pull, "closingIssuesReferences")),
        "comments": [_comment(c, names) for c in nodes(pull, "comments")],
    }


def _main(git_dir: Path) -> Found:
    subjects = _git(git_dir, "log", "--reverse", "--format=%s", "main").splitlines()
    return {
        "tree": _git(git_dir, "rev-parse", "main^{tree}"),
        "files": {
            line.split("\t")[1]: line.split()[2]
            for line in _git(git_dir, "ls-tree", "-r", "main").splitlines()
        },
        "subjects": [re.sub(r" \(#\d+\)$", "", s) for s in subjects],
    }


def _branches(git_dir: Path, names: dict[int, str]) -> dict[str, str]:
    """Return each branch with its tree."""
    listed = _git(git_dir, "for-each-ref", "--format=%(refname:short) %(tree)", "refs/heads/")
    pairs = (line.split(" ") for line in listed.splitlines())
    return {_branch(name, names): tree for name, tree in pairs}


def _branch(name: str, names: dict[int, str]) -> str:
    return re.sub(r"(?<=^specloop/1/)\d+", lambda m: names.get(int(m[0]), m[0]), name)


def _record(git_dir: Path, names: dict[int, str]) -> Found:
    state, ledger = _file(git_dir, "state.json"), _file(git_dir, "ledger.json")
    paths = _git(git_dir, "ls-tree", "-r", "--name-only", "refs/specloop/1").splitlines()
    lines = [_file(git_dir, p) for p in paths if re.fullmatch(r"iterations/\d+/record\.json", p)]
    effects = [_file(git_dir, p) for p in paths if p.startswith("journal/")]
    sent = list(_sent(effects))
    intents = sorted(_renamed(i["key"], names) for i in sent)
    created = {r["key"] for e in effects for r in e.get("receipts", ())}
    return {
        "standing": [state["standing"], state["reason"], state["iteration"], state["phase"]],
        "plan accepted": state["plan_accepted"],
        "commands heeded": len(state["handled_comments"]),
        "left to read": [state["planner_input"], state["item_input"]],
        # A conversation without an answer was paid for, and is held again.
        "requests": state["spent"]["requests"] - sum(_unanswered(git_dir, paths)),
        "history": [
            [
                line["number"], line["decision"], line["reason"], line["by"],
                line["items_created"], [names[n] for n in line["merged"]], line["verdict_met"],
                line["standing"], line["refusals"],
            ]
            for line in lines
        ],
        "learnings": _file(git_dir, "learnings.json"),
        "verdict": [ledger["verdict"]["met"], ledger["verdict"]["tree"]],
        "failures": ledger["failures"],
        "troubles": [_plain(t, names) for t in ledger["troubles"]],
        "discovered": [_plain(t, names) for t in ledger["discovered"]],
        "attempts": sorted(
            [names[a["assignment"]["items"][0]], a["outcome"], a["rounds"]]
            for a in ledger["attempts"]
        ),
        "intents": [re.sub(r"^command/\d+", "command/*", i) for i in intents],
        "never answered": [i["key"] for i in sent if i["key"] not in created],
    }  # fmt: skip


def _unanswered(git_dir: Path, paths: list[str]) -> Iterator[int]:
    """Yield the requests of conversations that came to no answer."""
    for path in paths:
        if "/invocations/" in path:
            held = _file(git_dir, path)
            if held["ended"] != "answered":
                yield held["usage"]["requests"]


def _sent(segments: list[Found]) -> Iterator[Found]:
    """Yield the intents that were not withdrawn."""
    withdrawn = {nonce for s in segments for nonce in s.get("withdrawn", ())}
    intents = (i for s in segments for i in s.get("intents", ()))
    yield from (i for i in intents if i["nonce"] not in withdrawn)


def _file(git_dir: Path, path: str) -> Found:
    return dict(json.loads(_git(git_dir, "show", f"refs/specloop/1:{path}")))


def _git(git_dir: Path, *arguments: str) -> str:
    command = ["git", f"--git-dir={git_dir}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")


def _keyed(pairs: Iterator[tuple[str, Found]]) -> Found:
    listed = list(pairs)
    keyed = dict(listed)
    assert len(keyed) == len(listed), "two things have one name"
    return keyed


def differences(wanted: object, found: object, place: str = "") -> Iterator[str]:
    """Yield one line for everything in which two worlds differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            here = f"{place}/{name}"
            if name not in found:
                yield f"{here} is lost (it was {wanted[name]!r:.200})"
            elif name not in wanted:
                yield f"{here} is too many: {found[name]!r:.200}"
            else:
                yield from differences(wanted[name], found[name], here)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif wanted != found:
        yield f"{place} is {found!r:.600}\n    instead of {wanted!r:.600}"
