"""Searches texts for a string or a regular expression, within a bound of time.

A regular expression can take for ever on a short line, and a thread cannot be stopped: so
expressions run in a process of their own, which is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence

from bot.agents.folder import Refused

SECONDS = 10.0
LINE_LIMIT = 300
"""Characters of a line that are shown."""

# No path, no site packages, nothing of ours: it only gets texts and gives matches.
_WORKER = """
import json, re, sys
task = json.load(sys.stdin)
pattern, found = re.compile(task["pattern"]), []
for path, text in task["texts"]:
    for number, line in enumerate(text.split("\\n"), 1):
        if pattern.search(line):
            found.append((path, number, line[:task["line_limit"]]))
            if len(found) > task["limit"]:
                break
    if len(found) > task["limit"]:
        break
json.dump(found, sys.stdout)
"""

Match = tuple[str, int, str]
"""Path, line number from 1, the line."""


def search_plain(query: str, texts: Iterable[tuple[str, str]], limit: int) -> Sequence[Match]:
    """Return lines that contain the query; one more than `limit` tells that there are more."""
    found: list[Match] = []
    for path, text in texts:
        if query not in text:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if query in line:
                found.append((path, number, line[:LINE_LIMIT]))
                if len(found) > limit:
                    return found
    return found


def search_regex(pattern: str, texts: Iterable[tuple[str, str]], limit: int) -> Sequence[Match]:
    """Return lines that match, like `search_plain`. Raises Refused."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise Refused(f"not a regular expression: {error}") from error
    task = {"pattern": pattern, "limit": limit, "line_limit": LINE_LIMIT, "texts": list(texts)}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _WORKER],
            input=json.dumps(task),
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            env={},
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"the search took longer than {SECONDS:g} seconds: simplify it") from error
    except subprocess.CalledProcessError as error:
        raise Refused("the search failed: simplify it") from error
    return [(path, number, line) for path, number, line in json.loads(done.stdout)]
