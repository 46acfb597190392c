"""Which settings hold on a laptop: the base branch's file, then what was chosen at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.errors import UserError
from bot.domain.findings import Gate, GateCategory
from bot.domain.settings import MergePolicy, PlanApproval, Settings
from bot.wiring.configuration import PATH, parse_configuration
from bot.wiring.register import Choices


def settle(
    configuration: bytes | None, choices: Choices, detect: Callable[[], tuple[Gate, ...]]
) -> Settings:
    """Return the settings in force. Raises UserError when no gate is known or the file is wrong.

    `detect` finds gates to fall back on when neither options nor file name any. On a laptop
    the person merges the result branch themselves, so inside the copy green gates suffice unless
    they chose otherwise.
    """
    settings, named = parse_configuration(configuration)
    gates = settings.gates
    if choices.gates:
        gates = tuple(Gate(name, argv, GateCategory.CUSTOM) for name, argv in choices.gates)
    gates = gates or detect()
    if not gates:
        raise UserError(
            "No gate is known, so nothing could be told good or bad: name a command with "
            f"`--gate 'make test'`, or write `gates:` into {PATH} and commit it."
        )
    limits = settings.limits
    if choices.executors is not None:
        limits = replace(limits, executors=choices.executors)
    if choices.iterations is not None:
        limits = replace(limits, iterations=choices.iterations)
    return replace(
        settings,
        gates=tuple(replace(gate, network=settings.network) for gate in gates),
        limits=limits,
        # A run on a laptop costs and lasts what was asked for: one more pull request was not.
        writer=settings.writer and (choices.configured or "writer" in named),
        merge=settings.merge if choices.configured else MergePolicy(choices.merge),
        approve_plan=settings.approve_plan
        if choices.configured
        else PlanApproval(choices.approve_plan),
    )
