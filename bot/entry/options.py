"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def repo_option(function: F) -> F:
    """`--repo PATH`: which checkout."""
    return click.option(
        "--repo",
        type=click.Path(path_type=Path),
        default=Path(),
        help="A git checkout or bare repository; the current folder by default.",
    )(function)


def milestone_option(function: F) -> F:
    """`--milestone N`: which spec."""
    return click.option(
        "--milestone",
        type=click.IntRange(min=1),
        default=None,
        metavar="N",
        help="Number of the spec issue; the latest by default.",
    )(function)


def json_option(function: F) -> F:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(
        function
    )
