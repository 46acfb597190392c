"""Markdown as GitHub renders it, bounded in what it may become and in what it may cost."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hub.pages.markdown import References, render, render_line
from tests.hub.pages.reading import dangers


def _commits(shas: Sequence[str]) -> dict[str, str]:
    return {sha: f"/o/r/commit/{sha}" for sha in shas if sha.startswith("c0ffee")}


HERE = References(lambda number: f"/o/r/issues/{number}" if number < 100 else None, _commits)


REL = 'rel="noopener noreferrer"'
GITHUB = {
    "**bold** _em_ ~~gone~~ `#1`": (
        "<p><strong>bold</strong> <em>em</em> <s>gone</s> <code>#1</code></p>"
    ),
    "see #12, not #100 nor a#12": (
        '<p>see <a href="/o/r/issues/12">#12</a>, not #100 nor a#12</p>'
    ),
    "at c0ffee1.": '<p>at <a href="/o/r/commit/c0ffee1">c0ffee1</a>.</p>',
    "deadbeef1 1234567 abcdefg": "<p>deadbeef1 1234567 abcdefg</p>",
    "https://a.b/c_d, ok": f'<p><a href="https://a.b/c_d" {REL}>https://a.b/c_d</a>, ok</p>',
    "[#1](https://a.b)": f'<p><a href="https://a.b" {REL}>#1</a></p>',
    "a <!-- hidden --> b": "<p>a  b</p>",
    "a\n<!-- hidden\n\nstill -->\nb": "<p>a</p>\n<p>b</p>",
    "`<!-- shown -->`": "<p><code>&lt;!-- shown --&gt;</code></p>",
    "H<sub>2</sub>O<br>x": "<p>H<sub>2</sub>O<br />\nx</p>",
    "<details><summary>S</summary>\n\n- x\n\n</details>": (
        "<details>\n<summary>S</summary>\n<ul>\n<li>x</li>\n</ul>\n</details>"
    ),
    "<details>\nnot closed": "<p>&lt;details&gt;\nnot closed</p>",
    "# Top": "<h3>Top</h3>",
    "![alt](https://a.b/c.png)": f'<p><a class="image" href="https://a.b/c.png" {REL}>alt</a></p>',
    "```py\nx = '<b>'\n```": ('<pre tabindex="0"><code>x = &#x27;&lt;b&gt;&#x27;\n</code></pre>'),
}


@pytest.mark.parametrize("text", GITHUB)
def test_it_reads_like_github(text: str) -> None:
    assert render(text, HERE).strip() == GITHUB[text]


def test_tasks_are_boxes_that_say_what_they_are() -> None:
    html = render("- [ ] one\n- [x] two\n- three")
    assert html.count("<input") == 2
    assert 'aria-label="done" checked' in html
    assert 'aria-label="to do"> one' in html


def test_tables_scroll_and_align_without_styles() -> None:
    html = render("| a | b |\n|--:|:-:|\n| 1 | 2 |")
    assert '<div class="scroll"' in html
    assert '<td class="align-right">1</td>' in html
    assert "style=" not in html


def test_a_sentence_stays_in_its_line() -> None:
    assert render_line("# no heading\n\n- no list `code` #3", HERE) == (
        '# no heading - no list <code>code</code> <a href="/o/r/issues/3">#3</a>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000, "<" * 60_000, "[a](" * 15_000, "<sub>" * 13_000, "*a" * 30_000,
        "<details>\n" * 6_000, "<details>\n" * 3_000 + "</details>\n" * 3_000, ">" * 60_000,
        "- " * 30_000, "`" * 60_000, "#1 " * 20_000, "c0ffee1 " * 8_000, "<!--" * 15_000,
        "|a" * 300 + "\n" + "|-" * 300 + "\n" + "|" * 60_000, "https://a " * 6_000,
    ],
    ids=lambda text: f"{text[:6].strip()} {len(text)}",
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    html = render(text, HERE)
    assert time.process_time() - began < 15
    assert dangers(html) == []


PIECES = st.sampled_from(
    ["<", ">", "/", "details", "summary", "<details>", "</details>", "<summary>", "</summary>",
     "<sub>", "</sub>", "<b>", "</b>", "<!--", "-->", "`", "```", "\n", "\n\n", "> ", "- ", "[ ] ",
     "1. ", "    ", "[", "](", ")", "!", "javascript:", "http://", "*", "_", "~~", "|", "---", "#1",
     "c0ffee1", "&lt;", "&#x3c;", "script", "onload=", '"', "'", "\\", "x", " ", "\t", "\u202e"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_the_page_stays_whole(text: str) -> None:
    assert dangers(render(text, HERE)) == []
    assert dangers(render_line(text, HERE)) == []
