from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.commands import (
    Cancel,
    Command,
    Continue,
    Decide,
    Forget,
    Learn,
    Misread,
    Pause,
    Replan,
    Retry,
    SetPriority,
    ShowHelp,
    ShowStatus,
    Stop,
    Unblock,
)
from bot.domain.work import Priority
from bot.rules.grammar import COMMANDS, parse_commands
from tests.rules.builders import HIGH, modest, table


def parse(body: str, *, own: bool = True) -> tuple[Command, ...]:
    return parse_commands(body, own_thread=own)


@table(
    "line, expected",
    ("continue", "/continue", Continue()),
    ("continue with words", "/continue use  dashes", Continue("use dashes")),
    ("continue with more money", "/continue budget=+5usd", Continue(budget_usd=5)),
    ("money without its unit, and cents", "/continue budget=+0.25", Continue(budget_usd=0.25)),
    ("continue with more iterations", "/continue iterations=+5", Continue(iterations=5)),
    ("continue with more time", "/continue hours=+1.5", Continue(hours=1.5)),
    (
        "all at once, anywhere",
        "/continue go BUDGET=+2USD on iterations=+1 hours=+2",
        Continue("go on", 2, 1, 2),
    ),
    ("unblock", "/unblock", Unblock()),
    ("unblock an item", "/unblock #12 use dashes", Unblock(12, "use dashes")),
    ("unblock with words", "/unblock use #12", Unblock(None, "use #12")),
    ("decide by number", "/decide 2", Decide("2")),
    ("decide by words", "/decide the blue one", Decide("the blue one")),
    ("retry", "/retry", Retry()),
    ("retry an item", "/retry #12", Retry(12)),
    ("retry an item, politely", "/retry #12 please", Retry(12)),
    ("cancel", "/cancel", Cancel()),
    ("cancel an item", "/cancel #12", Cancel(12)),
    ("priority", "/priority high", SetPriority(HIGH)),
    ("priority in any case", "/priority HIGH", SetPriority(HIGH)),
    ("pause", "/pause", Pause()),
    ("stop", "/stop", Stop()),
    ("stop and close", "/stop Clean", Stop(clean=True)),
    ("replan", "/replan", Replan()),
    ("replan with words", "/replan smaller steps", Replan("smaller steps")),
    ("learn", "/learn Run  make first.", Learn("Run  make first.")),
    ("forget", "/forget `3F9A1C`", Forget("3f9a1c")),
    ("status", "/status", ShowStatus()),
    ("help", "/help", ShowHelp()),
    ("words in any case", "/CONTINUE", Continue()),
    ("blanks at its end", "/pause \t ", Pause()),
)
def test_commands(line: str, expected: Command) -> None:
    assert parse(line) == (expected,)
    prefixed = f"/specloop {line.lstrip('/')}"
    assert parse(prefixed) == parse(prefixed, own=False) == (expected,)
    assert parse(line, own=False) == ()


@table(
    "line, hint",
    ("a slip of the finger", "/contineu", "did you mean `/continue`?"),
    ("no answer", "/decide", "say which: `/decide 2`, or `/decide text`"),
    ("no priority", "/priority", "write `/priority high`, `medium` or `low`"),
    ("an unknown priority", "/priority urgent", "write `/priority high`, `medium` or `low`"),
    ("whom to cancel is unclear", "/cancel 12", "write `/cancel #12`, or `/cancel` alone on"),
    ("nor is it with more digits than numbers have", "/cancel #1234567890", "write `/cancel #12`"),
    ("whom to retry is unclear", "/retry that one", "write `/retry #12`, or `/retry` alone on"),
    ("nothing to learn", "/learn", "say what: `/learn text`"),
    ("forget what", "/forget", "write the code from the list: `/forget 3f9a1c`"),
    ("forget needs a code", "/forget 3", "write the code from the list: `/forget 3f9a1c`"),
    ("stop knows one word only", "/stop now", "write `/stop`, or `/stop clean`"),
    ("a budget that is not added", "/continue budget=5", "write `budget=+5`"),
    ("hours, with a blank", "/continue Go on, hours =+2", "write `hours=+5`"),
    ("our name alone", "/specloop", "the commands are `/continue`, `/unblock`"),
    ("our name and nothing we know", "/specloop sing", "the commands are `/continue`"),
    ("our name and a slip", "/specloop contineu", "did you mean `/continue`?"),
)
def test_misread(line: str, hint: str) -> None:
    (found,) = parse(line)
    assert isinstance(found, Misread)
    assert found.line == line
    assert found.hint.startswith(hint)


@table(
    "body",
    ("nothing", ""),
    ("plain words", "please continue"),
    ("not at the start of its line", "please /continue"),
    ("another bot's word", "/lgtm\n/hold\n/approve\n/assign @alice\n/retest"),
    ("a path", "/usr/bin/continue"),
    ("glued to something", "/continue! now"),
    ("inline code", "`/continue`"),
    ("a blank before it", " /continue"),
    ("indented code", "    /continue"),
    ("indented by a tab", "\t/continue"),
    ("a quote", "> /continue"),
    ("a list", "- /continue\n1. /continue"),
    ("a code block", "```\n/continue\n```"),
    ("a code block in a language", "```sh\n/continue\n```"),
    ("a code block of tildes", "~~~\n/continue\n~~~"),
    ("a code block that never ends", "```\n/continue"),
    ("tildes do not end backticks", "```\n~~~\n/continue"),
    ("three do not end four", "````\n```\n/continue"),
    ("a fence with words does not end one", "```\n``` sh\n/continue"),
    ("a fence indented by four does not end one", "```\n    ```\n/continue"),
    ("windows' lines", "```\r\n/continue\r\n```\r\n"),
    ("what nobody sees", "<!--\n/continue\n-->"),
    ("what nobody sees, to the end", "  <!-- hint:\n\n/continue"),
    ("hidden within a paragraph", "Fine <!-- or\n/continue\nnot --> so."),
    ("drawn as code", "<PRE class=x>\n\n/continue\n</pre>"),
)
def test_no_command(body: str) -> None:
    assert parse(body) == ()


@table(
    "body",
    ("after other lines", "Fine.\n\n/continue"),
    ("after a code block", "```\n/pause\n```\n/continue"),
    ("a longer fence ends it", "```\n/pause\n`````  \n/continue"),
    ("a fence may be indented a little", "   ```\n/pause\n  ```\n/continue"),
    ("indented by four it opens nothing", "    ```\n/continue"),
    ("nor does inline code of three backticks", "```x``` is odd\n/continue"),
    ("windows' lines", "Fine.\r\n/continue\r\n"),
    ("after what nobody sees", "<!-- hint -->\n<!--\n/pause\n-->\n/continue"),
    ("after what is drawn as code", "<pre>/pause</pre>\n<pre>\n/pause\n</pre>\n/continue"),
    ("a mere mention of a comment's beginning", "Mind the <!-- there.\n\n/continue\n\n-->"),
    ("a tag that only begins alike", "<prefix>\n/continue"),
    ("a comment's beginning in code", "```\n<!--\n```\n/continue"),
)
def test_a_command_after_all(body: str) -> None:
    assert parse(body) == (Continue(),)


def test_several_in_their_order() -> None:
    found = parse("/pause\nwords\n/specloop help\n/stauts")
    assert [type(c) for c in found] == [Pause, ShowHelp, Misread]


def test_help_names_every_command() -> None:
    assert len(COMMANDS) == len(get_args(Command)) - 1, "all but Misread"
    for row in COMMANDS:
        (found,) = parse(f"{row.usage.split()[0]} high")
        assert not isinstance(found, Misread) or row.usage.startswith(
            ("/retry", "/cancel", "/stop", "/forget")
        )


# Properties.

PIECES = st.sampled_from(
    ["/continue", "/specloop ", "help", "/cancel #3", "```", "~~~~", "> ", "    ", " ", "\n", "\r",
     "\t", "#", "+", "=", "budget=+", "9" * 20, "²", "\x00", "\u2028", "\u017f", "é"]
)  # fmt: skip
TEXTS = st.text() | st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


@modest
@given(TEXTS, st.booleans())
def test_any_text_is_read_without_an_error(body: str, own: bool) -> None:
    assert all(isinstance(c, get_args(Command)) for c in parse(body, own=own))


@modest
@given(TEXTS)
def test_elsewhere_only_prefixed_words_count(body: str) -> None:
    bare = "\n".join(x for x in body.split("\n") if not x.lower().startswith("/specloop"))
    assert parse(bare, own=False) == ()
    assert len(parse(body, own=False)) <= body.lower().count("/specloop")


@modest
@given(TEXTS, st.sampled_from(["> ", "    ", "\t", " ", "- "]))
def test_no_line_of_a_quote_an_indented_block_or_a_list_is_a_command(body: str, mark: str) -> None:
    assert parse("\n".join(mark + line for line in body.split("\n"))) == ()


LINES = st.lists(
    st.sampled_from(
        ["/cancel", "/cancel", "```", "````", "~~~", "``` ", "```sh", "~~~ a`b", "```a`b",
         "   ```", "    ```", " ~~~~", "words", "", "> quoted"]
    ),
    max_size=12,
)  # fmt: skip


@modest
@given(LINES)
def test_a_markdown_reader_agrees_on_what_is_code(lines: list[str]) -> None:
    """Every command names its line, so that it can be told whether GitHub shows it as code."""
    lines = [f"{x} #{n}" if x == "/cancel" else x for n, x in enumerate(lines, 1)]
    code = {
        n + 1
        for token in MarkdownIt("commonmark").parse("\n".join(lines))
        if token.type in ("fence", "code_block") and token.map
        for n in range(*token.map)
    }
    given_commands = {n for n, x in enumerate(lines, 1) if x.startswith("/cancel")}
    assert {c.item for c in parse("\n".join(lines)) if isinstance(c, Cancel)} == (
        given_commands - code
    )


def render(command: Command) -> str:
    """Write a command as a person would."""
    match command:
        case Continue(text, budget, iterations, hours):
            parts = [text, f"budget=+{budget:.2f}usd" if budget else ""]
            parts += [f"iterations=+{iterations}" if iterations else ""]
            parts += [f"hours=+{hours:.2f}" if hours else ""]
            return " ".join(["/continue", *filter(None, parts)])
        case SetPriority(priority):
            return f"/priority {priority.value}"
        case Stop(clean):
            return "/stop clean" if clean else "/stop"
        case ShowStatus() | ShowHelp():
            return f"/{type(command).__name__.removeprefix('Show').lower()}"
    item = getattr(command, "item", None)
    words = [f"#{item}" if item is not None else "", getattr(command, "text", "")]
    return " ".join([f"/{type(command).__name__.lower()}", *filter(None, words)])


SAID = st.lists(st.text("abcé.,;:!?/", min_size=1, max_size=6), max_size=4).map(" ".join)
NUMBER = st.none() | st.integers(1, 999_999_999)
CENTS = st.integers(0, 99_999).map(lambda n: n / 100)
SPOKEN = st.one_of(
    st.builds(Continue, SAID, CENTS, st.integers(0, 9999), CENTS),
    st.builds(Unblock, NUMBER, SAID),
    st.builds(Decide, SAID.filter(bool)),
    st.builds(Retry, NUMBER),
    st.builds(Cancel, NUMBER),
    st.builds(SetPriority, st.sampled_from(Priority)),
    st.builds(Replan, SAID),
    st.builds(Stop, st.booleans()),
    st.sampled_from([Pause(), ShowStatus(), ShowHelp()]),
)


@modest
@given(st.lists(SPOKEN, max_size=4))
def test_what_is_written_is_read_back(commands: list[Command]) -> None:
    lines = [render(c) for c in commands]
    assert parse("\n".join(lines)) == tuple(commands)
    prefixed = "\n".join(f"/specloop {line[1:]}" for line in lines)
    assert parse(prefixed, own=False) == tuple(commands)
