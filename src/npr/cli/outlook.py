"""The commands that look ahead, and back at how good that was: `npr scenarios`, `npr backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from npr.cli.app import app, print_json, say


@app.command()
def scenarios(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="By id; none means all.")] = None,
    country: Annotated[list[str] | None, typer.Option(help="OECD member, such as SWE; may be repeated.")] = None,
    horizon: Annotated[int, typer.Option(help="How many years ahead of the edition.")] = 10,
    chosen: Annotated[str | None, typer.Option("--set", help="The set of scenarios; else the only one.")] = None,
    edition: Annotated[str | None, typer.Option(help="The edition of the figures; else the newest.")] = None,
    export: Annotated[Path | None, typer.Option(help="Write to this file, .csv or .xlsx, in IAMC's long form.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the scenarios: the baseline's bands, and each scenario's path beside them."""
    from npr.analysis.iamc import to_iamc
    from npr.analysis.outlook import open_outlook
    from npr.indicators.knowledge import open_knowledge_base
    from npr.publish.outlooks import show_scenarios, write_iamc

    base = open_knowledge_base(edition=edition)
    outlook = open_outlook(base, chosen)
    areas = country or (list(base.catalogue.members) if export else ["SWE"])
    for one in areas:
        base.catalogue.require_country(one)
    if not (export or as_json):
        typer.echo(show_scenarios(outlook, base.edition, areas, horizon=horizon, scenarios=names or []))
        return
    rows = to_iamc(outlook, base.edition, areas, horizon=horizon, scenarios=names or [])
    if export:
        write_iamc(export, rows, outlook, base)
        say(f"{len(rows)} rows in {export}")
    else:
        print_json(rows.to_dict(orient="records"))


@app.command()
def backtest(
    chosen: Annotated[str | None, typer.Option("--set", help="The set of scenarios; else the only one.")] = None,
    country: Annotated[str | None, typer.Option(help="Only this country's series.")] = None,
    edition: Annotated[str | None, typer.Option(help="The edition of the figures; else the newest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Try the baseline against the past: coverage and errors by class and horizon, beside simpler models."""
    from npr.analysis.outlook import open_outlook
    from npr.indicators.knowledge import open_knowledge_base
    from npr.publish.outlooks import backtest_rows, show_backtest

    base = open_knowledge_base(edition=edition)
    if country:
        base.catalogue.require_country(country)
    rows = backtest_rows(open_outlook(base, chosen).backtest, country)
    if as_json:
        print_json(rows)
    else:
        typer.echo(show_backtest(rows))
