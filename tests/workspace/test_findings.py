from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.findings import GateCategory, Severity
from bot.workspace.findings import MAX_FINDINGS, MAX_TAIL, parse

FILES = {"a.py", "src/b.c", "tests/test_a.py", "my file.txt"}
MAJOR, MINOR = Severity.MAJOR, Severity.MINOR


def read(text: str | bytes, root: str = ""):
    output = text if isinstance(text, bytes) else text.encode()
    found = parse(output, GateCategory.LINT, FILES.__contains__, root)
    return [(f.severity, f.path, f.line, f.message) for f in found]


CASES = {
    "ruff, concise": (
        "a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n",
        [(MAJOR, "a.py", 1, "F401 [*] `os` imported but unused")],
    ),
    "ruff, full": (
        "F401 [*] `os` imported but unused\n --> a.py:1:8\n  |\n1 | import os\n",
        [(MAJOR, "a.py", 1, "F401 [*] `os` imported but unused")],
    ),
    "mypy": (
        "a.py:3: error: Bad type  [misc]\na.py:3: note: See docs\nFound 1 error in 1 file\n",
        [(MAJOR, "a.py", 3, "error: Bad type  [misc]")],
    ),
    "gcc": (
        "src/b.c: In function 'f':\nsrc/b.c:9:5: warning: unused 'x'\nsrc/b.c:10:1: error: no\n",
        [
            (MINOR, "src/b.c", 9, "warning: unused 'x'"),
            (MAJOR, "src/b.c", 10, "error: no"),
        ],
    ),
    "dot slash": ("./a.py:2: x\n", [(MAJOR, "a.py", 2, "x")]),
    "nothing of the tree": (
        "12:30:45: started\nhttp://host:80: no\nother.py:1: x\n",
        [(MAJOR, None, None, "12:30:45: started\nhttp://host:80: no\nother.py:1: x")],
    ),
    "only warnings": (
        "a.py:1: warning: w\n",
        [(MAJOR, None, None, "a.py:1: warning: w"), (MINOR, "a.py", 1, "warning: w")],
    ),
    "silence": ("", [(MAJOR, None, None, "The command failed and printed nothing.")]),
    "colour": (
        "\x1b[1m\x1b[31ma.py\x1b[0m:1: \x1b]8;;http://x\x07E\x1b]8;;\x07 bad\x1b[K\n",
        [(MAJOR, "a.py", 1, "E bad")],
    ),
    "progress": ("10%\r50%\ra.py:1: x\r\n", [(MAJOR, "a.py", 1, "x")]),
    "twice": ("a.py:1: x\na.py:1: x\n", [(MAJOR, "a.py", 1, "x")]),
    "hidden text": ("a.py:1: x\u202ey\u2066\n", [(MAJOR, "a.py", 1, "xy")]),
    "syntax error": (
        "*** Error compiling './a.py'...\n  File \"./a.py\", line 1\n    x = \n        ^\n"
        "SyntaxError: invalid syntax\n\n",
        [(MAJOR, "a.py", 1, "Traceback: SyntaxError: invalid syntax")],
    ),
    "traceback": (
        'Traceback (most recent call last):\n  File "a.py", line 7, in f\n    g()\n'
        '  File "/usr/lib/x.py", line 9, in g\n    1/0\nmy.Oops: sad\na.py:1: after\n',
        [(MAJOR, "a.py", 7, "Traceback: my.Oops: sad"), (MAJOR, "a.py", 1, "after")],
    ),
    "pytest without a summary": (
        "=== FAILURES ===\n____ test_x ____\n\n    def test_x():\n>       assert 0\n"
        "E       assert 0\n\ntests/test_a.py:2: AssertionError\n=== 1 failed ===\n",
        [(MAJOR, "tests/test_a.py", 2, "test_x: assert 0")],
    ),
    "pytest, summary only": (
        "FAILED tests/test_a.py::test_x - assert 0\n1 failed in 0.1s\n",
        [(MAJOR, "tests/test_a.py", None, "test_x: assert 0")],
    ),
    "an ERROR that is no test": ("ERROR: No match\na.py:1: x\n", [(MAJOR, "a.py", 1, "x")]),
}


@pytest.mark.parametrize(("output", "expected"), CASES.values(), ids=CASES.keys())
def test_what_tools_print(output, expected):
    assert read(output) == expected


def test_the_folder_it_ran_in_is_cut_away():
    assert read("/tmp/x/a.py:1: in /tmp/x/b and /tmp/x\n", root="/tmp/x") == [  # noqa: S108
        (MAJOR, "a.py", 1, "in b and .")
    ]


def test_many_findings_are_bounded_and_majors_come_first():
    lines = ["a.py:1: warning: w\n", *(f"a.py:{n}: error {n}\n" for n in range(2, 500))]
    found = read("".join(lines))
    assert len(found) == MAX_FINDINGS
    assert found[0] == (MAJOR, "a.py", 2, "error 2")
    assert found[-1][3] == "There are 480 more findings like these."


def test_a_long_output_is_its_end():
    ((_, path, _, message),) = read("\n".join(f"line {n}" for n in range(100_000)))
    assert path is None
    assert message.endswith("line 99999")
    assert message.startswith("... line ")
    assert len(message) <= MAX_TAIL + 4


LINES = st.sampled_from(
    [
        *("a.py:1: x", "a.py:1:2: error: y", " --> a.py:3:1", "=" * 70, "-" * 70, "FAIL: t (m.T)"),
        *("Traceback (most recent call last):", '  File "a.py", line 3, in f', "ValueError: x", ""),
        *("____ test_x ____", "E   assert 0", "FAILED tests/test_a.py::test_x - no", "Ran 3 tests"),
        *("=== short test summary info ===", "\x1b[31mred\x1b[0m", "\x1b]x", "a.py:999999999: z"),
    ]
)


@given(st.one_of(st.binary(), st.lists(st.one_of(LINES, st.text())).map("\n".join)))
def test_no_output_breaks_it(output):
    found = parse(
        output if isinstance(output, bytes) else output.encode("utf-8", "surrogatepass"),
        GateCategory.TEST,
        FILES.__contains__,
        "/tmp/x",  # noqa: S108
    )
    assert 1 <= len(found) <= MAX_FINDINGS
    assert any(f.severity is MAJOR for f in found)
    for finding in found:
        assert finding.message
        assert len(finding.message) <= MAX_TAIL + 4
        assert finding.path is None or finding.path in FILES
        assert "\x1b" not in str(astuple(finding))


@pytest.mark.parametrize(
    "line", ["=" * 2000 + "x", "_" * 2000, "a:" * 1000, " " * 2000 + "-->", "= " * 1000]
)
def test_long_odd_lines_are_read_in_reasonable_time(line):
    read("\n".join([line] * 30))
