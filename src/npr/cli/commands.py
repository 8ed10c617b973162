"""The commands of `npr`, in the order of the line."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from npr.cli.app import app, bar, lines, number_of, print_json, say
from npr.errors import UsageError


@app.command()
def build(
    briefings: Annotated[list[str] | None, typer.Argument(help="Briefings by id; none means all.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="OECD member, such as SWE; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="sv or en; may be repeated.")] = None,
    format: Annotated[list[str] | None, typer.Option(help="html, pdf or xlsx; may be repeated.")] = None,  # noqa: A002
    edition: Annotated[str | None, typer.Option(help="The edition of the figures; else the newest.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, a parameter of the notebook.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many briefings at a time.")] = os.cpu_count() or 1,
    engine: Annotated[str, typer.Option(help="fast (forked copies), kernel (stock Jupyter) or dask.")] = "fast",
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, tcp://...; else one on this machine.")
    ] = None,
    reports: Annotated[str | None, typer.Option(help="A folder or address for the files; else reports/.")] = None,
    force: Annotated[bool, typer.Option(help="Build also what is fresh.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Render the briefings that are stale."""
    from npr.factory.interrupts import listen
    from npr.factory.places import Place
    from npr.factory.pools import open_pool
    from npr.workspace import find_workspace

    listen()
    folder = find_workspace()
    out = Place(reports or folder / "reports")
    with closing(open_pool(engine, jobs, scheduler)) as pool:
        if force or out.lags_behind(folder / "notebooks"):
            pool.start(runs=True, renders=False)  # while the rest is imported and planned
        from npr.catalogue import load_catalogue
        from npr.factory.build import Builder
        from npr.factory.failures import as_json as told_as_json
        from npr.factory.failures import count
        from npr.factory.limits import limits_of
        from npr.factory.targets import choose_targets

        catalogue = load_catalogue(folder)
        chosen = choose_targets(
            folder, catalogue, briefings or [], country or [], language or [], format or [], edition, param or []
        )
        noted = bar() if sys.stderr.isatty() else None
        limits = limits_of(number_of("NPR_CELL_SECONDS", 0), number_of("NPR_MEMORY_GB", 0))
        builder = Builder(folder, out, catalogue, say, noted, limits, engine)
        outcome = builder.build(chosen.targets, pool, force=force, failed=chosen.failures)
    for one in outcome.failures:
        say(f"\n{one.message()}")
    if as_json:
        failures = told_as_json(outcome.failures)
        print_json({"built": outcome.built, "fresh": outcome.fresh, "failures": failures})
    built, fresh, failed = len(outcome.built), len(outcome.fresh), count(len(outcome.failures), "briefing")
    say(f"{built} files built, {fresh} fresh, {failed} failed. See {out.shown}/index.html")
    raise typer.Exit(outcome.exit_code)


@app.command()
def why(
    briefing: Annotated[str, typer.Argument(help="A briefing by id.")],
    country: Annotated[str, typer.Option(help="OECD member.")] = "SWE",
    language: Annotated[list[str] | None, typer.Option(help="sv or en; else both.")] = None,
    format: Annotated[list[str] | None, typer.Option(help="html, pdf or xlsx; else all.")] = None,  # noqa: A002
    edition: Annotated[str | None, typer.Option(help="The edition of the figures; else the newest.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, a parameter of the notebook.")] = None,
    reports: Annotated[str | None, typer.Option(help="Where the files are; else reports/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what a briefing's key is made of, and what changed since it was built."""
    from npr.catalogue import load_catalogue
    from npr.factory.places import Place
    from npr.factory.targets import choose_targets
    from npr.factory.why import explain, show
    from npr.workspace import find_workspace

    folder = find_workspace()
    catalogue = load_catalogue(folder)
    chosen = choose_targets(
        folder, catalogue, [briefing], [country], language or [], format or [], edition, param or []
    )
    for one in chosen.failures:
        say(one.message())
    told = explain(folder, Place(reports or folder / "reports"), catalogue, chosen.targets)
    if as_json:
        print_json(told)
    else:
        typer.echo(show(told))
    raise typer.Exit(min((one.exit_code for one in chosen.failures), default=0))


@app.command()
def fetch(
    indicators: Annotated[list[str] | None, typer.Argument(help="Indicators by id; none means all of OECD.")] = None,
    root: Annotated[list[str] | None, typer.Option(help="NAME=URL, another address of a root.")] = None,
    offline: Annotated[bool, typer.Option(help="Ask nobody; mark the newest vintages as not confirmed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Take new vintages from OECD; unchanged ones only get a "checked" line."""
    from npr.catalogue import load_catalogue
    from npr.factory.interrupts import listen
    from npr.oecd.addresses import roots_with
    from npr.oecd.client import Client
    from npr.oecd.quota import Quota
    from npr.refresh.fetch import Fetch
    from npr.refresh.outcomes import show_outcomes
    from npr.workspace import find_workspace

    listen()
    folder = find_workspace()
    roots = roots_with(root or [])
    client = Client(quota=Quota(say=say), say=say, scale=number_of("NPR_OECD_PAUSES", 1.0))
    noted = bar() if sys.stderr.isatty() else lines
    refresh = Fetch(folder, load_catalogue(folder), client, roots, noted=noted)
    with closing(client):
        outcomes = refresh.run(indicators or [], offline=offline)
    for told in dict.fromkeys(error.message() for error in refresh.errors):
        say(f"\n{told}")
    if as_json:
        print_json([vars(one) for one in outcomes])
    say(show_outcomes(outcomes))
    absent = indicators and any(one.state == "none" for one in outcomes)  # asked for by name, and not there
    raise typer.Exit(max((error.exit_code for error in refresh.errors), default=4 if absent else 0))


edition_app = typer.Typer(no_args_is_help=True, help="Freeze the newest vintages into an edition, or list editions.")
app.add_typer(edition_app, name="edition")


@edition_app.command("new")
def edition_new(
    name: Annotated[str, typer.Argument(help="What the edition is called, such as 2026-11.")],
    like: Annotated[str | None, typer.Option("--from", help="Hold only the indicators of this edition.")] = None,
) -> None:
    """Freeze the newest vintages into a lock file."""
    from datetime import date

    from npr.catalogue import load_catalogue
    from npr.vintages.freezing import freeze_newest
    from npr.workspace import find_workspace

    folder = find_workspace()
    edition = freeze_newest(folder, load_catalogue(folder), name, on=date.today(), like=like)
    old = sum(lock.stale is not None for lock in edition.vintages.values())
    stale = f"; {old} of them not confirmed by their source of late" if old else ""
    say(f"Edition {edition.id}: {len(edition.vintages)} vintages in data/editions/{edition.id}.yml{stale}")


@edition_app.command("list")
def edition_list() -> None:
    """List the editions, oldest first."""
    from npr.vintages.editions import list_editions
    from npr.workspace import find_workspace

    for one in list_editions(find_workspace()):
        typer.echo(f"{one.id:<16} {one.frozen}  {len(one.vintages):>4} vintages  {one.title.en}")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="An edition, or a vintage by 12 digits of its hash.")],
    new: Annotated[str, typer.Argument(help="An edition, or a vintage by 12 digits of its hash.")],
    indicator: Annotated[list[str] | None, typer.Option(help="Only these; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what changed between two editions or two vintages."""
    from npr.vintages.compare_editions import as_json as everything
    from npr.vintages.compare_editions import compare, told
    from npr.workspace import find_workspace

    compared = compare(find_workspace(), old, new, indicator or [])
    if as_json:
        print_json(everything(compared))
    else:
        typer.echo(told(compared))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Show editions, their vintages with age, and for each built briefing whether it is fresh."""
    from npr.catalogue import load_catalogue
    from npr.factory.places import Place
    from npr.factory.status import show_status, workspace_status
    from npr.workspace import find_workspace

    folder = find_workspace()
    told = workspace_status(folder, Place(folder / "reports"), load_catalogue(folder))
    if as_json:
        print_json(told)
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
        print_json(records)
    else:
        typer.echo(show_trace(records))


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="What to find; every word must be there, inflected or not.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="sv or en, to show; else the one that matches best.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find briefings, indicators, terms, demands, instruments, facts and references by words."""
    from npr.search.show import open_index, show_hits, show_nothing
    from npr.workspace import find_workspace

    index, asked = open_index(find_workspace()), " ".join(words)
    hits = index.search(asked, kinds=kind, language=language, limit=limit)
    if as_json:
        print_json([vars(one) for one in hits])
    else:
        typer.echo(show_hits(hits) if hits else show_nothing(index, asked, kind or []))


@app.command()
def check() -> None:
    """Check every declaration, text, notebook and vintage; list all faults at once."""
    from npr.factory.check import check_workspace
    from npr.workspace import find_workspace

    line, review = check_workspace(find_workspace())
    if review:
        say(f"To review, {len(review)} comparisons:\n" + "\n".join(f"  {one}" for one in review))
    typer.echo(line)


@app.command()
def references() -> None:
    """Print every publication that the evidence cites, as CSL-JSON (for Zotero, Pandoc or citeproc)."""
    from npr.catalogue import load_catalogue
    from npr.catalogue.csl import csl_items
    from npr.catalogue.evidence import load_evidence
    from npr.workspace import find_workspace

    home = find_workspace()
    print_json(csl_items(load_evidence(home, load_catalogue(home)).references.values()))
