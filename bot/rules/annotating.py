"""Red findings as annotations of a workflow run: the commands that a runner hears in a job's log.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.findings import Finding, GateReport, Severity

MOST = 10
"""Errors, and warnings, that GitHub shows of one step; it drops what is beyond."""


def annotated(judged: Iterable[tuple[str, GateReport]]) -> list[str]:
    """Return a command for each finding of red gates: ten errors and ten warnings at most.

    Each report comes with the name of what was judged, such as `#12`. The same finding in a
    head and in what it lands as is told once. Errors come first.
    """
    kinds: dict[str, dict[tuple[str, Finding], str]] = {"error": {}, "warning": {}}
    for subject, report in judged:
        for gate, finding in _red(report):
            kind = "error" if finding.severity is Severity.MAJOR else "warning"
            kinds[kind].setdefault((gate, finding), subject)
    return [
        _command(kind, f"{subject} gate {gate}", finding)
        for kind, found in kinds.items()
        for (gate, finding), subject in list(found.items())[:MOST]
    ]


def _red(report: GateReport) -> Iterator[tuple[str, Finding]]:
    for result in report.results:
        if not result.passed:
            yield from ((result.gate, finding) for finding in result.findings)


def _command(kind: str, title: str, finding: Finding) -> str:
    fields = {"file": finding.path or "", "title": title}
    if finding.path and finding.line:
        fields["line"] = str(finding.line)
    told = ",".join(f"{name}={escape_property(value)}" for name, value in fields.items() if value)
    return f"::{kind} {told}::{escape_data(finding.message)}"


def escape_data(text: str) -> str:
    """Return a command's message as GitHub's toolkit escapes it: always one line.

    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    # What UTF-8 cannot carry (half of a surrogate pair) could not be printed.
    carried = text.encode("utf-8", "replace").decode()
    return carried.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return a command's property as GitHub's toolkit escapes it; it ends neither field nor head.

    Source as for `escape_data`.
    """
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")
