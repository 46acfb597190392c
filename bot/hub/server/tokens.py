"""``tokens.json``: one token per account, readable by its owner only."""

import json
import os
import secrets
from pathlib import Path

from bot.hub.store.identity import Account
from bot.hub.store.transaction import Transaction
from bot.hub.world.accounts import admit_token

FILE = "tokens.json"


def read_tokens(world: str | os.PathLike[str]) -> dict[str, str]:
    """Return the tokens of a world by login; empty when it has none."""
    try:
        found = json.loads((Path(world) / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return {str(login): str(token) for login, token in found.items()}


def mint_token(transaction: Transaction, account: Account, world: Path) -> str:
    """Make a token for an account, or admit the one it has, and keep it in ``tokens.json``.

    The file is written before the transaction commits; a kill between leaves a token that the next
    founding admits.
    """
    tokens = read_tokens(world)
    token = tokens.get(account.login) or f"hub_{secrets.token_urlsafe(30)}"
    if account.login not in tokens:
        write_private(world / FILE, json.dumps({**tokens, account.login: token}, indent=2) + "\n")
    admit_token(transaction, account, token)
    return token


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
