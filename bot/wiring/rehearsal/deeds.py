"""A record as a list of deeds: every effect in its order, and how each iteration ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from bot.domain.effects import Create, Receipt
from bot.domain.journal import Segment
from bot.domain.outputs import ExecuteOutput, IntegrateOutput
from bot.domain.run import IterationRecord, RunState
from bot.rules.comparing import Deed, plain, plain_key
from bot.state.codec import JsonCodec
from bot.wiring.recorded import Recorded

_LEFT_OUT = ("key", "head_sha")
"""Fields of an effect that its deed names otherwise, or that differ from run to run."""


def deeds(found: Recorded) -> list[Deed]:
    """Return what a run did, in order."""
    paths = found.paths()
    codec = JsonCodec()
    journal = [p for p in paths if p.startswith("journal/")]
    segments = [
        (int(path.split("/")[1]), codec.decode(Segment, content))
        for path, content in zip(journal, found.contents(journal), strict=True)
    ]
    intents = {i.key: i.effect for _, s in segments for i in s.intents}
    done: list[Deed] = []
    for iteration in sorted({n for n, _ in segments} | _iterations(paths)):
        for number, segment in segments:
            if number == iteration:
                done += [_deed(iteration, r, intents.get(r.key)) for r in segment.receipts]
        done += _end(found, paths, iteration)
    return [*done, _standing(found)]


def _iterations(paths: tuple[str, ...]) -> set[int]:
    return {int(p.split("/")[1]) for p in paths if p.startswith("iterations/")}


def _deed(iteration: int, receipt: Receipt, effect: Create | None) -> Deed:
    says = [("outcome", receipt.outcome.value), ("note", plain(receipt.note))]
    if receipt.key.startswith(("item/", "pr/")):
        says.append(("number", str(receipt.number)))
    if effect is not None:
        says.append(("kind", type(effect).__name__))
        for field in dataclasses.fields(effect):
            if field.name not in _LEFT_OUT:
                says.append((field.name, plain(str(getattr(effect, field.name)))))
    return Deed(iteration, plain_key(receipt.key), tuple(says))


def _end(found: Recorded, paths: tuple[str, ...], iteration: int) -> Iterator[Deed]:
    """Yield what the phases of an iteration came to, as far as it came."""
    codec, start = JsonCodec(), f"iterations/{iteration:04}"

    def at(name: str) -> bytes | None:
        path = f"{start}/{name}.json"
        return found.contents([path])[0] if path in paths else None

    if content := at("execute"):
        for report in codec.decode(ExecuteOutput, content).reports:
            yield Deed(iteration, f"attempt at #{report.assignment.lead}", (
                ("outcome", report.outcome.value),
                ("rounds", str(report.rounds)),
                ("summary", plain(report.question or report.summary)),
                ("touched", ", ".join(report.touched)),
            ))  # fmt: skip
    if content := at("integrate"):
        output = codec.decode(IntegrateOutput, content)
        for train in output.reports:
            says = (("outcome", train.outcome.value), ("note", plain(train.note)))
            yield Deed(iteration, f"train with #{train.pull_request}", says)
        yield Deed(iteration, "integrated", (("tree", output.base_tree),))
    if content := at("record"):
        line = codec.decode(IterationRecord, content)
        yield Deed(iteration, "end", (
            ("decision", f"{line.decision.value} by {line.by}"),
            ("reason", plain(line.reason)),
            ("refusals", "\n".join(line.refusals)),
            ("merged", ", ".join(f"#{n}" for n in line.merged)),
            ("verdict", str(line.verdict_met)),
            ("standing", line.standing.value),
        ))  # fmt: skip


def _standing(found: Recorded) -> Deed:
    state = JsonCodec().decode(RunState, found.contents(["state.json"])[0])
    says = (("standing", state.standing.value), ("reason", plain(state.reason)))
    return Deed(state.iteration, "stands", says)
