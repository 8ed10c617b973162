"""The command line: one command `npr`, in the order of the line."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npr.errors import NprError, UsageError

if TYPE_CHECKING:
    from npr.catalogue import Catalogue
    from npr.factory.build import Noted
    from npr.factory.plan import Target

FORMATS = ("html", "pdf")
INTERRUPTED = 130  # what Typer makes of Ctrl-C
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


@app.command()
def build(
    briefings: Annotated[list[str] | None, typer.Argument(help="Briefings by id; none means all.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="OECD member, such as SWE; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="sv or en; may be repeated.")] = None,
    format: Annotated[list[str] | None, typer.Option(help="html or pdf; may be repeated.")] = None,  # noqa: A002
    edition: Annotated[str | None, typer.Option(help="The edition of the figures; else the newest.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, a parameter of the notebook.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many briefings at a time.")] = os.cpu_count() or 1,
    reports: Annotated[Path | None, typer.Option(help="Where the files go; else reports/ of the workspace.")] = None,
    force: Annotated[bool, typer.Option(help="Build also what is fresh.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Render the briefings that are stale."""
    from npr.catalogue import load_catalogue
    from npr.factory.build import Builder
    from npr.workspace import find_workspace

    folder = find_workspace()
    catalogue = load_catalogue(folder)
    targets = _targets(
        folder, catalogue, briefings or [], country or [], language or [], format or list(FORMATS), edition, param or []
    )
    out = (reports or folder / "reports").resolve()
    signal.signal(signal.SIGTERM, _interrupt)
    noted = _bar() if sys.stderr.isatty() else None
    outcome = Builder(folder, out, catalogue, _say, noted).build(targets, jobs=jobs, force=force)
    for _, told, _ in outcome.failures:
        _say(f"\n{told}")
    if as_json:
        failures = [{"name": name, "message": told, "exit_code": code} for name, told, code in outcome.failures]
        _print_json({"built": outcome.built, "fresh": outcome.fresh, "failures": failures})
    built, fresh, failed = len(outcome.built), len(outcome.fresh), len(outcome.failures)
    _say(f"{built} files built, {fresh} fresh, {failed} briefings failed. See {out / 'index.html'}")
    raise typer.Exit(outcome.exit_code)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show editions, their vintages with age, and for each built briefing whether it is fresh."""
    from npr.catalogue import load_catalogue
    from npr.factory.status import show_status, workspace_status
    from npr.workspace import find_workspace

    folder = find_workspace()
    told = workspace_status(folder, folder / "reports", load_catalogue(folder))
    if as_json:
        _print_json(told)
    else:
        typer.echo(show_status(told))


@app.command()
def trace(
    file: Annotated[Path, typer.Argument(help="A rendered HTML page, or an executed notebook.")],
    number: Annotated[str | None, typer.Argument(help="Only numbers printed like this.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show where the numbers of a rendered briefing come from."""
    from npr.publish.trace import read_trace, show_trace

    records = read_trace(file)
    if number:
        wanted = number.replace(" ", "\u00a0").strip()
        records = [one for one in records if wanted in one["text"]]
        if not records:
            raise UsageError(
                f"{file} prints no number like {number!r}", todo="Leave the number out to see all of them."
            )
    if as_json:
        _print_json(records)
    else:
        typer.echo(show_trace(records))


@app.command()
def check() -> None:
    """Check every declaration, text, notebook and vintage; list all faults at once."""
    from npr.factory.check import check_workspace
    from npr.workspace import find_workspace

    typer.echo(check_workspace(find_workspace()))


def main() -> None:
    """Run the command line; end with the exit code of what happened."""
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            _say("Interrupted. Nothing half-written was left.")
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


def _targets(
    home: Path,
    catalogue: Catalogue,
    names: list[str],
    countries: list[str],
    languages: list[str],
    formats: list[str],
    edition: str | None,
    given: list[str],
) -> list[Target]:
    """Make the list of what to build; every parameter is checked here, before any kernel starts."""
    from npr.factory.parameters import check as check_parameters
    from npr.factory.parameters import declared, require_country
    from npr.factory.plan import Target
    from npr.vintages.editions import load_edition, newest_edition

    _check_formats(formats)
    pairs = _pairs(given)
    for name, options in (("country", countries), ("language", languages), ("edition", [edition] if edition else [])):
        if name in pairs and options and set(options) != {pairs[name]}:
            raise UsageError(
                f"The {name} is given twice",
                expected=f"--{name} or --param {name}=, not both",
                found=f"{', '.join(options)} and {pairs[name]}",
                kept="No kernel was started.",
                todo=f"Leave one of them out; --{name} may be repeated." if name != "edition" else "Leave one out.",
            )
    chosen = [catalogue.briefing(name) for name in dict.fromkeys(names)] or list(catalogue.briefings.values())
    named = pairs.pop("edition", edition or "")
    lock = load_edition(home, named) if named else newest_edition(home)
    for code in countries:
        require_country(catalogue, code)
    targets = []
    for briefing in chosen:
        known = declared(home / briefing.notebook, briefing.notebook)
        extra = check_parameters(pairs, known, catalogue)
        for code in [extra.pop("country")] if "country" in extra else dict.fromkeys(countries or ["SWE"]):
            for one in [extra["language"]] if "language" in extra else dict.fromkeys(languages or ["sv", "en"]):
                spoken = check_parameters({"language": one}, known, catalogue)["language"]
                parameters = {**extra, "country": code, "language": spoken, "edition": lock.id}
                targets.append(Target(briefing, code, spoken, lock.id, parameters, tuple(dict.fromkeys(formats))))
    return targets


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise UsageError(
                f"Parameter {one!r} is no pair", expected="KEY=VALUE", found=one, todo="Write --param country=NOR."
            )
        pairs[name] = value
    return pairs


def _check_formats(formats: list[str]) -> None:
    for one in formats:
        if one not in FORMATS:
            raise UsageError(
                f"Format {one!r} cannot be made",
                expected=" or ".join(FORMATS),
                found=one,
                todo="XLSX comes in a later version.",
            )


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _bar() -> Noted:
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


def _fail(error: Exception, told: str, code: int) -> None:
    if os.environ.get("NPR_DEBUG"):
        _say("".join(traceback.format_exception(error)).rstrip())
    _say(told)
    sys.exit(code)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - messages to people go to standard error


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1, default=str))


if __name__ == "__main__":
    main()
