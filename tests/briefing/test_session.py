"""A briefing's session on the real starter edition: numbers, words, claims, quotes and tables."""

import pytest

from npr.briefing import display
from npr.briefing.magic import parse_line, prose_cell
from npr.briefing.notes import provisional_years
from npr.briefing.numbers import ClaimUntrueError
from npr.errors import ContentError, UsageError
from specimens import panel_of


def test_numbers_are_those_of_the_edition(make_session):
    b = make_session()
    # ai_all: SWE 35.04 and DNK 42.03 in 2025; two of 24 members lie above Sweden (DNK, FIN).
    assert (b.latest("ai_all").amount, b.rank("ai_all").amount, b.count("ai_all").amount) == (35.04, 3, 24)
    assert b.leader("ai_all").origin.area == "DNK"


def test_a_year_is_provisional_when_half_of_its_numbers_are():
    rows = [
        ("SWE", 2021, 1.0, "P"),
        ("FIN", 2021, 1.0),
        ("SWE", 2022, 1.0, "E"),
        ("FIN", 2022, 1.0),
        ("DNK", 2022, 1.0),
    ]
    assert provisional_years(panel_of(*rows, ("SWE", 2023, 1.0, "B"), ("SWE", 2024, float("nan"), "P"))) == [2021, 2024]


def test_canada_is_compared_in_the_year_that_the_others_have_reported(make_session):
    # Canada alone has R&D spending for 2025.
    b = make_session("CAN")
    assert b.panel("gerd").years("CAN")[-1] == 2025
    assert int(b.latest("gerd").year) < 2025
    assert b.mean("gerd").n.amount >= 12


def test_a_country_outside_the_source_has_no_value_but_the_mean_has(make_session):
    b = make_session("KOR")
    assert b.latest("ai_all").missing
    assert (b.has("ai_all"), b.mean("ai_all").year) == (False, 2025)


def test_above_is_judged_on_the_numbers_as_printed(make_session):
    b = make_session()
    value = b.latest("ai_all")
    assert b.over(value, b.mean("ai_all")) == "över"
    assert b.over(value, value) == "i nivå med"
    assert make_session(language="en").over(b.mean("ai_all"), value) == "below"


def test_above_a_missing_number_is_refused(make_session):
    b = make_session("KOR")
    with pytest.raises(ContentError, match="missing value"):
        b.over(b.latest("ai_all"), b.mean("ai_all"))


def test_a_true_claim_is_silent_and_an_untrue_one_stops(make_session):
    b = make_session()
    b.claim(b.latest("ai_large"), ">", b.latest("ai_small"), "large above small")
    with pytest.raises(ClaimUntrueError, match="small above large"):
        b.claim(b.latest("ai_small"), ">", b.latest("ai_large"), "small above large")


def test_a_claim_on_a_missing_number_stops(make_session):
    b = make_session("KOR")
    with pytest.raises(ClaimUntrueError):
        b.claim(b.latest("ai_large"), ">", 0, "some large firms use AI")


def test_a_quote_must_stand_in_the_fact(make_session):
    b = make_session()
    statement = b.base.evidence.fact("npr-project-start").statement.sv
    assert b.fact("npr-project-start").text == "2015"
    assert b.fact("npr-project-start", statement[:10]).text == statement[:10]
    with pytest.raises(ContentError, match="a passage of"):
        b.fact("npr-project-start", "i början av 1999")


def test_per_cent_in_a_swedish_quote_is_written_as_in_our_prose(make_session):
    quote = "42 % av produktivitetstillväxten"
    assert make_session().fact("ta-ict42", quote).text.startswith("42\u00a0procent av")


def test_references_are_numbered_in_the_order_of_citation(make_session, shown):
    b = make_session()
    b.namespace["b"] = b
    assert b.render('{b.cite("npr-project-start")}{b.cite("prod-digital")}').markdown == "[[c:1]][[c:2]]"
    assert b.render('{b.cite("npr-interim-mcm")}').markdown == "[[c:1]]"  # the same publication as the first
    b.references()
    assert [one["number"] for one in shown[-1][display.REFERENCES]["items"]] == [1, 2]


def test_the_colophon_names_the_vintages_and_says_that_the_edition_is_the_first(make_session, shown):
    b = make_session()
    b.latest("ai_all")
    b.colophon()
    prose = [one[display.PROSE]["markdown"] for one in shown if display.PROSE in one]
    assert any("första utgåvan" in one for one in prose)
    (row,) = shown[-1][display.TABLE]["table"]["rows"]
    assert row[1:4] == ["Eurostat", b.panel("ai_all").vintage[:12], "15 juni 2026"]


def test_an_indicator_outside_the_declaration_is_refused(make_session):
    with pytest.raises(ContentError, match="berd"):
        make_session(indicators=("ai_all",)).latest("berd")


def test_a_cell_of_the_other_language_says_nothing(make_session, shown):
    b = make_session()
    prose_cell(b, "en", "", "Text.")
    prose_cell(b, "sv", "if 1 > 2", "Text.")
    prose_cell(b, "sv", "summary if 2 > 1", "Text.")
    assert [one[display.PROSE]["role"] for one in shown] == ["summary"]


def test_an_unknown_role_is_answered_with_the_nearest():
    with pytest.raises(ContentError, match="summary"):
        parse_line("sumary")


@pytest.mark.parametrize("country", ["SWE", "KOR", "CRI"])
def test_figures_and_tables_of_any_country_carry_text_data_and_source(make_session, shown, country):
    b = make_session(country)
    title = b.text(sv="Titel", en="Title")
    b.show_line("ai_all", key="l", title=title)
    b.show_ranked("ai_all", key="r", title=title)
    b.show_sizes("ai", key="s", title=title)
    b.show_slope("ai_all", 2023, 2025, key="sl", title=title)
    b.show_multiples(["ai_all", "gdp_per_hour"], key="m", title=title)
    b.show_scoreboard(["ai_all", "gerd"], key="t", title=title)
    b.show_peers(["ai_all", "gerd"], key="p", title=title)
    figures = [one[display.FIGURE] for one in shown if display.FIGURE in one]
    assert [one["number"] for one in figures] == [1, 2, 3, 4, 5]
    for one in figures:
        assert len(one["alt"]) > 60
        assert one["data"]["rows"]
        assert "Eurostat" in one["source"]
    tables = [one[display.TABLE] for one in shown if display.TABLE in one]
    assert tables[0]["table"]["rows"][0][1] == ("[[v:0]]" if country == "SWE" else "..")


def test_both_languages_show_the_same_numbers(make_session, shown):
    for language in ("sv", "en"):
        make_session(language=language).show_scoreboard(
            ["ai_all", "gerd"], key="t", title=make_session().text(sv="a", en="b")
        )
    swedish, english = ([one["value"] for one in bundle[display.TABLE]["values"]] for bundle in shown)
    assert swedish == english
    assert len(swedish) == 10  # two indicators: value, year, mean, count, place


def test_opening_a_briefing_refuses_what_it_does_not_know(home, monkeypatch):
    from npr.briefing import open_briefing

    monkeypatch.setenv("NPR_HOME", str(home))
    for wrong in ({"country": "SWW"}, {"country": "BRA"}, {"language": "se"}, {"edition": "strater"}):
        with pytest.raises(UsageError):
            open_briefing("industri40", **wrong)
