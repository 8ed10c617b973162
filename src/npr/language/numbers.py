"""Shows numbers, dates and lists as each language writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

if TYPE_CHECKING:  # at run time the declarations would make this room five times slower to import
    from npr.catalogue.declarations import Language

LOCALES: dict[Language, str] = {"sv": "sv_SE", "en": "en_GB"}
MISSING = ".."
MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
AND: dict[Language, str] = {"sv": "och", "en": "and"}


def show_number(amount: float, decimals: int, language: Language, *, signed: bool = False) -> str:
    """Show a number with a fixed number of decimals, halves rounded away from zero; NaN is "..".

    Swedish groups thousands by a no-break space and has a decimal comma; English groups by a comma and has a point.
    The minus is U+2212 in both. `signed` puts a plus before what is above zero. What rounds to zero carries no sign.
    Years are no amounts: they are shown by `str`, ungrouped.

    Raises:
        ValueError: the number is infinite.

    >>> show_number(1234567.891, 1, "en"), show_number(3.12, 2, "sv"), show_number(-0.04, 1, "sv")
    ('1,234,567.9', '3,12', '0,0')
    """
    if math.isnan(amount):
        return MISSING
    if math.isinf(amount):
        raise ValueError("an infinite number cannot be shown")
    return _shown(float(amount), decimals, language, signed)


@lru_cache(maxsize=1 << 16)  # a number stands in a chart, its text, its table and the trace
def _shown(amount: float, decimals: int, language: Language, signed: bool) -> str:
    # repr gives the shortest decimal that is this float, so that 0.125 and 2.675 round as they are written.
    exact = Decimal(repr(amount))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    group, point = _separators(language)
    digits = f"{abs(rounded):,f}".translate({ord(","): group, ord("."): point})
    sign = "" if rounded == 0 else MINUS if rounded < 0 else "+" if signed else ""
    return sign + digits


@cache
def _separators(language: Language) -> tuple[str, str]:
    """Give what stands between thousands and before decimals; to ask for it takes longer than to write a number."""
    return get_group_symbol(LOCALES[language]), get_decimal_symbol(LOCALES[language])


def show_date(day: date, language: Language) -> str:
    """Show a date in full.

    >>> show_date(date(2026, 11, 23), "sv")
    '23 november 2026'
    """
    return str(format_date(day, format="d MMMM y", locale=LOCALES[language]))


def show_months(year: int, months: Sequence[int], language: Language) -> str:
    """Show months of a year.

    >>> show_months(2026, [2, 3], "sv")
    'februari–mars 2026'
    """
    names = [str(format_date(date(year, month, 1), format="MMMM", locale=LOCALES[language])) for month in months]
    return f"{'–'.join(names)} {year}"


def join_words(words: Sequence[str], language: Language) -> str:
    """Join words as a sentence lists them.

    >>> join_words(["Finland", "Norge", "Danmark"], "sv")
    'Finland, Norge och Danmark'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {AND[language]} {words[-1]}"
