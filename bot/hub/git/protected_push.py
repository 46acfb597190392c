"""git's ``proc-receive`` hook, run as a program of its own.

It sees the updates that a rule may bind, refuses those that break one as GitHub does, and lets git
carry out the rest. ``HUB_PROTECTED`` holds the rules of branches by ref name, ``HUB_ON_WORKFLOWS``
the words for a pusher who may not change workflow files.
"""

import json
import os
import subprocess
import sys

ZERO = "0" * 40
_WORKFLOWS = ".github/workflows"


def main() -> None:
    """Speak version 1 of the protocol on stdin and stdout."""
    rules = json.loads(os.environ["HUB_PROTECTED"])
    _packets()
    _send("version=1\0")
    _flush()
    for line in _packets():
        old, new, ref = line.split(" ", 2)
        words = _verdict(rules.get(ref), old, new, ref)
        if words is None:
            _send(f"ok {ref}")
            _send("option fall-through")
        else:
            _send(f"ng {ref} {words}")
    _flush()


def _verdict(rule: dict[str, object] | None, old: str, new: str, ref: str) -> str | None:
    reason = None if rule is None else refusal(rule, old, new)
    if reason is not None:
        print(f"error: GH006: Protected branch update failed for {ref}.", file=sys.stderr)
        print(f"error: {reason}", file=sys.stderr, flush=True)
        return "protected branch hook declined"
    words = os.environ["HUB_ON_WORKFLOWS"]
    file = new_workflow_change(new) if words else ""
    return words.replace("{file}", file) if file else None


def refusal(rule: dict[str, object], old: str, new: str) -> str | None:
    """Return why an update of a protected branch is refused, or None."""
    if old == ZERO:
        return None
    if new == ZERO:
        return "Cannot delete this protected branch" if rule["forbids_deletion"] else None
    ancestry = ["git", "merge-base", "--is-ancestor", old, new]
    if rule["forbids_force"] and subprocess.run(ancestry, check=False).returncode:
        return "Cannot force-push to this branch"
    passed = rule["passed"]
    is_passed = isinstance(passed, list) and new in passed
    return None if is_passed or not rule["refusal"] else str(rule["refusal"])


def new_workflow_change(new: str) -> str:
    """Return a workflow file that commits change which no ref has yet, "" for none.

    Of a merge counts what differs from every parent: to take over what a branch has is no change.
    """
    if new == ZERO:
        return ""
    command = ["git", "log", "-z", "--format=", "--name-only", "-c", "--full-history", "--root"]
    command += [new, "--not", "--all", "--", _WORKFLOWS]
    done = subprocess.run(command, capture_output=True, check=False)
    names = done.stdout.decode("utf-8", "replace").split("\0")
    return next((name for name in names if name.strip()), "").strip()


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
