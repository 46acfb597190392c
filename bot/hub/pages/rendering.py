"""Templates to HTML: everything is escaped, and no text can play tricks with lines."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.hub.pages.plain import first_line, plain
from bot.hub.pages.times import ago, moment, span

_HERE = Path(__file__).parent
_ASSETS = {
    "style.css": "text/css; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def render(
    template: str,
    title: str,
    above: tuple[tuple[str, str], ...],
    values: Mapping[str, Any],
    now: datetime | None = None,
    login: str = "",
) -> str:
    """Return a whole page. ``login`` is who looks; without one the page does not refresh itself."""
    shared = {"title": title, "above": above, "now": now, "login": login, "tags": _tags()}
    return _environment().get_template(template).render({**shared, **values})


@cache
def asset(name: str) -> tuple[str, bytes] | None:
    """Return the type and the bytes of an asset, or None."""
    kind = _ASSETS.get(name)
    return None if kind is None else (kind, (_HERE / name).read_bytes())


@cache
def _tags() -> dict[str, str]:
    """Return the assets' addresses: a changed asset has another one."""
    bodies = {name: (asset(name) or ("", b""))[1] for name in _ASSETS}
    return {
        name.partition(".")[0]: f"/_pages/{name}?{hashlib.sha256(body).hexdigest()[:12]}"
        for name, body in bodies.items()
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_HERE / "templates"),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["when"] = _when
    environment.filters.update(
        {
            "span": span,
            "first_line": first_line,
            "web": _web,
            "color": _color,
            "thousands": _thousands,
            "usd": _usd,
        }
    )
    return environment


def _shown(value: Any) -> Any:
    """Make a text plain before it is escaped; what is markup already has been."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@pass_context
def _when(context: Context, value: int | str | None) -> Markup:
    """Return an instant in UTC and how long ago it was; nothing for what is no instant."""
    then, now = moment(value), context.get("now")
    if then is None or now is None:
        return Markup()
    return Markup(
        '<time datetime="{}" title="{} UTC">{} <span class="soft utc">· {} UTC</span></time>'
    ).format(
        then.strftime("%Y-%m-%dT%H:%M:%SZ"),
        then.strftime("%Y-%m-%d %H:%M:%S"),
        ago(then, now),
        then.strftime("%Y-%m-%d %H:%M"),
    )


def _web(address: str | None) -> str:
    """Return an address of the web, "" for any other."""
    found = (address or "").strip()
    return found if found.lower().startswith(("http://", "https://")) else ""


def _color(digits: str) -> str:
    """Return a label's colour, grey for what is none."""
    is_color = len(digits) == 6 and all(c in "0123456789abcdefABCDEF" for c in digits)
    return f"#{digits}" if is_color else "#888888"


def _thousands(number: float) -> str:
    """Return a count with thin gaps between thousands."""
    return f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _usd(amount: float) -> str:
    """Return an amount of money."""
    return f"{amount:,.2f} USD"
