"""Numbers, dates, names and messages in both languages, each expectation written by hand."""

import ast
import math
from datetime import date
from decimal import ROUND_HALF_UP, localcontext
from pathlib import Path

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from npr.catalogue import load_catalogue
from npr.catalogue.declarations import Area, Caveat, Text
from npr.errors import ContentError, Fault
from npr.language.messages import check_messages, message
from npr.language.names import area_genitive, area_name
from npr.language.numbers import join_words, show_date, show_number

LANGUAGES = ("sv", "en")
NB = "\u00a0"  # no-break space
MINUS = "\u2212"


def country(code: str, territory: str, sv: str = "", en: str = "") -> Area:
    return Area(code=code, kind="member", territory=territory, name=Text(sv=sv, en=en) if sv else None)


SWEDEN = country("SWE", "SE")
NETHERLANDS = country("NLD", "NL")


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "decimals", "swedish", "english"),
    [
        (1234567.891, 1, f"1{NB}234{NB}567,9", "1,234,567.9"),
        (3.12, 2, "3,12", "3.12"),  # Babel's own per cent pattern gives 3
        (0.125, 2, "0,13", "0.13"),  # halves go up, away from zero; half even gives 0.12
        (2.675, 2, "2,68", "2.68"),  # the float is a little less than it is written; round() gives 2.67
        (2.5, 0, "3", "3"),
        (-3.25, 1, f"{MINUS}3,3", f"{MINUS}3.3"),
        (-0.04, 1, "0,0", "0.0"),  # rounds to zero: no minus
        (-0.05, 1, f"{MINUS}0,1", f"{MINUS}0.1"),
        (-0.0, 0, "0", "0"),
        (float("nan"), 1, "..", ".."),
        (999.95, 1, f"1{NB}000,0", "1,000.0"),  # rounding makes the group
        (1000, 0, f"1{NB}000", "1,000"),
        (-12345.6, 0, f"{MINUS}12{NB}346", f"{MINUS}12,346"),
        (1e-7, 2, "0,00", "0.00"),  # repr writes it with an exponent
        (5e12, 0, f"5{NB}000{NB}000{NB}000{NB}000", "5,000,000,000,000"),
    ],
)
def test_numbers_are_written_as_each_language_writes_them(amount, decimals, swedish, english):
    assert show_number(amount, decimals, "sv") == swedish
    assert show_number(amount, decimals, "en") == english


def test_a_signed_number_shows_its_plus_but_zero_has_no_sign():
    shown = [show_number(x, 1, "sv", signed=True) for x in (2.5, -2.5, 0.0, 0.04, -0.04)]
    assert shown == ["+2,5", f"{MINUS}2,5", "0,0", "0,0", "0,0"]


def test_a_missing_number_has_no_sign():
    assert show_number(float("nan"), 1, "sv", signed=True) == ".."


@pytest.mark.parametrize("amount", [float("inf"), float("-inf")])
def test_infinity_is_refused(amount):
    with pytest.raises(ValueError, match="infinite"):
        show_number(amount, 1, "sv")


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_both_languages_show_the_same_number(amount, decimals):
    swedish = show_number(amount, decimals, "sv").replace(NB, "").replace(",", ".")
    assert swedish == show_number(amount, decimals, "en").replace(",", "")


@given(st.decimals(0, 10**12, places=3), st.integers(0, 4))
def test_a_number_is_grouped_and_pointed_as_the_unicode_consortium_says(amount, decimals):
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    with localcontext(rounding=ROUND_HALF_UP):
        expected = [format_decimal(amount, pattern, locale=one) for one in ("sv_SE", "en_GB")]
    assert [show_number(float(amount), decimals, one) for one in ("sv", "en")] == expected


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_what_is_shown_lies_within_half_a_unit_of_the_number(amount, decimals):
    shown = float(show_number(amount, decimals, "en").replace(",", "").replace(MINUS, "-"))
    # Half a unit, and what a float of that size cannot tell apart: 134217728.53125 is shown as ...5313.
    assert abs(shown - amount) <= 0.5 * 10**-decimals * (1 + 1e-6) + math.ulp(amount)


# Dates and lists ------------------------------------------------------------------------------------------------------


def test_dates_are_written_in_full():
    assert [show_date(date(2026, 11, 23), one) for one in LANGUAGES] == ["23 november 2026", "23 November 2026"]
    assert [show_date(date(2016, 6, 1), one) for one in LANGUAGES] == ["1 juni 2016", "1 June 2016"]


def test_words_are_joined_without_a_comma_before_and():
    assert join_words(["a", "b", "c"], "sv") == "a, b och c"
    assert join_words(["a", "b"], "en") == "a and b"
    assert (join_words(["a"], "en"), join_words([], "en")) == ("a", "")


# Names ----------------------------------------------------------------------------------------------------------------


def test_swedish_genitives_follow_the_last_letter():
    areas = [SWEDEN, country("FRA", "FR"), country("CHE", "CH"), country("FIN", "FI"), NETHERLANDS]
    shown = [area_genitive(one, "sv") for one in areas]
    assert shown == ["Sveriges", "Frankrikes", "Schweiz", "Finlands", "Nederländernas"]


def test_a_declared_swedish_genitive_goes_before_the_rule():
    usa = Area(code="USA", kind="member", territory="US", genitive_sv="USA:s")
    assert (area_name(usa, "sv"), area_genitive(usa, "sv")) == ("USA", "USA:s")


def test_english_genitives_carry_the_article_and_plurals_an_apostrophe_alone():
    areas = [SWEDEN, NETHERLANDS, country("USA", "US"), country("GBR", "GB")]
    shown = [area_genitive(one, "en") for one in areas]
    assert shown == ["Sweden’s", "the Netherlands’", "the United States’", "the United Kingdom’s"]


def test_a_plural_aggregate_takes_an_apostrophe_alone():
    outside = Area(code="WXOECD", kind="aggregate", name=Text(sv="Länder utanför OECD", en="Non-OECD economies"))
    assert area_genitive(outside, "en") == "Non-OECD economies’"


def test_an_english_name_takes_its_article_inside_a_sentence_only():
    assert area_name(NETHERLANDS, "en") == "Netherlands"
    assert area_name(NETHERLANDS, "en", article=True) == "the Netherlands"
    assert area_name(NETHERLANDS, "sv", article=True) == "Nederländerna"


def test_the_article_belongs_to_the_name_and_not_to_the_country():
    assert area_name(country("SVK", "SK"), "en", article=True) == "Slovakia"
    declared = country("SVK", "SK", sv="Slovakien", en="Slovak Republic")
    assert area_name(declared, "en", article=True) == "the Slovak Republic"


def test_a_declared_name_goes_before_that_of_cldr():
    korea = country("KOR", "KR", sv="Sydkorea", en="Korea")
    assert (area_name(korea, "sv"), area_name(korea, "en")) == ("Sydkorea", "Korea")


def test_every_declared_area_has_a_name_in_both_languages(home):
    areas = load_catalogue(home).areas.values()
    assert len(areas) > 38
    assert all(area_genitive(area, one) for area in areas for one in LANGUAGES)


def test_an_area_without_a_name_is_a_fault():
    with pytest.raises(ContentError, match=r"areas\.yml: G99"):
        area_name(Area(code="G99", kind="aggregate"), "sv")


# Messages -------------------------------------------------------------------------------------------------------------


def faults_of(tmp_path: Path, text: str) -> list[Fault]:
    path = tmp_path / "messages.yml"
    path.write_text(text, encoding="utf-8")
    return check_messages(path)


def test_the_texts_of_the_project_are_complete():
    assert check_messages() == []


def test_every_caveat_has_its_text():
    assert all(message(f"caveat.{one.value}", language) for one in Caveat for language in LANGUAGES)


def test_every_observation_status_of_oecd_has_its_text():
    assert all(message(f"status.{code}", language) for code in "ABDEFILMNOPQSU" for language in LANGUAGES)


def test_a_message_is_filled_with_its_fields():
    assert message("page.data_behind", "sv", n="2") == "Data bakom figur 2"
    assert message("page.data_behind", "en", n="2") == "Data behind figure 2"


def test_every_key_that_the_code_names_is_there(home):
    keys = {key for path in (home / "src" / "npr").rglob("*.py") for key in _keys_in(path)}
    assert "note.breaks" in keys  # the search finds what it is to find
    missing = set()
    for key in sorted(keys):
        try:
            message(key, "sv")
        except ContentError as error:
            missing |= {key for fault in error.faults if fault.found == "no such key"}
    assert missing == set()


def _keys_in(path: Path) -> set[str]:
    calls = [one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)]
    named = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "message" and one.args]
    return {one.args[0].value for one in named if isinstance(one.args[0], ast.Constant)}


def test_all_faults_of_the_texts_are_found_at_once(tmp_path):
    text = """
a:
  no_swedish: {en: "only English"}
  empty: {sv: "  ", en: "words"}
  fields: {sv: "{n} ord", en: "words"}
  danish: {sv: "ord", en: "words", da: "ord"}
  plain: words
  open: {sv: "{n ord", en: "words"}
  unnamed: {sv: "{} ord", en: "{} words"}
  twice: {sv: "ord", en: "words"}
  twice: {sv: "ord", en: "words"}
"""
    faults = faults_of(tmp_path, text)
    assert {fault.key for fault in faults} == {
        "a.no_swedish.sv",
        "a.empty.sv",
        "a.fields",
        "a.danish.da",
        "a.plain",
        "a.open.sv",
        "a.unnamed.sv",
        "a.unnamed.en",
        "a.twice",
    }
    assert {fault.file for fault in faults} == {"src/npr/language/messages.yml"}
    assert next(f for f in faults if f.key == "a.no_swedish.sv").expected == "a text in Swedish"


def test_broken_yaml_is_one_fault_with_its_line(tmp_path):
    faults = faults_of(tmp_path, 'a: {sv: "ord", en: "words"\nb: {sv: "ord", en: "words"}\n')
    assert [fault.expected for fault in faults] == ["valid YAML"]
    assert "line 2" in faults[0].key


def test_an_empty_group_is_a_fault(tmp_path):
    assert [(fault.key, fault.expected) for fault in faults_of(tmp_path, "a:\n")] == [("a", "a text in each language")]


def test_an_unknown_key_is_named_with_a_suggestion():
    with pytest.raises(ContentError, match=r"messages.yml: page.sumary: .*Did you mean 'page.summary'"):
        message("page.sumary", "sv")


def test_an_unknown_language_is_named():
    with pytest.raises(ContentError, match=r"page.summary.da: expected one of sv, en, found 'da'"):
        message("page.summary", "da")


def test_a_field_that_is_not_given_is_named():
    with pytest.raises(ContentError, match=r"note.mean_of: expected the fields n, found m given"):
        message("note.mean_of", "sv", m="3")
