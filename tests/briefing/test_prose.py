"""Prose with expressions: what is printed, what is recorded, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npr.briefing.prose import Citation, Expression, Quote, Writer, parse
from npr.catalogue.evidence import EvidenceFact
from npr.errors import ContentError
from specimens import both, panel_of

PANEL = panel_of(("SWE", 2025, 35.04), ("FIN", 2025, 37.8), ("SWE", 2021, 9.92))
FACT = EvidenceFact(
    id="a-fact", statement=both("6.5 per cent of firms"), reference="scb-ai", kind="fact", themes=("ai",),
    value=6.5, unit="percent of firms", confidence="read", source_kind="primary",
)  # fmt: skip


def write(template, language="sv", **names):
    return Writer(names, language, lambda fact_id: 3).render(template, "test")


def test_a_value_is_printed_with_its_unit_and_recorded_with_its_origin():
    rendered = write("Andelen är {v}.", v=PANEL.value("SWE", 2025))
    assert rendered.markdown == "Andelen är [[v:0]]."
    record = rendered.values[0]
    assert record["text"] == "35,0\u00a0procent"
    assert (record["value"], record["indicator"], record["area"], record["year"]) == (35.04, "ai_all", "SWE", 2025)
    assert (record["vintage"], record["publisher"]) == ("v1", "Eurostat")


def test_the_same_value_is_printed_in_the_format_of_each_language():
    value = PANEL.value("SWE", 2025)
    assert [write("{v}", one, v=value).values[0]["text"] for one in ("sv", "en")] == ["35,0\u00a0procent", "35.0%"]


@pytest.mark.parametrize(
    ("options", "text"), [("bare", "35,0"), ("0", "35\u00a0procent"), ("bare,2", "35,04"), ("+", "+35,0\u00a0procent")]
)
def test_options_choose_the_form(options, text):
    assert write("{v:" + options + "}", v=PANEL.value("SWE", 2025)).values[0]["text"] == text


def test_a_year_is_ungrouped_and_traced_to_its_value():
    record = write("{v.year}", v=PANEL.value("SWE", 2025)).values[0]
    assert (record["text"], record["indicator"], record["area"]) == ("2025", "ai_all", "SWE")


def test_a_missing_value_is_two_dots():
    assert write("{v}", v=PANEL.value("KOR", 2025)).values[0]["text"] == ".."


def test_a_quoted_fact_carries_its_citation():
    rendered = write("{q}", q=Quote(FACT, "6,5 procent", "SCB"))
    assert rendered.markdown == "[[v:0]][[c:3]]"
    assert (rendered.values[0]["fact"], rendered.values[0]["publisher"]) == ("a-fact", "SCB")


def test_facts_of_one_publication_are_cited_once():
    assert write("{q}", q=Citation((FACT, FACT))).markdown == "[[c:3]]"


@pytest.mark.parametrize("bare", [35, 35.04, "35 procent", None])
def test_a_number_without_origin_is_refused(bare):
    with pytest.raises(ContentError, match="without digits"):
        write("{v}", v=bare)


def test_words_may_be_chosen_by_the_data():
    a, b = PANEL.value("SWE", 2025), PANEL.value("FIN", 2025)
    assert write('{"över" if a > b else "under"}', a=a, b=b).markdown == "under"


def test_an_unknown_option_is_refused_by_name():
    with pytest.raises(ContentError, match="procent"):
        write("{v:procent}", v=PANEL.value("SWE", 2025))


def test_braces_in_quotes_and_brackets_do_not_end_an_expression():
    assert parse("{d['a}b'][x:y]} {{z}}") == [Expression("d['a}b'][x:y]"), " {z}"]


@pytest.mark.parametrize("broken", ["open {v", "lone } here"])
def test_a_lone_brace_is_named(broken):
    with pytest.raises(ContentError, match=r"[{}]"):
        parse(broken)


@given(st.text(st.characters(exclude_characters="{}"), max_size=80))
def test_prose_without_braces_is_left_as_it_is(text):
    assert "".join(parse(text)) == text
