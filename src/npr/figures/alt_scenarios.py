"""Text alternatives of charts that look ahead, made from the numbers that they draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from npr.catalogue.declarations import Language
from npr.language.messages import message
from npr.language.numbers import join_words, show_number

if TYPE_CHECKING:
    from npr.figures.fan_parts import FanCell, Target


def of_fan(
    history: pd.Series[float],
    bands: pd.DataFrame,
    name: str,
    language: Language,
    axis: str,
    decimals: int,
    outcome: pd.Series[float],
    missed: pd.Series[float],
    target: Target | None,
    others: Sequence[str],
) -> str:
    """Tell a fan: the last observation, the middle and the 80 % band at the end, what came, the target."""
    parts = [message("alt_fan.fan", language, name=name, axis=axis), *_course(history, bands, language, decimals)]
    if len(outcome):
        fields = {"value": show_number(float(outcome.iloc[-1]), decimals, language), "year": str(outcome.index[-1])}
        parts.append(message("alt_fan.outcome", language, **fields))
        years = join_words([str(year) for year in missed.index], language)
        key = "alt_fan.missed" if len(missed) else "alt_fan.all_within"
        parts.append(message(key, language, years=years) if len(missed) else message(key, language))
    if target:
        year, value, called = target
        fields = {"called": called, "value": show_number(value, decimals, language), "year": str(year)}
        parts.append(message("alt_fan.target", language, **fields))
    if others:
        parts.append(message("alt_fan.others", language, names=join_words(list(others), language)))
    return " ".join(parts)


def of_fans(cells: Sequence[FanCell], language: Language, axis: str, decimals: int) -> str:
    """Tell small fans one after the other: the course, and where a scenario's path ends."""
    parts = [message("alt_fan.fans", language, n=str(len(cells)), axis=axis)]
    for cell in cells:
        digits = decimals if cell.decimals is None else cell.decimals
        told = " ".join(_course(cell.history, cell.bands, language, digits))
        if cell.path is not None:
            numbers = {"value": float(cell.path.iloc[-1])}
            for end, one in (("low", cell.low), ("high", cell.high)):
                numbers[end] = float((cell.path if one is None else one).iloc[-1])
            shown = {key: show_number(number, digits, language) for key, number in numbers.items()}
            told += " " + message("alt_fan.path", language, year=str(cell.path.index[-1]), **shown)
        unit = f", {cell.axis}" if cell.axis else ""
        parts.append(f"{cell.title}{unit}: {told}")
    return " ".join(parts)


def of_calibration(table: pd.DataFrame, tolerance: Mapping[float, tuple[float, float]], language: Language) -> str:
    """Tell of each class and horizon how much each band held, and which fell outside what is tolerated."""
    parts, outside = [message("alt_fan.calibration", language)], []
    for label, row in table.iterrows():
        shown = []
        for level, held in row.dropna().items():
            low, high = tolerance[float(str(level))]
            number = show_number(float(held), 0, language)
            shown.append(message("alt_fan.held", language, band=f"{100 * float(str(level)):.0f}", n=number))
            if not low <= held <= high:
                outside.append(f"{label} ({number})")
        parts.append(f"{label}: {join_words(shown, language)}.")
    key = "alt_fan.off" if outside else "alt_fan.on"
    parts.append(message(key, language, which=join_words(outside, language)) if outside else message(key, language))
    return " ".join(parts)


def of_scorecard(table: pd.DataFrame, focus: str, language: Language) -> str:
    """Tell how many of the focus's outcomes lie in their bands and which do not, and the share of the others'."""
    parts = [message("alt_fan.scorecard", language)]
    own = table[focus].dropna() if focus in table.columns else pd.Series(dtype=float)
    if len(own):
        inside = int((own.abs() <= 1).sum())
        parts.append(message("alt_fan.own", language, name=focus, n=str(inside), of=str(len(own))))
        for side, rows in (("over", own[own > 1]), ("under", own[own < -1])):
            if len(rows):
                parts.append(
                    message(f"alt_fan.{side}", language, which=join_words([str(one) for one in rows.index], language))
                )
    others = table.drop(columns=[focus], errors="ignore").stack().dropna()
    if len(others):
        share = show_number(100 * float((others.abs() <= 1).mean()), 0, language)
        parts.append(message("alt_fan.others_within", language, n=share))
    return " ".join(parts)


def of_tornado(rows: pd.DataFrame, base: float, language: Language, axis: str, decimals: int) -> str:
    """Tell the answer, and what each row makes of it at its low and its high end, the widest first."""
    parts = [message("alt_fan.tornado", language, axis=axis, value=show_number(base, decimals, language))]
    for label, row in rows.iterrows():
        ends = [show_number(float(row[end]), decimals, language) for end in ("low", "high")]
        parts.append(f"{label}: {message('alt_fan.ends', language, low=ends[0], high=ends[1])}.")
    return " ".join(parts)


def _course(history: pd.Series[float], bands: pd.DataFrame, language: Language, decimals: int) -> list[str]:
    seen, end = history.dropna(), bands.iloc[-1]
    levels = sorted(float(level) for level in bands.columns)
    low, high = (0.1, 0.9) if {0.1, 0.9} <= set(levels) else (levels[0], levels[-1])
    fields = {
        "last": show_number(float(seen.iloc[-1]), decimals, language),
        "y0": str(seen.index[-1]),
        "middle": show_number(float(end[0.5]), decimals, language),
        "y1": str(bands.index[-1]),
        "low": show_number(float(end[low]), decimals, language),
        "high": show_number(float(end[high]), decimals, language),
        "share": f"{100 * (high - low):.0f}",
    }
    return [message("alt_fan.course", language, **fields)]
