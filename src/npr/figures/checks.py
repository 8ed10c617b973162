"""Refuses a table that no chart can be drawn from: every fault of it at once, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from npr.errors import ContentError, Fault, UsageError, did_you_mean

GUARD = "Guard the figure with `if`, or choose other countries or years."


def checked(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Give the table as floats, without the rows and columns that hold no number.

    Raises:
        ContentError: a label stands twice, a cell is no number or infinite, or there is no number at all.
    """
    faults = [*_repeated(table.index, key, "rows"), *_repeated(table.columns, key, "columns")]
    try:
        numbers = table.astype(float)
    except (TypeError, ValueError) as error:
        faults.append(Fault(f"figure {key}", "data", "numbers", str(error)))
        raise ContentError(faults, todo=GUARD) from error
    if np.isinf(numbers.to_numpy()).any():
        faults.append(Fault(f"figure {key}", "data", "finite numbers", "an infinite one"))
    if not numbers.notna().to_numpy().any():
        faults.append(Fault(f"figure {key}", "data", "at least one number", "none"))
    if faults:
        raise ContentError(faults, todo=GUARD)
    full = numbers.dropna(axis=1, how="all").dropna(how="all")
    full.columns = pd.Index([str(name) for name in full.columns])
    return full


def checked_years(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Give a checked table whose rows are years, in order; a year within it that holds no number stays, as a gap.

    Raises:
        ContentError: as `checked`, or a row is no year.
    """
    seen = checked(table, key)
    odd = [label for label in table.index if not str(label).isdigit()]
    if odd:
        raise ContentError([Fault(f"figure {key}", "rows", "years", repr(odd[0]))], todo=GUARD)
    seen.index = pd.Index([int(label) for label in seen.index])
    first, last = seen.index.min(), seen.index.max()
    return seen.reindex(sorted(int(label) for label in table.index if first <= int(label) <= last))


def one_of(word: str, known: Sequence[str], what: str, key: str) -> str:
    """Give the word when it is known.

    Raises:
        UsageError: it is not.
    """
    if word not in known:
        todo = f"Choose one of {', '.join(known)}. {did_you_mean(word, known)}".strip()
        raise UsageError(f"Figure {key} has no {what} {word!r}", kept="Nothing was drawn.", todo=todo)
    return word


def refused(key: str, what: str, expected: str, found: str) -> ContentError:
    """Give the error of one fault of a figure's data."""
    return ContentError([Fault(f"figure {key}", what, expected, found)], todo=GUARD)


def _repeated(labels: pd.Index, key: str, where: str) -> list[Fault]:
    twice = sorted({str(label) for label in labels[labels.duplicated()]})
    return [Fault(f"figure {key}", where, "each label once", f"{label!r} twice") for label in twice[:5]]
