"""Shows scenarios and the back-test as text, and writes scenarios as a table for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from npr.analysis.iamc import BASELINE, asked
from npr.analysis.outlook import Outlook, why_not
from npr.disk import write_whole
from npr.errors import RenderError, UsageError
from npr.forecast.backtest import OURS, Backtest
from npr.forecast.baseline import MODELS
from npr.forecast.fans import Refusal
from npr.indicators.knowledge import KnowledgeBase
from npr.publish.workbooks import Book, make_workbook
from npr.vintages.editions import Edition

HORIZONS = (1, 5, 10, 15)


def write_iamc(path: Path, rows: pd.DataFrame, outlook: Outlook, base: KnowledgeBase) -> None:
    """Write the rows whole or not at all: CSV, or a workbook with the rows on `data` and their sources on `about`.

    Raises:
        UsageError: a file that is neither .csv nor .xlsx.
        RenderError: the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise UsageError(
            f"Scenarios cannot be written to {path.name}",
            expected="a file named .csv or .xlsx",
            found=kind or "no ending",
            todo="Name the file with one of these endings.",
        )
    content = rows.to_csv(index=False, lineterminator="\n").encode() if kind == ".csv" else _workbook(
        rows, _about(outlook, base)
    )  # fmt: skip
    try:
        write_whole(path, content)
    except OSError as error:
        raise RenderError(
            f"{path} cannot be written: {error.strerror or error}",
            kept="An earlier file is kept.",
            todo="Make room, or choose another folder.",
        ) from error


def show_scenarios(
    outlook: Outlook, edition: Edition, areas: Sequence[str], *, horizon: int, scenarios: Sequence[str] = ()
) -> str:
    """Show for each country and indicator the latest value, the baseline's middle and 80 % band, and each scenario.

    Raises:
        UsageError: as `to_iamc`.
    """
    end, names = asked(outlook, edition, horizon, scenarios)
    told = [f"{outlook.declared.title.en}, to {end}. The baseline alone carries probabilities; scenarios are ifs."]
    for area in areas:
        told += [f"\n{area}", *(line for one in outlook.shown for line in _lines(outlook, one, area, end, names))]
    return "\n".join(told)


def _lines(outlook: Outlook, indicator: str, area: str, end: int, names: Sequence[str]) -> Iterator[str]:
    panel, fan = outlook.panels[indicator], outlook.fan(indicator, area, end)
    head, digits = f"  {panel.decl.short.en}, {panel.unit.axis.en}", panel.decl.decimals
    if isinstance(fan, Refusal):
        yield f"{head}: no band, {why_not(fan, 'en')}"
        return
    low, middle, high = fan.quantiles([0.1, 0.5, 0.9])[-1]
    baseline = f"; baseline {middle:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}] in {end}"
    yield f"{head}: {fan.last:.{digits}f} in {fan.origin}{baseline if BASELINE in names else ''}"
    for case in outlook.cases:
        if case.id in names and outlook.conditions(case, indicator, area, area):
            course = outlook.course(case, fan, area)
            path, low, high = (float(one[-1]) for one in (course.path, course.low, course.high))
            yield f"    {case.id:<14} {path:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def backtest_rows(tried: Backtest, area: str | None = None) -> list[dict[str, Any]]:
    """Give the back-test by class, horizon and model: coverage in per cent, losses in mean yearly moves."""
    rows = []
    for kind in ("slow", "diffusion"):
        for horizon in HORIZONS:
            for model in MODELS:
                found = tried.summary(kind, horizon, model, area=area)
                if not found.n:
                    continue
                row: dict[str, Any] = {"class": kind, "horizon": horizon, "model": model, "n": found.n}
                row |= {"origins": found.origins}
                for name in ("mase", "crps", "covers80", "covers95"):
                    row[name] = round(getattr(found, name), 3)
                if model != OURS and area is None:
                    row["ours_to_this"] = [round(one, 3) for one in tried.against(model, kind, horizon)]
                rows.append(row)
    return rows


def show_backtest(rows: Sequence[dict[str, Any]]) -> str:
    """Show the back-test as a table in Markdown."""
    if not rows:
        return "Nothing could be tried: no series of that country had a calibrated band."
    lines = [
        "| class | years ahead | model | forecasts | origins | MASE | CRPS | in 80 % | in 95 % | ours / this, CRPS |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ratio = row.get("ours_to_this")
        told = f"{ratio[0]:.2f} [{ratio[1]:.2f}, {ratio[2]:.2f}]" if ratio else ""
        lines.append(
            f"| {row['class']} | {row['horizon']} | {row['model']} | {row['n']} | {row['origins']} | {row['mase']:.2f} "
            f"| {row['crps']:.2f} | {row['covers80']:.1f} | {row['covers95']:.1f} | {told} |"
        )
    return "\n".join(lines)


def _about(outlook: Outlook, base: KnowledgeBase) -> list[tuple[str, str]]:
    lines = [
        ("scenarios", outlook.declared.title.en),
        ("edition", base.edition.id),
        ("frozen", base.edition.frozen.isoformat()),
        ("baseline", "a calibrated continuation; only it carries probabilities"),
        ("scenarios are", "conditional: what follows if the assumptions hold"),
    ]
    for one in outlook.panels.values():
        lines.append((one.decl.short.en, f"{one.source.label.en}, vintage {one.vintage[:12]}, {one.source.terms.en}"))
    return lines


def _workbook(rows: pd.DataFrame, about: Sequence[tuple[str, str]]) -> bytes:

    def fill(book: Book) -> None:
        sheet = book.add_sheet("data")
        sheet.freeze_panes(1, 0)
        for at, row in enumerate([list(rows.columns), *rows.to_numpy(dtype=object).tolist()]):
            sheet.write_row(at, 0, row)
        sheet = book.add_sheet("about")
        for at, line in enumerate(about):
            sheet.write_row(at, 0, line)

    return make_workbook(fill, date(2000, 1, 1), title="Scenarios, IAMC long form")
