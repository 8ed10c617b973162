"""The command `npr` itself, and what its commands share: messages, progress, JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from npr.factory.build import Noted

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Briefings on the next production revolution: every number traceable, in Swedish and English.",
)  # fmt: skip


@app.callback()
def options(
    home: Annotated[str | None, typer.Option(help="The workspace; else NPR_HOME, else the nearest one above.")] = None,
    debug: Annotated[bool, typer.Option(help="Show the traceback of an error.")] = False,
) -> None:
    """Read what stands before the command."""
    if home:
        os.environ["NPR_HOME"] = home
    if debug:
        os.environ["NPR_DEBUG"] = "1"


def number_of(variable: str, default: float) -> float:
    """Read a number from the environment; what is none is the default."""
    try:
        return max(0.0, float(os.environ.get(variable, default)))
    except ValueError:
        return default


def lines(done: int, total: int, line: str) -> None:
    """Print what was done, a line each."""
    if line:
        say(f"  {done}/{total}  {line}")


def bar() -> Noted:
    """Give a bar for a terminal: how much is done, of how much, how long it will take, and what was done last."""
    bar: Any = None

    def noted(done: int, total: int, line: str) -> None:
        nonlocal bar
        if bar is None:
            bar = typer.progressbar(length=total, show_pos=True, file=sys.stderr)
        bar.label = line
        bar.update(1 if done else 0)
        bar.render_progress()
        if done == total:
            bar.render_finish()

    return noted


def say(text: str) -> None:
    """Say something to the person who runs the command."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - messages to people go to standard error


def print_json(content: Any) -> None:
    """Print a result as one JSON document."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1, default=str))
