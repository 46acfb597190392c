"""The environment under which ``git receive-pack`` runs the hub's one hook."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.hub.git import protected_push

_SCRIPT = '#!/bin/sh\nexec "$HUB_PYTHON" -I "$HUB_HOOK"\n'


@dataclass(frozen=True)
class PushRules:
    """What a push must heed: the rules of branches by full ref name, and the words that refuse a
    change of the workflow file ``{file}``, empty where it is allowed.
    """

    branches: Mapping[str, Mapping[str, Any]]
    on_workflows: str = ""


def hook_environment(folder: Path, rules: PushRules) -> dict[str, str]:
    """Return what lets a push meet its rules; empty without any.

    ``folder`` is made and filled; the repository's own configuration still forbids every hook.
    """
    if not rules.branches and not rules.on_workflows:
        return {}
    hook = folder / "proc-receive"
    if not hook.exists():
        folder.mkdir(exist_ok=True)
        draft = folder / f".draft.{os.getpid()}"
        draft.write_text(_SCRIPT, "utf-8")
        draft.chmod(0o700)
        draft.replace(hook)
    settings = [("core.hooksPath", str(folder))]
    met = ("refs",) if rules.on_workflows else tuple(rules.branches)
    settings += [("receive.procReceiveRefs", name) for name in met]
    environment = {
        "HUB_PYTHON": sys.executable,
        "HUB_HOOK": str(protected_push.__file__),
        "HUB_PROTECTED": json.dumps(rules.branches),
        "HUB_ON_WORKFLOWS": rules.on_workflows,
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for number, (key, value) in enumerate(settings):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return environment
