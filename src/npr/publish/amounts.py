"""Reads printed numbers back as numbers, each with the number format under which a spreadsheet prints it alike."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, NamedTuple

from npr.catalogue.declarations import Language
from npr.language.numbers import MINUS, NO_BREAK_SPACE

POINT: dict[Language, str] = {"sv": ",", "en": "."}
GROUP: dict[Language, str] = {"sv": NO_BREAK_SPACE, "en": ","}
WORDS = {"sv": ("tusen", "miljon", "miljard"), "en": ("thousand", "million", "billion")}
LONGEST_CODE = 250  # a spreadsheet takes 255 characters
# A longer text is a sentence with a number in it, not a number with its unit, and a number does not break over lines.
LONGEST_TEXT = 45


class Amount(NamedTuple):
    """A number for a spreadsheet's cell and the code of its number format, written as such codes are: in English."""

    number: float
    code: str


@dataclass(frozen=True)
class _Printed:
    before: str
    sign: str
    number: Decimal
    decimals: int
    grouped: bool
    after: str


def of_text(text: str, language: Language) -> Amount | None:
    """Give the number that a text without record is, as far as it is printed; None when it is anything else.

    >>> of_text("−1\N{NO-BREAK SPACE}234,50", "sv")
    Amount(number=-1234.5, code='#,##0.00')
    >>> of_text("007", "en"), of_text("..", "en"), of_text("1,23", "en")
    (None, None, None)
    """
    found = _printed(text, language)
    if found is None or found.before or found.after:
        return None
    return _amount(float(found.number), found)


def of_record(text: str, record: dict[str, Any], language: Language, *, citation: str = "") -> Amount | None:
    """Give the whole number of a record where a text prints it and nothing else but its unit.

    `citation` is printed after it. None when the record has no number, or the text prints another one.

    >>> of_record("35,0 procent", {"value": 35.04}, "sv")
    Amount(number=35.04, code='0.0" procent"')
    >>> of_record("SEK 220 million", {"value": 220000000}, "en")
    Amount(number=220000000.0, code='"SEK "0,," million"')
    """
    value = record.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    found = _printed(text, language) if len(text + citation) <= LONGEST_TEXT else None
    if found is None:
        return None
    for thousands in {0: None, _thousands(found.after, language): None}:
        shown = Decimal(repr(value)).scaleb(-3 * thousands)
        if shown.quantize(Decimal(1).scaleb(-found.decimals), ROUND_HALF_UP) == found.number:
            return _amount(float(value), found, thousands, citation)
    return None


def _printed(text: str, language: Language) -> _Printed | None:
    """Take a text apart; None unless it holds exactly one number, as `show_number` writes it."""
    found = _pattern(language).fullmatch(text)
    if not found:
        return None
    before, sign, digits, part, after = found[1], found[2], found[3], found[4] or "", found[5]
    plain = digits.replace(GROUP[language], "")
    number = Decimal(f"{'-' if sign == MINUS else ''}{plain}{'.' if part else ''}{part}")
    return _Printed(before, sign, number, len(part), plain != digits, after)


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    whole = rf"[1-9]\d{{0,2}}(?:{re.escape(GROUP[language])}\d{{3}})+|0|[1-9]\d*"
    return re.compile(rf"([^\d\"\\]*?)([+{MINUS}]?)({whole})(?:{re.escape(POINT[language])}(\d+))?([^\d\"\\]*)")


def _thousands(after: str, language: Language) -> int:
    """Give how many steps of a thousand the word after a number stands for."""
    word = after.strip().lower()
    return next((at for at, one in enumerate(WORDS[language], start=1) if word.startswith(one)), 0)


def _amount(number: float, found: _Printed, thousands: int = 0, citation: str = "") -> Amount | None:
    digits = ("#,##0" if found.grouped else "0") + ("." + "0" * found.decimals if found.decimals else "")
    before, after = _literal(found.before), "," * thousands + _literal(found.after + citation)
    code = pattern = f"{before}{digits}{after}"
    if found.sign == "+":
        code = f"{before}+{digits}{after};{before}-{digits}{after};{pattern}"
    elif number < 0 and not found.sign:
        code = f"{pattern};{pattern}"  # what rounds to zero carries no sign
    return Amount(number, code) if len(code) <= LONGEST_CODE else None


def _literal(text: str) -> str:
    return f'"{text}"' if text else ""
