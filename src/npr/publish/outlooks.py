"""Shows scenarios and the back-test as text, and writes scenarios as a table for other programs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from npr.analysis.iamc import BASELINE, OBSERVED
from npr.analysis.outlook import Outlook
from npr.disk import write_whole
from npr.errors import RenderError, UsageError
from npr.forecast.backtest import Backtest
from npr.forecast.baseline import MODELS
from npr.forecast.fans import Refusal
from npr.indicators.knowledge import KnowledgeBase
from npr.language.messages import message

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
    rows: pd.DataFrame, outlook: Outlook, areas: Sequence[str], horizon: int, base: KnowledgeBase
) -> str:
    """Show for each country and indicator the latest value, the baseline's middle and 80 % band, and each scenario."""
    end = base.edition.frozen.year + horizon
    told = [f"{outlook.declared.title.en}, to {end}. The baseline alone carries probabilities; scenarios are ifs."]
    for area in areas:
        told.append(f"\n{area}")
        for indicator in (name for name, one in outlook.declared.indicators.items() if one.shown):
            panel, found = outlook.panels[indicator], outlook.fan(indicator, area, end)
            name = f"  {panel.decl.short.en}, {panel.unit.axis.en}"
            if isinstance(found, Refusal):
                told.append(f"{name}: no band, {_reason(found)}")
                continue
            mine = rows[(rows.region == area) & (rows.variable.str.split("|").str[0] == panel.decl.short.en)]
            seen = mine[mine.scenario == OBSERVED].iloc[-1]
            digits = panel.decl.decimals
            line = f"{name}: {seen.value:.{digits}f} in {seen.year}"
            at = mine[mine.year == end].set_index(["scenario", "variable"])["value"]
            plain = panel.decl.short.en
            if (BASELINE, plain) in at.index:
                low, high = (at[BASELINE, f"{plain}|{level}th Percentile"] for level in ("10.0", "90.0"))
                line += f"; baseline {at[BASELINE, plain]:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}] in {end}"
            told.append(line)
            for case in outlook.cases:
                if (case.id, plain) in at.index and outlook.conditions(case, indicator, area, area):
                    low, high = at[case.id, f"{plain}|Low"], at[case.id, f"{plain}|High"]
                    told.append(
                        f"    {case.id:<14} {at[case.id, plain]:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
                    )
    return "\n".join(told)


def backtest_rows(tried: Backtest, area: str | None = None) -> list[dict[str, Any]]:
    """Give the back-test by class, horizon and model: coverage in per cent, losses in mean yearly moves."""
    rows = []
    for kind in ("slow", "diffusion"):
        for horizon in HORIZONS:
            found = tried.summary(kind, horizon, area=area)
            for at, model in enumerate(MODELS):
                if not found.n:
                    continue
                row: dict[str, Any] = {"class": kind, "horizon": horizon, "model": model, "n": found.n}
                row |= {"origins": found.origins}
                for name in ("mase", "crps", "covers80", "covers95"):
                    row[name] = round(float(getattr(found, name)[at]), 3)
                if at and area is None:
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


def _reason(why: Refusal) -> str:
    found, needed = (f"{one:g}" for one in (why.found, why.needed))
    return message(f"outlook.refused.{why.reason}", "en", found=found, needed=needed)


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
    """Give a workbook with the same bytes each time."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "Scenarios, IAMC long form", "created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet("data")
        sheet.freeze_panes(1, 0)
        for at, row in enumerate([list(rows.columns), *rows.to_numpy(dtype=object).tolist()]):
            sheet.write_row(at, 0, row)
        sheet = book.add_worksheet("about")
        for at, line in enumerate(about):
            sheet.write_row(at, 0, line)
    return out.getvalue()
