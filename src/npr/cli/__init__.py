"""The command line: one command `npr`, in the order of the line."""

from __future__ import annotations

import os
import sys
import traceback

from npr.cli import commands, outlook  # noqa: F401 - each module adds its commands to the app
from npr.cli.app import app, say
from npr.errors import NprError

__all__ = ["app", "main"]
INTERRUPTED = 130  # what Typer makes of Ctrl-C


def main() -> None:
    """Run the command line; end with the exit code of what happened."""
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            say("Interrupted. Nothing half-written was left.")
        sys.exit(code)
    except NprError as error:
        _fail(error, error.message(), error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # what click calls wrong usage
            _fail(error, f"{error.format_message()}\nSee `npr --help`.", 2)
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        _fail(error, f"A fault of npr itself: {told}.\nRun the command again as `npr --debug ...` and report it.", 1)


def _fail(error: Exception, told: str, code: int) -> None:
    if os.environ.get("NPR_DEBUG"):
        say("".join(traceback.format_exception(error)).rstrip())
    say(told)
    sys.exit(code)
