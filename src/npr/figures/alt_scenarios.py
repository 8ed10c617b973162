"""Text alternatives of charts that look ahead, made from the numbers that they draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from npr.catalogue.declarations import Language
from npr.figures.fan_parts import MEDIAN, FanCell, Target, percent, percent_of, told_pair
from npr.language.messages import message
from npr.language.numbers import join_words, show_number


@dataclass(frozen=True)
class FanWords:
    """What a fan is told with besides its numbers: whose it is, its unit and decimals, its target, other paths."""

    name: str
    language: Language
    axis: str
    decimals: int
    last_tested: int | None
    target: Target | None
    others: Sequence[str]


def of_fan(
    seen: pd.Series[float], bands: pd.DataFrame, came: pd.Series[float], missed: pd.Series[float], words: FanWords
) -> str:
    """Tell a fan: the last observation, the middle and the 80 % band at the end, what came, the target."""
    said, digits = words.language, words.decimals
    numbers = _numbers(seen, bands, said, digits)
    parts = [message("alt_fan.fan", said, name=words.name, axis=words.axis), message("alt_fan.course", said, **numbers)]
    if words.last_tested is not None:
        parts.append(message("alt_fan.beyond", said, year=str(words.last_tested)))
    judged = came.dropna()
    if len(judged):
        fields = {"value": show_number(float(judged.iloc[-1]), digits, said), "year": str(judged.index[-1])}
        parts.append(message("alt_fan.outcome", said, **fields))
        judged = judged[judged.index.isin(bands.index)]
    if len(missed):
        years = join_words([str(year) for year in missed.index], said)
        parts.append(message("alt_fan.missed", said, n=str(len(missed)), of=str(len(judged)), years=years))
    elif len(judged):
        parts.append(message("alt_fan.all_within", said))
    if words.target:
        parts.append(f"{_target(words.target, digits, said)}.")
    if words.others:
        parts.append(message("alt_fan.others", said, names=join_words(list(words.others), said)))
    return " ".join(parts)


def of_fans(cells: Sequence[FanCell], language: Language, axis: str | None, decimals: int) -> str:
    """Tell small fans, a sentence each: the course, or where a scenario's path ends beside the baseline."""
    count = str(len(cells))
    parts = [message("alt_fan.fans_apart", language, n=count) if axis is None
             else message("alt_fan.fans", language, n=count, axis=axis)]  # fmt: skip
    for cell in cells:
        digits = decimals if cell.decimals is None else cell.decimals
        title = f"{cell.title}, {cell.axis}" if axis is None and cell.axis else cell.title
        parts.append(f"{title}: {_cell(cell, digits, language)}.")
        if cell.tested_to is not None and cell.tested_to < int(cell.bands.index[-1]):
            parts.append(message("alt_fan.beyond", language, year=str(cell.tested_to)))
    return " ".join(parts)


def of_calibration(
    table: pd.DataFrame, tolerance: Mapping[float, tuple[float, float]], language: Language, axis: str, decimals: int
) -> str:
    """Tell of each class and horizon how much each band held, and whether it is within what is tolerated."""
    accepted = []
    for level in table.columns:
        ends = [show_number(end, 0 if float(end).is_integer() else 1, language) for end in tolerance[level]]
        band = percent(level, language)
        accepted.append(message("alt_fan.near", language, band=band, low=ends[0], high=ends[1]))
    parts = [message("alt_fan.calibration", language, axis=axis, near=join_words(accepted, language))]
    outside = count = 0
    for label, row in table.iterrows():
        shown = []
        for level, held in row.dropna().items():
            near = tolerance[float(str(level))]
            fields = {"band": percent(float(str(level)), language), "n": show_number(float(held), decimals, language)}
            key = "held" if near[0] <= held <= near[1] else "held_off"
            outside, count = outside + (key == "held_off"), count + 1
            shown.append(message(f"alt_fan.{key}", language, **fields))
        parts.append(f"{label}: {join_words(shown, language)}.")
    end = (
        message("alt_fan.off", language, n=str(outside), of=str(count)) if outside else message("alt_fan.on", language)
    )
    return " ".join([*parts, end])


def of_scorecard(table: pd.DataFrame, focus: str, language: Language) -> str:
    """Tell how many of the focus's outcomes lie in their bands and which do not, and the share of the others'."""
    parts = [message("alt_fan.scorecard", language)]
    own = table[focus].dropna() if focus in table.columns else pd.Series(dtype=float)
    if len(own):
        inside = int((own.abs() <= 1).sum())
        parts.append(message("alt_fan.own", language, name=focus, n=str(inside), of=str(len(own))))
        for side, rows in (("over", own[own > 1]), ("under", own[own < -1])):
            if len(rows):
                which = "; ".join(str(one) for one in rows.index)
                parts.append(message(f"alt_fan.{side}", language, which=which))
    else:
        parts.append(message("alt.absent", language, name=focus))
    others = pd.Series(table.drop(columns=[focus], errors="ignore").to_numpy().ravel()).dropna()
    if len(others):
        share = show_number(100 * float((others.abs() <= 1).mean()), 0, language)
        parts.append(message("alt_fan.others_within", language, n=share))
    return " ".join(parts)


def of_tornado(rows: pd.DataFrame, base: float, language: Language, axis: str, decimals: int) -> str:
    """Tell the answer, and what each row makes of it at its low and its high end, the widest first."""
    parts = [message("alt_fan.tornado", language, axis=axis, value=show_number(base, decimals, language))]
    for label, row in rows.iterrows():
        low, high = (show_number(float(row[end]), decimals, language) for end in ("low", "high"))
        key = "alt_fan.ends" if (row != base).any() else "alt_fan.still"
        fields = {"low": low, "high": high} if key == "alt_fan.ends" else {"value": low}
        parts.append(f"{label}: {message(key, language, **fields)}.")
    return " ".join(parts)


def _numbers(seen: pd.Series[float], bands: pd.DataFrame, language: Language, decimals: int) -> dict[str, str]:
    """Give what is told of a fan: the last observation, and the middle and the band at the end."""
    end, (low, high) = bands.iloc[-1], told_pair(bands)
    amounts = {"last": seen.iloc[-1], "middle": end[MEDIAN], "low": end[low], "high": end[high]}
    shown = {key: show_number(float(amount), decimals, language) for key, amount in amounts.items()}
    share = percent_of(low, high, language)
    return {**shown, "y0": str(seen.index[-1]), "y1": str(bands.index[-1]), "share": share}


def _cell(cell: FanCell, decimals: int, language: Language) -> str:
    numbers = _numbers(cell.history, cell.bands, language, decimals)
    if cell.path is None:
        return message("alt_fan.cell", language, **numbers)
    path = cell.path.dropna()
    value = show_number(float(path.iloc[-1]), decimals, language)
    told = message("alt_fan.cell_path", language, last=numbers["last"], y0=numbers["y0"], value=value,
                   year=str(path.index[-1]))  # fmt: skip
    if cell.low is not None and cell.high is not None:
        ends = [show_number(float(one.dropna().iloc[-1]), decimals, language) for one in (cell.low, cell.high)]
        told += message("alt_fan.cell_range", language, low=ends[0], high=ends[1])
    wanted = ("middle", "y1", "share", "low", "high")
    return told + message("alt_fan.cell_baseline", language, **{key: numbers[key] for key in wanted})


def _target(target: Target, decimals: int, language: Language) -> str:
    year, value, called = target
    number = show_number(value, decimals, language)
    return message("alt_fan.target", language, called=called, value=number, year=str(year))
