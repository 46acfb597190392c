"""What a role's prompt may name: the values that each kind of role is given, with examples.

Roles are tried with these examples when they are read, so that a name which nobody gives is told
with file and line, and not in the middle of a run.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.agents import RoleKind

Values = dict[str, object]

_FINDING = {
    "severity": "major",
    "gate": "tests",
    "category": "test",
    "message": "1 failed",
    "path": "src/a.py",
    "line": 3,
}
_ITEM = {
    "number": 7,
    "key": "parse",
    "title": "Parse intervals",
    "description": "Read `1-3`.",
    "kind": "work",
    "priority": "high",
    "category": "edge-case",
    "status": "open",
}

SHARED: Values = {
    "repository": {
        "languages": ["Python"],
        "folders": ["src/", "tests/"],
        "gates": [{"name": "tests", "command": "python3 -m unittest"}],
        "instructions": [{"path": "AGENTS.md", "text": "Write tests first."}],
    },
    "spec": {"title": "Intervals", "body": "Parse `1-3`."},
    "learnings": ["Tests run with unittest."],
}
"""What all invocations of a milestone have in common."""

_ALWAYS: Values = {
    "iteration": 1,
    "subject": "parse",
    "attempt": 1,
    "round": 1,
    "left_out": {"tree": 3},
}
_WORK: Values = {
    "items": [_ITEM],
    "places": ["src/a.py:3-9 parse"],
    "discussion": ["mary on #7: use the en dash"],
    "errand": "start",
    "notes": ["mary wrote: smaller"],
    "conflicts": ["src/a.py"],
    "max_rounds": 3,
    "findings": [_FINDING],
    "learnings_more": ["The parser is in src/a.py."],
    "branch": "specloop/1/7/1",
    "base": "4f2c1d0",
}

GIVEN: Mapping[RoleKind, Values] = {
    RoleKind.PLANNER: {
        "items": [
            {**_ITEM, "depends_on": [3], "waiting_for": [3], "blocked_reason": "", "attempts": 1}
        ],
        "closed": {"done": 12},
        "verdict": {
            "met": False,
            "rationale": "One criterion does not hold.",
            "criteria": [{"criterion": "It parses", "met": False, "gap": "no dash"}],
            "gaps": ["It parses: no dash"],
            "commit": "4f2c1d0",
        },
        "taught": ["Use the en dash."],
        "inbox": ["The parser is in src/a.py."],
        "input": ["mary wrote: begin with the parser"],
        "discovered": ["#7: there is a second parser"],
        "failures": ["The attempt at #7 ended failed: 1 failed"],
        "history": [
            {
                "number": 1,
                "decision": "CONTINUE",
                "reason": "It begins.",
                "merged": [8],
                "verdict_met": False,
            }
        ],
        "refused_done": ["#7 is open and has high priority."],
        "tree": ["src/a.py"],
        "places": ["src/a.py:3-9 parse"],
        "base_green": False,
        "base_findings": ["1 failed"],
        "limits": {"iterations": 10, "items": 12},
        **_ALWAYS,
    },
    RoleKind.EXECUTOR: {**_WORK, **_ALWAYS},
    RoleKind.WRITER: {**_WORK, **_ALWAYS},
    RoleKind.VERIFIER: {
        "commit": "4f2c1d0",
        "tree": ["src/a.py"],
        "gates": [{"name": "tests", "passed": True}],
        "learnings_more": ["The parser is in src/a.py."],
        **_ALWAYS,
    },
    RoleKind.SPECIALIST: {
        "commit": "4f2c1d0",
        "tree": ["src/a.py"],
        "gates": [{"name": "tests", "passed": True}],
        "changed": ["src/a.py"],
        "items": [_ITEM],
        "max_feedback": 5,
        "learnings_more": ["The parser is in src/a.py."],
        **_ALWAYS,
    },
}
"""What an invocation of each kind is given beside what is shared."""
