"""How a browser is let in: the printed address carries a token once, a cookie remembers who it was.

The cookie is no token: it opens pages and nothing else, because browsers send the cookies of
127.0.0.1 to every port of it. It is derived from the token's digest, so it survives a restart.
"""

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

from bot.hub.errors import BadCredentials
from bot.hub.server.credentials import account_in
from bot.hub.server.messages import Incoming, Outgoing
from bot.hub.store.identity import Account
from bot.hub.store.view import View
from bot.hub.world.accounts import account_of_token, digest

_PURPOSE = b"specloop hub pages"


def visitor(view: View, request: Incoming) -> Account | None:
    """Return whose eyes a page is for: by cookie, else by ``Authorization``; None for nobody's."""
    key = _cookies(request).get(_cookie_name(request))
    if key is not None:
        for account_id, known in view.connection.execute("SELECT account_id, digest FROM tokens"):
            if hmac.compare_digest(_key(str(known)).encode(), key.encode()):
                return view.account(int(account_id))
    try:
        return account_in(view, request.headers.get("authorization"))
    except BadCredentials:
        return None


def sign_in(view: View, request: Incoming) -> Outgoing | None:
    """Return the answer to an address with a right ``?token=``: a cookie and the way to the clean
    address. None for a wrong one.
    """
    token = request.query.get("token", "")
    if account_of_token(view, token) is None:
        return None
    kept = [(n, v) for n, v in parse_qsl(request.query_string, True) if n != "token"]
    clean = f"{request.origin}{request.path}" + (f"?{urlencode(kept)}" if kept else "")
    cookie = f"{_cookie_name(request)}={_key(digest(token))}; Path=/; HttpOnly; SameSite=Strict"
    return Outgoing(303, b"", {"Location": clean, "Set-Cookie": cookie})


def _key(token_digest: str) -> str:
    return hmac.new(token_digest.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def _cookie_name(request: Incoming) -> str:
    """Return a name that differs by port: cookies do not."""
    port = request.origin.rpartition(":")[2]
    return f"hub_pages_{port}" if port.isdigit() else "hub_pages"


def _cookies(request: Incoming) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs}
