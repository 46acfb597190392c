"""Anthropic's prompt cache, as its documentation describes it: prefixes that end at breakpoints.

A prefix is made of the tools, then the system text, then the messages, block by block. A request
stores its prefix at every block that bears `cache_control` (and at the last one, when the request
itself bears it), and reads the longest stored one, looking back 20 blocks from each breakpoint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOOK_BACK = 20


@dataclass
class PromptCache:
    """What was stored, and how much of what was repeated was read from it."""

    _stored: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    repeated: int = 0
    """Tokens of prefixes that an earlier request had begun with, too."""
    read: int = 0
    """Of these, the tokens that were read from the cache."""

    def serve(self, body: Mapping[str, Any]) -> int:
        """Return how many tokens of a request the cache holds, and store its prefixes."""
        blocks = _blocks(body)
        digests, sizes = _prefixes(blocks)
        marked = [n for n, block in enumerate(blocks) if "cache_control" in block]
        if "cache_control" in body:
            marked.append(len(blocks) - 1)
        near = {n - back for n in marked for back in range(LOOK_BACK + 1) if n >= back}
        found = max((sizes[n] for n in near if digests[n] in self._stored), default=0)
        again = max((sizes[n] for n, d in enumerate(digests) if d in self._seen), default=0)
        self._stored.update(digests[n] for n in marked)
        self._seen.update(digests)
        self.repeated += again
        self.read += found
        return found


def _blocks(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all blocks in the order in which they count; a role's change begins a block anew."""
    system = body.get("system", [])
    blocks = [*body.get("tools", [])]
    blocks += [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body["messages"]:
        content = message["content"]
        content = [{"type": "text", "text": content}] if isinstance(content, str) else content
        blocks += [{**block, "role": message["role"]} for block in content]
    return blocks


def _prefixes(blocks: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[int]]:
    """Return the digest and the size in tokens of the prefix that ends with each block."""
    running, size = hashlib.sha256(), 0
    digests, sizes = [], []
    for block in blocks:
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        text = json.dumps(plain, sort_keys=True)
        running.update(text.encode())
        size += len(text) // 4
        digests.append(running.hexdigest())
        sizes.append(size)
    return digests, sizes
