"""A release told as a playbook: for each change its tests, then its code, from two releases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import yaml

from tests.real.sdists import Files

SUITE = "tests/"


@dataclass(frozen=True)
class Change:
    """One item: the issues that it settles and the files that it touches."""

    key: str
    issues: tuple[int, ...]
    files: tuple[str, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        """What says whether it is there."""
        return tuple(path for path in self.files if path.startswith(SUITE))

    @property
    def code(self) -> tuple[str, ...]:
        """What makes it so."""
        return tuple(path for path in self.files if not path.startswith(SUITE))


@dataclass(frozen=True)
class Release:
    """Two releases, and what the newer one's changelog says of each issue."""

    old: Files
    new: Files
    said: dict[int, str]

    def words(self, change: Change) -> list[str]:
        """Return the changelog's entries for a change."""
        return [self.said[issue] for issue in change.issues]

    def new_tests(self, change: Change) -> list[str]:
        """Return the names of the tests that the change brings."""
        names = [_tests_in(self.old, change.tests), _tests_in(self.new, change.tests)]
        return sorted(names[1] - names[0])

    def mutant(self, path: str) -> str:
        """Return the new file with the one `True` among its new lines made `False`."""
        before, after = (files[path].decode().splitlines(True) for files in (self.old, self.new))
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        added = [n for tag, *_, first, end in steps if tag != "equal" for n in range(first, end)]
        (place,) = [n for n in added if re.search(r"\bTrue\b", after[n])]
        after[place] = re.sub(r"\bTrue\b", "False", after[place])
        return "".join(after)


def _tests_in(files: Files, paths: Iterable[str]) -> set[str]:
    text = b"\n".join(files.get(path, b"") for path in paths).decode()
    return set(re.findall(r"def (test_\w+)", text))


def spec(release: Release, version: str, changes: Iterable[Change]) -> str:
    """Return the release's changelog as a spec."""
    wishes = "".join(f"- {entry}\n" for c in changes for entry in release.words(c))
    return f"# Release {version}\n\nWhat the changelog promises is true:\n\n{wishes}"


def playbook(release: Release, changes: tuple[Change, ...], spoilt: Change) -> str:
    """Return the scenes: tests first, then code; one change's code is spoilt at its first try."""
    scenes = [*_planner(release, changes, spoilt), *_verifier(release, changes, spoilt)]
    for change in changes:
        scenes += _executor(release, change, spoilt=change is spoilt)
    return yaml.dump({"playbook": 1, "title": "A release", "scenes": scenes}, Dumper=_Plain)


class _Plain(yaml.SafeDumper):
    """Writes out what occurs twice: playbooks know no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _planner(release: Release, changes: tuple[Change, ...], spoilt: Change) -> list[dict[str, Any]]:
    items = [
        {
            "key": change.key,
            "title": f"Settle issue {' and '.join(map(str, change.issues))}",
            "description": "The changelog says:\n\n" + "\n\n".join(release.words(change)),
            "priority": "high",
            "criteria": release.words(change),
        }
        for change in changes
    ]
    first = {"items": items, "assignments": [[change.key] for change in changes]}
    turns = [
        ("CONTINUE", "The changes touch different code: side by side.", first),
        ("CONTINUE", "One change was wrong: once more.", {"assignments": [[spoilt.key]]}),
        ("DONE", "All of the changelog is true.", {}),
    ]
    return [
        {"role": "planner", "iteration": n,
         "answer": {"decision": decision, "reason": reason, **rest}}
        for n, (decision, reason, rest) in enumerate(turns, 1)
    ]  # fmt: skip


def _verifier(
    release: Release, changes: tuple[Change, ...], spoilt: Change
) -> list[dict[str, Any]]:
    return [
        {"role": "verifier", "iteration": n, "answer": _verdict(release, changes, missing)}
        for n, missing in ((1, spoilt), (2, None))
    ]


def _verdict(
    release: Release, changes: tuple[Change, ...], missing: Change | None
) -> dict[str, Any]:
    criteria = [
        {"criterion": entry, "met": False, "gap": "It is not there."}
        if change is missing
        else {"criterion": entry, "met": True, "evidence": [{"path": p} for p in change.code]}
        for change in changes
        for entry in release.words(change)
    ]
    return {"met": missing is None, "rationale": "Looked it up.", "criteria": criteria}


def _executor(release: Release, change: Change, *, spoilt: bool) -> list[dict[str, Any]]:
    right = [_write(path, release.new[path].decode()) for path in change.code]
    wrong = [_write(path, release.mutant(path)) for path in change.code] if spoilt else right
    tests = [_write(path, release.new[path].decode()) for path in change.tests]
    caught = release.new_tests(change)
    scenes = [
        _scene(change, {"attempt": 1, "round": 1}, tests, "The tests say what is missing."),
        _scene(change, {"attempt": 1, "round": 2, "sees": caught}, wrong, "The code is there."),
    ]
    if spoilt:
        scenes.append(_scene(change, {"attempt": 2, "sees": caught}, right, "Corrected."))
    return scenes


def _scene(
    change: Change, when: dict[str, Any], does: list[dict[str, Any]], summary: str
) -> dict[str, Any]:
    answer = {"outcome": "done", "title": f"Settle {change.key}", "summary": summary}
    return {"role": "executor", "item": change.key, **when, "do": does, "answer": answer}


def _write(path: str, text: str) -> dict[str, Any]:
    return {"write": {"path": path, "text": text}}
