"""Red findings become annotations of the run; nothing in them is a command of its own."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.findings import Finding, GateCategory, GateReport, GateResult, Severity
from bot.rules.annotating import annotated, escape_data, escape_property


def finding(message, path=None, line=None, severity=Severity.MAJOR):
    return Finding(severity, GateCategory.TEST, message, path, line)


def report(*findings, gate="tests", passed=False):
    return GateReport("tree", (GateResult(gate, "tree", passed, 1.0, findings),))


def heard(line):
    """Return what a runner takes from a line, as its ActionCommand.cs reads it."""
    found = re.fullmatch(r"::(\w+) ?(.*?)::(.*)", line)
    assert found, line
    name, fields, message = found.groups()
    pairs = (field.split("=", 1) for field in fields.split(",") if field)
    return name, {key: unescaped(value, ":,\r\n%") for key, value in pairs}, unescaped(
        message, "\r\n%"
    )  # fmt: skip


def unescaped(text, characters):
    for character in characters:
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def test_severity_place_and_what_was_judged_are_told():
    found = report(
        finding("assert 1 == 2\nin three lines", "tests/a,b:c.py", 7),
        finding("an unused name", "src/a.py", 3, Severity.MINOR),
        finding("It printed 100 % nothing.", severity=Severity.MEDIUM),
    )
    assert annotated([("#12", found)]) == [
        "::error file=tests/a%2Cb%3Ac.py,title=#12 gate tests,line=7"
        "::assert 1 == 2%0Ain three lines",
        "::warning file=src/a.py,title=#12 gate tests,line=3::an unused name",
        "::warning title=#12 gate tests::It printed 100 %25 nothing.",
    ]


def test_green_gates_are_silent_and_a_finding_is_told_once():
    red = report(finding("broken", "a.py", 1))
    green = report(finding("odd", "a.py", 1, Severity.MINOR), passed=True)
    told = annotated([("main", green), ("#12", red), ("merge of #12", red)])
    assert told == ["::error file=a.py,title=#12 gate tests,line=1::broken"]


def test_at_most_ten_errors_and_ten_warnings():
    many = [finding(f"{i}", severity=s) for i in range(15) for s in Severity]
    kinds = [heard(line)[0] for line in annotated([("main", report(*many))])]
    assert kinds == ["error"] * 10 + ["warning"] * 10


anything = st.text(st.characters(exclude_categories=["Cs"]))
nasty = st.lists(st.sampled_from(["::", "%", "%0A", "\n", "\r", ":", ",", "##[", "]", "x", " "]))
words = anything | nasty.map("".join)


@given(words, words, words)
@example("::stop-commands::x", "a\n::add-mask::x", "%0A::error::")
def test_whatever_a_gate_prints_is_one_line_and_comes_back_as_it_was(message, path, gate):
    (line,) = annotated([("main", report(finding(message, path, 1), gate=gate))])
    assert not set(line) & {"\r", "\n"}
    name, fields, told = heard(line)
    assert (name, told) == ("error", message)
    expected = {"title": f"main gate {gate}"} | ({"file": path, "line": "1"} if path else {})
    assert fields == expected


@given(st.text())
def test_escaped_text_can_be_printed_and_holds_nothing_that_a_runner_parts(text):
    assert not set(escape_property(text)) & set("\r\n:,")
    assert escape_data(text).encode().decode() == escape_data(text)
