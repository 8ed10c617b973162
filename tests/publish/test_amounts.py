"""Printed numbers read back as numbers, with the format that prints them alike."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from npr.language.numbers import show_number
from npr.publish.amounts import Amount, of_record, of_text

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "value", "language", "expected"),
    [
        ("35,0", 35.04, "sv", Amount(35.04, "0.0")),
        ("35.0%", 35.04, "en", Amount(35.04, '0.0"%"')),
        ("2025", 2025, "en", Amount(2025, "0")),
        ("10,398", 10397.6, "en", Amount(10397.6, "#,##0")),
        (f"10{NBSP}398", 10397.6, "sv", Amount(10397.6, "#,##0")),
        ("−19,1", -19.08, "sv", Amount(-19.08, "0.0")),
        ("0,0", -0.04, "sv", Amount(-0.04, "0.0;0.0")),  # what rounds to zero carries no sign
        ("+0.4", 0.44, "en", Amount(0.44, "+0.0;-0.0;0.0")),
        ("0,13", 0.125, "sv", Amount(0.125, "0.00")),  # halves are rounded away from zero
        ("220 miljoner kronor", 220_000_000, "sv", Amount(220_000_000, '0,," miljoner kronor"')),
        ("SEK 1.2 billion", 1_200_000_000, "en", Amount(1_200_000_000, '"SEK "0.0,,," billion"')),
        ("5 miljoner", 5, "sv", Amount(5, '0" miljoner"')),
        ("tre av fem", 3, "sv", None),
        ("27 procent", 55, "sv", None),  # another number than the record's
        ("10–15 år", 10, "sv", None),
        ("35,0", None, "sv", None),
        ("35,0", "35,0", "sv", None),
        ("1", True, "sv", None),
        ("35,0", float("nan"), "sv", None),
        ('5 "x"', 5, "sv", None),  # a quotation mark cannot stand in a format's literal text
        ("5 " + "å" * 60, 5, "sv", None),  # a sentence, no number with its unit
    ],
)
def test_a_record_is_a_number_where_its_text_prints_it(text, value, language, expected):
    assert of_record(text, {"text": text, "value": value}, language) == expected


@pytest.mark.parametrize("text", ["", "..", "–", "1,23,4", "12 %", "1e5", "007", "1 234", "x1", "-5", "٣"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_not_written_as_our_numbers_is_no_number(text, language):
    assert of_text(text, language) is None


@given(st.floats(-1e9, 1e9), st.integers(0, 4), st.booleans())
@example(-0.04, 1, False)
def test_swedish_and_english_read_back_as_the_same_number(amount, decimals, signed):
    shown = {one: show_number(amount, decimals, one, signed=signed) for one in ("sv", "en")}
    sv, en = (of_text(shown[one], one) for one in ("sv", "en"))
    assert sv == en
    assert abs(Decimal(repr(amount)) - Decimal(repr(sv.number))) <= Decimal(10) ** -decimals / 2
    for language, text in shown.items():
        assert of_record(text, {"value": amount}, language).number == amount
