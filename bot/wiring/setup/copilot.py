"""Steps that a project already has for another agent, as steps of a composite action.

`copilot-setup-steps.yml` is a workflow with one job of that name:
https://docs.github.com/en/copilot/how-tos/use-copilot-agents/cloud-agent/customize-the-agent-environment
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.domain.errors import UserError

JOB = "copilot-setup-steps"
FILES = tuple(f".github/workflows/{JOB}.{ending}" for ending in ("yml", "yaml"))
# What a composite action's step may say, and the contexts that it has.
# https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
_KEYS = ("name", "id", "if", "uses", "with", "env", "shell", "working-directory", "run",
         "continue-on-error")  # fmt: skip
_FOREIGN = re.compile(r"\$\{\{[^}]*\b(secrets|vars|matrix|needs|strategy)\b")


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps, and what could not be taken over."""

    where: str
    """The workflow's path."""
    yaml: str
    """The list, not indented; empty when nothing is left."""
    left_out: tuple[str, ...]


def read_steps(text: bytes, where: str) -> Steps:
    """Return a workflow's setup steps. Raises UserError when it is no such workflow."""
    try:
        raw = yaml.safe_load(text.decode("utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{where} is not valid YAML ({_first_line(error)}): mend it.") from error
    jobs = raw.get("jobs") if isinstance(raw, dict) else None
    job = jobs.get(JOB) if isinstance(jobs, dict) else None
    steps = job.get("steps") if isinstance(job, dict) else None
    if not isinstance(steps, list) or not all(isinstance(s, dict) for s in steps):
        raise UserError(f"{where} has no job `{JOB}` with a list of steps: mend it.")
    env = job.get("env") if isinstance(job, dict) and isinstance(job.get("env"), dict) else {}
    kept, left_out = [], []
    for step in steps:
        why = _unfit(step)
        if why:
            left_out.append(f"{_called(step)} ({why})")
        else:
            kept.append(_adapted(step, env or {}))
    return Steps(where, _dump(kept), tuple(left_out))


def _unfit(step: Mapping[str, Any]) -> str:
    """Return why a step cannot be taken over; empty when it can."""
    uses = str(step.get("uses", ""))
    if uses.startswith("actions/checkout@"):
        return "the files are there"
    if uses.startswith("actions/cache"):
        return "nothing is kept between runs"
    if not uses and not isinstance(step.get("run"), str):
        return "it neither uses nor runs anything"
    foreign = _FOREIGN.search(_dump([dict(step)]))
    return f"a composite action has no `{foreign[1]}`" if foreign else ""


def _adapted(step: Mapping[str, Any], env: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: step[key] for key in _KEYS if key in step}
    own = made.get("env") if isinstance(made.get("env"), dict) else {}
    if env or own:
        made["env"] = {**env, **(own or {})}
    if isinstance(made.get("with"), dict):
        made["with"] = {k: v for k, v in made["with"].items() if not str(k).startswith("cache")}
        if not made["with"]:
            del made["with"]
    if "run" in made:
        made.setdefault("shell", "bash")
    return made


def _called(step: Mapping[str, Any]) -> str:
    for key in ("name", "uses", "run"):
        if isinstance(step.get(key), str):
            # It stands in a comment of the draft, where a control character would break the YAML.
            told = "".join(c for c in " ".join(str(step[key]).split()) if c.isprintable())
            return told[:60] or "a step"
    return "a step"


class _Blocks(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


def _literal(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Blocks.add_representer(str, _literal)


def _dump(steps: list[dict[str, Any]]) -> str:
    if not steps:
        return ""
    try:
        return yaml.dump(steps, Dumper=_Blocks, sort_keys=False, allow_unicode=True).rstrip("\n")
    except yaml.YAMLError as error:  # a date, a set: YAML knows more than steps may say
        raise UserError(f"A setup step cannot be written as YAML: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
