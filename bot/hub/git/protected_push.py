"""git's ``proc-receive`` hook for protected branches, run as a program of its own.

It sees only updates of branches that bind the pusher, refuses those that break a rule as GitHub
does, and lets git carry out the rest. ``HUB_PROTECTED`` holds the rules by ref name.
"""

import json
import os
import subprocess
import sys

ZERO = "0" * 40


def main() -> None:
    """Speak version 1 of the protocol on stdin and stdout."""
    rules = json.loads(os.environ["HUB_PROTECTED"])
    _packets()
    _send("version=1\0")
    _flush()
    for line in _packets():
        old, new, ref = line.split(" ", 2)
        rule = rules.get(ref)
        reason = None if rule is None else refusal(rule, old, new)
        if reason is None:
            _send(f"ok {ref}")
            _send("option fall-through")
            continue
        print(f"error: GH006: Protected branch update failed for {ref}.", file=sys.stderr)
        print(f"error: {reason}", file=sys.stderr, flush=True)
        _send(f"ng {ref} protected branch hook declined")
    _flush()


def refusal(rule: dict[str, object], old: str, new: str) -> str | None:
    """Return why an update of a protected branch is refused, or None."""
    if old == ZERO:
        return None
    if new == ZERO:
        return "Cannot delete this protected branch"
    ancestry = ["git", "merge-base", "--is-ancestor", old, new]
    if subprocess.run(ancestry, check=False).returncode:
        return "Cannot force-push to this branch"
    passed = rule["passed"]
    is_passed = isinstance(passed, list) and new in passed
    return None if is_passed or not rule["refusal"] else str(rule["refusal"])


def _packets() -> list[str]:
    found = []
    while size := int(sys.stdin.buffer.read(4) or b"0", 16):
        found.append(sys.stdin.buffer.read(size - 4).decode().rstrip("\n"))
    return found


def _send(text: str) -> None:
    body = text.encode()
    sys.stdout.buffer.write(f"{len(body) + 4:04x}".encode() + body)


def _flush() -> None:
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
