"""The variables of agent files: a fixed list, so that a misspelt one is found when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

VARIABLES = {
    "prompt_file": "the file that holds the whole prompt",
    "prompt": "the prompt itself, or where to read it when it is too long for an argument",
    "result_file": "the file that the agent writes its answer to",
    "folder": "the folder it works in",
    "role": "who it answers for, say `executor`",
    "item": "the item's key; empty for roles without one",
    "iteration": "the iteration's number",
    "attempt": "the attempt's number",
    "round": "the round's number",
    "model": "the model that was chosen; empty when none was",
    "broker_url": "where the provider's API is, as the agent sees it",
    "pass": "what stands for the key there; worth nothing elsewhere",
    "log_file": "a file for the agent's own log, kept with the conversation's",
}
_VARIABLE = re.compile(r"\{([A-Za-z_]+)\}")

Part = str | tuple[str, ...]
"""An argument, or several that belong together, say an option and its value."""


def used_in(text: str) -> tuple[str, ...]:
    """Return the names in braces; braces with anything else between them are plain text."""
    return tuple(_VARIABLE.findall(text))


def check(text: str) -> str:
    """Return the text. Raises ValueError when it holds an unknown variable."""
    for name in used_in(text):
        if name not in VARIABLES:
            raise ValueError(f"{{{name}}} is no variable; there are {', '.join(VARIABLES)}")
    return text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every variable's value; what a value holds is not filled again."""
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def fill_arguments(parts: Sequence[Part], values: Mapping[str, str]) -> list[str]:
    """Return the argument list; a group is left out when a variable in it is empty."""
    return list(_arguments(parts, values))


def fill_environment(entries: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return the environment; an entry is left out when a variable in it is empty."""
    return {name: fill(text, values) for name, text in entries.items() if _holds(text, values)}


def _arguments(parts: Sequence[Part], values: Mapping[str, str]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield fill(part, values)
        elif all(_holds(text, values) for text in part):
            yield from (fill(text, values) for text in part)


def _holds(text: str, values: Mapping[str, str]) -> bool:
    return all(values[name] for name in used_in(text))
