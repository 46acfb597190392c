"""GraphQL global ids in GitHub's present form: a prefix and packed database ids."""

import base64
import binascii
from dataclasses import dataclass

_PAIR = b"\x93\x00\xce"
_SINGLE = b"\x92\x00\xce"


@dataclass(frozen=True)
class NodeId:
    """A decoded id; ``repo_id`` is 0 for accounts and repositories."""

    prefix: str
    repo_id: int
    id: int


def node_id(prefix: str, object_id: int, repo_id: int = 0) -> str:
    """Return the id of an object: prefixes are GitHub's (I, PR, IC, LA, MI, R, U, BOT...)."""
    if repo_id:
        packed = _PAIR + repo_id.to_bytes(4, "big") + b"\xce" + object_id.to_bytes(4, "big")
    else:
        packed = _SINGLE + object_id.to_bytes(4, "big")
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def git_node_id(prefix: str, repo_id: int, name: str) -> str:
    """Return the id of a git object or ref, which has a name instead of a database id."""
    packed = _PAIR + repo_id.to_bytes(4, "big") + name.encode()
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(text: str) -> NodeId | None:
    """Read an id back, or return None when it is not one of ours."""
    prefix, _, packed_text = text.partition("_")
    try:
        packed = base64.urlsafe_b64decode(packed_text + "=" * (-len(packed_text) % 4))
    except (binascii.Error, ValueError):
        return None
    if packed.startswith(_SINGLE) and len(packed) == 7:
        return NodeId(prefix, 0, int.from_bytes(packed[3:7], "big"))
    if packed.startswith(_PAIR) and len(packed) == 12:
        return NodeId(
            prefix, int.from_bytes(packed[3:7], "big"), int.from_bytes(packed[8:12], "big")
        )
    return None


def decode_git(text: str, prefix: str) -> tuple[int, str] | None:
    """Read the id of a git object or ref back into repository id and name, or return None."""
    found, _, packed_text = text.partition("_")
    try:
        packed = base64.urlsafe_b64decode(packed_text + "=" * (-len(packed_text) % 4))
        name = packed[7:].decode()
    except (binascii.Error, ValueError):
        return None
    return (
        (int.from_bytes(packed[3:7], "big"), name)
        if found == prefix and packed.startswith(_PAIR)
        else None
    )
