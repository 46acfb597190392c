"""Where the repository is, and how one git command is let in without leaving a trace of the key."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain.errors import UserError

_HEADER = "GIT_CONFIG_VALUE_0"


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the repository is, and the token that opens it.

    `token` is called for every command that talks to the remote, because installation tokens
    live an hour; an empty one means no credentials.
    """

    url: str
    token: Callable[[], str] = field(default=lambda: "", repr=False)

    def __post_init__(self) -> None:
        if "@" in urlsplit(self.url).netloc:
            raise UserError("Give the remote's URL without credentials; the token is separate.")
        if self.protocol not in ("https", "http", "file"):
            raise UserError(f"The remote must be an https URL, not {self.protocol}.")

    @property
    def protocol(self) -> str:
        """Git's name of the transport: `https`, `http` or `file`."""
        if re.match(r"[A-Za-z0-9._-]+@?[A-Za-z0-9._-]*:(?!//)", self.url):
            return "ssh"
        return urlsplit(self.url).scheme or "file"

    def credentials(self) -> Mapping[str, str]:
        """Environment that opens the remote for one command: neither argv nor file holds it."""
        token = self.token()
        if not token or self.protocol == "file":
            return {}
        parts = urlsplit(self.url)
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            # Bound to the host, so that a redirect elsewhere does not carry it away.
            "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraHeader",
            _HEADER: f"Authorization: Basic {basic}",
        }


def without_secrets(raw: bytes, env: Mapping[str, str]) -> str:
    """Return what git said, without the credentials that its environment held."""
    text = raw.decode("utf-8", "replace")
    header = env.get(_HEADER, "")
    if header:
        basic = header.rpartition(" ")[2]
        token = base64.b64decode(basic).decode().partition(":")[2]
        text = text.replace(basic, "***").replace(token, "***")
    return re.sub(r"://[^/@\s]+@", "://***@", text)
