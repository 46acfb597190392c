"""Everyone's Markdown as GitHub renders it, with nothing that could act: raw HTML is off, links go
to the web or to a place of ours, and images are links, because pages load nothing from elsewhere.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from bot.hub.pages.markdown_extras import add_extras, texts_outside_links
from bot.hub.pages.plain import plain

_SAFE_LINK = re.compile(r"(?:https?://|mailto:|#|/(?!/))", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?P<url>https?://[^\s<>\"'`\\]+[^\s<>\"'`\\.,:;!?)\]}*_~])"
    r"|(?<![\w/#&.-])#(?P<number>[1-9]\d{0,8})(?![\w-])"
    r"|(?<![\w/#.-])(?P<sha>[0-9a-f]{7,40})(?![\w-])"
)
_MOST_REFERENCES = 300
_MOST_SIGNS = 4000
"""Reading takes the square of how many brackets stand open; a text with more is no prose."""


@dataclass(frozen=True)
class References:
    """What short references in a repository's texts lead to; both return an address or None."""

    issue: Callable[[int], str | None]
    commits: Callable[[Sequence[str]], dict[str, str]]
    """Addresses of those among these SHAs that are commits, asked at once."""


NO_REFERENCES = References(lambda _number: None, lambda _shas: {})


def render(text: str, references: References = NO_REFERENCES) -> Markup:
    """Return a body as HTML blocks."""
    if max(text.count(sign) for sign in "[<") > _MOST_SIGNS:
        return Markup("<pre>{}</pre>").format(plain(text))
    return _finish(_parser().parse(plain(text)), references)


def render_line(text: str, references: References = NO_REFERENCES) -> Markup:
    """Return a sentence as HTML that stays inside a line: code, emphasis, links."""
    if max(text.count(sign) for sign in "[<") > _MOST_SIGNS:
        return Markup("{}").format(plain(text))
    return _finish(_parser().parseInline(plain(" ".join(text.split()))), references)


def _finish(tokens: list[Token], references: References) -> Markup:
    _link(tokens, references)
    parser = _parser()
    html = parser.renderer.render(tokens, parser.options, {})
    return Markup(html)  # noqa: S704 - rendered with raw HTML off, every text escaped


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 30})
    md.enable(["table", "strikethrough"])
    md.disable(["html_block", "html_inline"])
    md.validateLink = _is_safe  # type: ignore[method-assign]
    add_extras(md)
    for name, rule in {
        "image": _image,
        "fence": _code,
        "code_block": _code,
        "table_open": _table_open,
        "table_close": _table_close,
        "link_open": _link_open,
        "task": _task,
    }.items():
        md.add_render_rule(name, rule)
    return md


def _is_safe(url: str) -> bool:
    return _SAFE_LINK.match(url.strip()) is not None


def _link(tokens: list[Token], references: References) -> None:
    """Turn ``#12``, SHAs and bare addresses in texts into links."""
    left, shas = _MOST_REFERENCES, []
    for children in (token.children for token in tokens if token.children):
        for place in texts_outside_links(children):
            shas += [found["sha"] for found in _REFERENCE.finditer(children[place].content)]
    wanted = list(dict.fromkeys(sha for sha in shas if sha and _looks_like_sha(sha)))
    commits = references.commits(wanted[:_MOST_REFERENCES]) if wanted else {}
    for token in tokens:
        if not token.children:
            continue
        for place in reversed(texts_outside_links(token.children)):
            parts = _parts(token.children[place].content, references, commits)
            left -= len(parts)
            if len(parts) > 1 and left > 0:
                token.children[place : place + 1] = parts


def _parts(text: str, references: References, commits: dict[str, str]) -> list[Token]:
    parts, end = [], 0
    for found in _REFERENCE.finditer(text):
        shown, href = found[0], None
        if found["url"]:
            href = found["url"]
        elif found["number"]:
            href = references.issue(int(found["number"]))
        elif found["sha"] in commits:
            shown, href = found["sha"][:10], commits[found["sha"]]
        if href is not None:
            parts += [_text(text[end : found.start()]), *_anchor(shown, href)]
            end = found.end()
    return [*parts, _text(text[end:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _anchor(shown: str, href: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": href})
    return [opening, _text(shown), Token("link_close", "a", -1)]


def _looks_like_sha(word: str) -> bool:
    return len(word) == 40 or (not word.isdigit() and not word.isalpha())


Rule = Callable[[RendererHTML, Sequence[Token], int, OptionsDict, EnvType], str]


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    href = escape(str(token.attrs.get("src", "")))
    return (
        f'<a class="image" href="{href}" rel="noopener noreferrer">{escape(words or "image")}</a>'
    )


def _code(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    return f'<pre tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'


def _table_open(*_arguments: Any) -> str:
    return '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n'


def _table_close(*_arguments: Any) -> str:
    return "</table></div>\n"


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    if not str(token.attrs.get("href", "")).startswith(("#", "/")):
        token.attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _task(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    done = tokens[index].meta["done"]
    word = "done" if done else "to do"
    return f'<input type="checkbox" disabled aria-label="{word}"{" checked" if done else ""}> '
