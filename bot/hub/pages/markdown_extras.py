"""What GitHub's Markdown has beyond CommonMark and markdown-it lacks without raw HTML.

Comments that are not shown, ``<details>``, a few inline tags, task lists. Raw HTML stays off: these
rules know a handful of exact tags, and everything they open they close.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_DETAILS = re.compile(r"<details(?P<open> open(?:=\"[^\"]*\")?)?>\s*(?P<rest>.*)", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary>(?P<text>.*?)</summary>", re.IGNORECASE)
_END = "</details>"
_FENCE = re.compile(r"(`{3,}|~{3,})")
_INLINE = re.compile(r"<(sub|sup|kbd|ins|b|i|strong|em|code|s|del)>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MOST_UNCLOSED = 20
"""Looking for an end that is not there costs a scan: after so many it is not looked for."""
_TASK = re.compile(r"\[([ xX])\][ \t]+")


def add_extras(md: MarkdownIt) -> None:
    """Teach a parser these rules."""
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    md.block.ruler.before("html_block", "hidden", _hidden_block, ends)
    md.block.ruler.before("html_block", "details", _details, ends)
    md.inline.ruler.before("html_inline", "hidden", _hidden_inline)
    md.inline.ruler.before("html_inline", "tags", _tags)
    md.core.ruler.push("tasks", _tasks)
    md.core.ruler.push("tidy", _tidy)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _hidden_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave out a comment that begins a block, up to the line that ends it."""
    if state.is_code_block(start) or not _line(state, start).startswith("<!--"):
        return False
    last = start
    while last < end and "-->" not in _line(state, last)[4 if last == start else 0 :]:
        last += 1
    if last < end and _line(state, last).partition("-->")[2].strip():
        return False  # text follows on the line: the inline rule takes it
    if not silent:
        state.line = min(last + 1, end)
    return True


def _hidden_inline(state: StateInline, _silent: bool) -> bool:
    """Leave out a comment within a paragraph."""
    if not state.src.startswith("<!--", state.pos, state.posMax):
        return False
    end = state.src.find("-->", state.pos + 4, state.posMax)
    if end < 0:
        return False
    state.pos = end + 3
    return True


def _details(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``<details>`` that stands at the start of a line, with the line that closes it."""
    if state.is_code_block(start):
        return False
    opening = _DETAILS.fullmatch(_line(state, start).rstrip())
    if opening is None or state.env.get("unclosed", 0) > _MOST_UNCLOSED:
        return False
    close = _closing_line(state, start + 1, end)
    if close is None:
        state.env["unclosed"] = state.env.get("unclosed", 0) + 1
        return False
    first, summary = start + 1, _SUMMARY.fullmatch(opening["rest"])
    if opening["rest"] and summary is None:
        return False
    if summary is None and first < close:
        summary = _SUMMARY.fullmatch(_line(state, first).strip())
        first += summary is not None
    if silent:
        return True
    token = state.push("details_open", "details", 1)
    token.block = True
    if opening["open"]:
        token.attrSet("open", "")
    state.push("summary_open", "summary", 1)
    inline = state.push("inline", "", 0)
    inline.content = (summary["text"].strip() if summary else "") or "Details"
    inline.map, inline.children = [start, first], []
    state.push("summary_close", "summary", -1)
    parent, line_max = state.parentType, state.lineMax
    state.lineMax = close
    state.md.block.tokenize(state, first, close)
    state.parentType, state.lineMax = parent, line_max
    state.push("details_close", "details", -1)
    state.line = close + 1
    return True


def _closing_line(state: StateBlock, line: int, end: int) -> int | None:
    depth, fence = 1, ""
    while line < end:
        text = _line(state, line).strip()
        mark = _FENCE.match(text)
        if fence:
            fence = "" if text and not text.strip(fence[0]) and len(text) >= len(fence) else fence
        elif mark:
            fence = mark[0]
        elif text.lower() == _END:
            depth -= 1
        elif _DETAILS.fullmatch(text):
            depth += 1
        if depth == 0:
            return line
        line += 1
    return None


def _tags(state: StateInline, silent: bool) -> bool:
    """Read ``<br>`` and pairs such as ``<sub>…</sub>``; without its end a tag is text."""
    found = _BREAK.match(state.src, state.pos, state.posMax)
    if found is not None:
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = found.end()
        return True
    found = _INLINE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    tag = found[1].lower()
    close = state.src.lower().find(f"</{tag}>", found.end(), state.posMax)
    if close < 0 or state.level > 8:
        return False
    if not silent:
        before = state.posMax
        state.push(f"{tag}_open", tag, 1)
        state.pos, state.posMax = found.end(), close
        state.md.inline.tokenize(state)
        state.posMax = before
        state.push(f"{tag}_close", tag, -1)
    state.pos = close + len(tag) + 3
    return True


def _tasks(state: StateCore) -> None:
    """Turn ``[ ]`` and ``[x]`` at the start of a list item into a box."""
    for item, paragraph, inline in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open":
            continue
        children = inline.children or []
        if not children or children[0].type != "text":
            continue
        match = _TASK.match(children[0].content)
        if match is not None:
            children[0].content = children[0].content[match.end() :]
            children.insert(0, Token("task", "", 0, meta={"done": match[1] != " "}))
            item.attrSet("class", "task")


def _tidy(state: StateCore) -> None:
    """Put headings below those of the page, and say alignment by class: styles are refused."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + 2)}"
        elif token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))
            if style:
                token.attrSet("class", style.replace("text-align:", "align-"))


def texts_outside_links(children: Sequence[Token]) -> list[int]:
    """Return the places of the text tokens that are not part of a link."""
    found, depth = [], 0
    for place, token in enumerate(children):
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and depth == 0:
            found.append(place)
    return found
