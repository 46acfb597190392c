"""What a workflow file says: what starts it, and what its jobs' token may do. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

LEVELS = ("none", "read", "write")


def triggers(content: Mapping[Any, Any]) -> dict[str, Mapping[Any, Any]]:
    """Return the events that start a workflow, each with what stands under it.

    YAML 1.1 reads the bare word `on` as true.
    """
    found = content.get("on", content.get(True))
    if isinstance(found, str):
        return {found: {}}
    if isinstance(found, Sequence):
        return {str(name): {} for name in found}
    return {str(name): _mapping(value) for name, value in _mapping(found).items()}


def starts_on_push(content: Mapping[Any, Any], branch: str) -> bool:
    """Whether a push to the branch starts the workflow.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushbranchestagsbranches-ignoretags-ignore
    """
    known = triggers(content)
    if "push" not in known:
        return False
    push = known["push"]
    if "branches" in push:
        return _matches(push["branches"], branch)
    if "branches-ignore" in push:
        return not _matches(push["branches-ignore"], branch)
    return not ("tags" in push or "tags-ignore" in push)


def permissions(content: Mapping[Any, Any]) -> dict[str, str]:
    """Return the highest level that any job of the workflow has, by permission.

    `*` stands for all of them. Without any word of it the repository's default holds, which is
    taken for nothing: it differs from one to the other.
    """
    held: dict[str, str] = {}
    jobs = [_mapping(job) for job in _mapping(content.get("jobs")).values()]
    general = content.get("permissions")
    for given in [job.get("permissions", general) for job in jobs] or [general]:
        whole = {"*": given.removesuffix("-all")} if isinstance(given, str) else given
        for name, level in _mapping(whole).items():
            if level in LEVELS:
                known = held.get(str(name), "none")
                held[str(name)] = max(known, str(level), key=LEVELS.index)
    return held


def lacking(held: Mapping[str, str], needed: Mapping[str, str]) -> list[str]:
    """Return the permissions that are too low, as they should be written."""
    general = held.get("*", "none")
    return [
        f"{name}: {level}"
        for name, level in needed.items()
        if LEVELS.index(max(held.get(name, "none"), general, key=LEVELS.index))
        < LEVELS.index(level)
    ]


def _matches(patterns: object, branch: str) -> bool:
    """Whether the last pattern that fits a branch is no `!` pattern."""
    listed = patterns if isinstance(patterns, list) else [patterns]
    found = False
    for pattern in (p for p in listed if isinstance(p, str)):
        if _pattern(pattern.removeprefix("!")).fullmatch(branch):
            found = not pattern.startswith("!")
    return found


def _pattern(glob: str) -> re.Pattern[str]:
    """Read the filter patterns that people write: `**`, `*`, `?` (none or one of what is before).

    Brackets are rare in names of branches and match anything here.
    """
    text = re.escape(re.sub(r"\[[^\]]*\]", "*", glob))
    text = text.replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\?", "?")
    try:
        return re.compile(text)
    except re.error:
        return re.compile(re.escape(glob))


def _mapping(found: object) -> Mapping[Any, Any]:
    return found if isinstance(found, Mapping) else {}
