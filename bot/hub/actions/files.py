"""Workflow files of a repository's branch, read: name, triggers, inputs, the name of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.hub.errors import Unprocessable
from bot.hub.git.bare import BareRepository
from bot.hub.git.command import run_git
from bot.hub.rules.grants import WORKFLOW_FOLDER

DISPATCH = "workflow_dispatch"


@dataclass(frozen=True)
class WorkflowFile:
    """One file; ``triggers`` are what stands under ``on:`` by event, empty for no settings."""

    path: str
    name: str
    run_name: str
    triggers: Mapping[str, Mapping[str, Any]]

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """What a dispatch may give, by name."""
        return _mapping(self.triggers.get(DISPATCH, {}).get("inputs"))


def workflow_paths(git: BareRepository, commit: str) -> list[str]:
    """Return the workflow files of a commit."""
    _, out = run_git(git.path, "ls-tree", "-z", "--name-only", commit, f"{WORKFLOW_FOLDER}/")
    names = out.decode("utf-8", "replace").split("\0")
    return [name for name in names if name.endswith((".yml", ".yaml"))]


def read_workflow(git: BareRepository, commit: str, path: str) -> WorkflowFile | None:
    """Return a workflow file of a commit, None when it is not there.

    Raises Unprocessable for one that is no workflow; how GitHub words that is not confirmed.
    """
    blob = git.resolve(f"{commit}:{path}")
    if blob is None or git.object_type(blob) != "blob":
        return None
    try:
        content = yaml.safe_load(git.blob(blob))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unprocessable(f"failed to parse workflow: {error}") from error
    if not isinstance(content, dict):
        raise Unprocessable("failed to parse workflow: no mapping")
    name = content.get("name")
    return WorkflowFile(
        path,
        name if isinstance(name, str) and name else path,
        str(content.get("run-name") or ""),
        # YAML 1.1 reads the bare word `on` as true.
        _triggers(content.get("on", content.get(True))),
    )


def _triggers(found: Any) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(found, str):
        return {found: {}}
    if isinstance(found, list):
        return {str(name): {} for name in found}
    # A schedule is a list of times; what it says does not matter here.
    return {str(name): _mapping(value) for name, value in _mapping(found).items()}


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
