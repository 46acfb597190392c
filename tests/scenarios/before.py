"""An adapter of which a method is preceded by somebody's deed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.effects import (
    CreatePullRequest,
    Intent,
    React,
    Receipt,
    SetCommitStatus,
    SetEffect,
)
from bot.domain.findings import GateReport


@dataclass
class Before:
    """Acts before pull requests are created, commits get their status or comments a reaction, or
    after gates ran."""

    real: Any
    act: Callable[[], None]
    at: str
    """`create`, `set`, `react` or `run`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def create(self, intents: Sequence[Intent]) -> Sequence[Receipt]:
        pulls = [i for i in intents if isinstance(i.effect, CreatePullRequest)]
        if self.at == "create" and pulls:
            self.act()
        return list(self.real.create(intents))

    def run(self, tree: str, *more: Any) -> GateReport:
        report: GateReport = self.real.run(tree, *more)
        if self.at == "run":
            self.act()
        return report

    def set(self, effects: Sequence[SetEffect]) -> Sequence[Receipt]:
        if self.at == "set" and any(isinstance(e, SetCommitStatus) for e in effects):
            self.act()
        if self.at == "react" and any(isinstance(e, React) for e in effects):
            self.act()
        return list(self.real.set(effects))
