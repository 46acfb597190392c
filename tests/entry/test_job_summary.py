"""The story in a job's summary: a fenced block of bounded size that nothing in it ends."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.entry.jobs import STORY_BYTES, story_of

HEAD = "   1.4 s  observe    reads tracker and code\n"
TAIL = "  36.5 s  iteration 3 done\n"
WORDS = st.lists(
    st.sampled_from(["`", "```", "~~~", "\n", "<!--", "-->", "##", "word ", "é", "\r"])
)


def body(block: str) -> str:
    """Return what stands in the fence; fails when it ends before its last line."""
    first, *lines, last = block.split("\n")
    bar = first.removesuffix("text")
    assert re.fullmatch("`{3,20}", bar)
    assert last == bar
    assert not [line for line in lines if re.fullmatch(rf" {{0,3}}`{{{len(bar)},}}\s*", line)]
    return "\n".join(lines)


def test_the_lines_stand_there_as_they_were_printed():
    assert body(story_of(HEAD + TAIL)) == (HEAD + TAIL).strip("\n")
    assert story_of("\n") == ""


@given(WORDS.map("".join))
@example("`" * 500)
@example("```\n# A heading\n````\n")
def test_nothing_in_a_story_ends_its_fence(text):
    assert "reads tracker" in body(story_of(HEAD + text))


@pytest.mark.parametrize("line", ["a title with <!-- in it\n", "éé\n", "`" * 90 + "\n", "no end "])
def test_of_a_long_story_the_beginning_and_the_end_stay(line: str):
    block = story_of(HEAD + line * 30_000 + TAIL)
    assert len(block.encode()) <= STORY_BYTES
    assert len(block.encode()) > STORY_BYTES / 2
    assert body(block).startswith(HEAD)
    assert body(block).endswith(TAIL.strip("\n"))
    assert "bytes left out]" in body(block)


def test_a_secret_is_named_and_not_shown():
    key = "ghp_" + "a1B2c3D4e5F6" * 3
    assert key not in story_of(f"{HEAD}           #2 The token is {key}.\n")
