"""Git pushes and state commits of one iteration."""

from __future__ import annotations

from collections.abc import Iterator

from bench.agents import InstantAgent
from bench.figures import Effort, Figure
from bench.recording import Command, Recorder
from bench.town import Town, house_with
from bot.loop.iteration import iterate


def measure(effort: Effort) -> Iterator[Figure]:
    """Count the commands of iterations with one and with eight items."""
    for items in (1, 8):
        state, branches, commits, others = [], [], [], []
        for _ in effort.runs(3, f"pushes with {items} items"):
            commands = [c for c in _commands(effort, items) if "git" in c.argv[0]]
            pushes = [c for c in commands if "push" in c.argv]
            state.append(sum("refs/specloop/" in c.argv[-1] for c in pushes))
            branches.append(len(pushes) - state[-1])
            commits.append(sum("fast-import" in c.argv for c in commands))
            others.append(len(commands))
        of = f"an iteration with {items} item{'s' if items > 1 else ''}"
        bound = "lower bound 2: intent before, result after"
        yield Figure(f"pushes of the record in {of}", "", tuple(state), bound)
        yield Figure(
            f"pushes of branches in {of}", "", tuple(branches), "one for each Executor's round"
        )
        yield Figure(f"state commits in {of}", "", tuple(commits), "one `git fast-import` each")
        yield Figure(f"git commands in {of}", "", tuple(others), "all of the above included")


def _commands(effort: Effort, items: int) -> list[Command]:
    with effort.folder() as folder:
        town = Town(folder, items=items)
        with town.served() as endpoint:
            site = town.begin(endpoint)
            recorder = Recorder(town.world.hub / "requests.jsonl")
            with recorder.watching(), house_with(site, InstantAgent(items), recorder) as house:
                iterate(house)
                return list(recorder.commands())
