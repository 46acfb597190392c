"""The command line: `specloop`. Commands import what they use, when they are used."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

import click

from bot.domain.errors import DiskFull, SpecloopError, UserError, is_no_room

EXIT_STUCK = 1
EXIT_USAGE = 2
EXIT_WAITING = 3
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143

COMMANDS = {
    "demo": ("bot.entry.demo", "Watch the whole loop at work, offline, on a small library."),
    "run": ("bot.entry.run", "Carry a spec on a repository until it is met."),
    "init": ("bot.entry.init", "Lay into a checkout what lets specloop work on GitHub."),
    "doctor": ("bot.entry.doctor", "Look whether a run can begin here, and what is missing."),
    "tick": ("bot.entry.tick", "Run exactly one iteration of a milestone."),
    "status": ("bot.entry.status", "Show where a milestone stands."),
    "log": ("bot.entry.log", "Show what each iteration did."),
    "show": ("bot.entry.show", "Show an item or pull request, or replay a conversation."),
    "rehearse": ("bot.entry.rehearse", "Decide a milestone anew from its recorded answers."),
    "learnings": ("bot.entry.learnings", "Show what agents are told of a repository."),
    "say": ("bot.entry.say", "Comment on the spec (or an item) as the maintainer."),
    "approve": ("bot.entry.approve", "Approve a pull request's present head as the maintainer."),
    "search": ("bot.entry.search", "Search a repository's code as agents do."),
    "hub": ("bot.entry.hub", "Serve a world's embedded GitHub for other clients."),
}

HIDDEN = {"action": "bot.entry.action"}
"""What machines call."""


class _Lazy(click.Group):
    """Loads a command's module when it is called: `status` must not pay for `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        module = COMMANDS[name][0] if name in COMMANDS else HIDDEN.get(name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="specloop")
def group() -> None:
    """Open an issue labelled `spec`; reviewed pull requests arrive until the spec is met.

    On a laptop the same loop runs against an embedded GitHub on loopback: no account, no key.
    """


def main() -> None:
    """Run the command line and exit: 0 done, 1 stuck, 2 a mistake in the call, 3 waiting."""
    try:
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = EXIT_USAGE
    except UserError as error:
        code = _say(str(error), EXIT_USAGE)
    except SpecloopError as error:
        code = _say(str(error), EXIT_STUCK)
    except (click.exceptions.Abort, KeyboardInterrupt) as stop:
        code = _say(
            "Stopped; everything done so far is kept. Run the same command again to go on.",
            _signal_code(stop),
        )
    except BrokenPipeError:
        sys.stderr.close()
        code = EXIT_STUCK
    except OSError as error:
        code = _say(str(DiskFull()) if is_no_room(error) else _unexpected(error), EXIT_STUCK)
    except Exception as error:  # noqa: BLE001 (the last net: a person never sees a traceback)
        code = _say(_unexpected(error), EXIT_STUCK)
    sys.exit(code if isinstance(code, int) else 0)


def _signal_code(stop: BaseException) -> int:
    """Return the exit code of a stop; click hides the signal's own exception behind its Abort."""
    names = {type(e).__name__ for e in (stop, stop.__cause__, stop.__context__)}
    return EXIT_TERMINATED if "Terminated" in names else EXIT_INTERRUPTED


def _say(sentence: str, code: int) -> int:
    click.echo(f"specloop: {sentence}", err=True)
    return code


def _unexpected(error: Exception) -> str:
    import traceback

    from bot.wiring.places import state_home

    kept = state_home() / f"error-{time.strftime('%Y%m%d-%H%M%S')}.log"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("".join(traceback.format_exception(error)))
    except OSError:
        kept = Path("(nowhere: the disk refused it)")
    return (
        f"This is a fault of specloop's own ({type(error).__name__}: {error}). Nothing is lost; "
        f"run again to go on. Details for a report: {kept}"
    )
