"""Who sends a request: a token as Bearer, ``token``, or the password of HTTP Basic."""

import base64
import binascii

from bot.hub.errors import BadCredentials
from bot.hub.store.identity import Account
from bot.hub.store.view import View
from bot.hub.world.accounts import account_of_token


def token_in(header: str | None) -> str | None:
    """Return the token of an ``Authorization`` header, or None when there is no header.

    Raises BadCredentials for one that cannot be read.
    """
    if not header:
        return None
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() in ("bearer", "token"):
        return value.strip()
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise BadCredentials("Bad credentials") from None
        user, _, password = pair.partition(":")
        return password or user
    raise BadCredentials("Bad credentials")


SIGNED = "/_hub/blobs/"
"""How addresses begin that hold a digest which nobody can guess, as GitHub's hold a signature."""


def account_in(view: View, header: str | None, path: str = "") -> Account:
    """Return the account of a request.

    Raises BadCredentials: the hub answers nobody without a token, unless the address itself is one.
    """
    token = token_in(header)
    if token is None and path.startswith(SIGNED):
        return view.first_account()
    if token is None:
        raise BadCredentials("Requires authentication")
    account = account_of_token(view, token)
    if account is None:
        raise BadCredentials("Bad credentials")
    return account
