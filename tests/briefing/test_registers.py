"""Scoreboards, standings, registers and key messages, on the starter edition and on declarations made by hand."""

from dataclasses import replace

import pytest

from npr.briefing import display
from npr.briefing.cells import read_code
from npr.briefing.demands import Place, demand_faults, places_of
from npr.briefing.key_messages import key_messages, opening
from npr.briefing.prose import Rendered
from npr.errors import ContentError, UsageError
from npr.indicators.knowledge import open_knowledge_base

TITLE = Rendered("Titel")


def signs(bundle) -> list[str]:
    return [row[-1] for row in bundle[display.TABLE]["table"]["rows"]]


def test_a_scoreboard_says_better_or_worse_in_the_direction_of_the_indicator(make_session, shown):
    # SWE against the mean: AI 35.0 above 22.3 (higher is better), carbon intensity 0.057 below 0.119 (lower is
    # better), high-technology exports 17.7 below 19.7 (higher is better), industry 21.7 below 23.4 (neither).
    listed = ["ai_all", "co2_intensity", "high_tech_exports", "industry_share"]
    make_session().show_scoreboard(listed, key="t", title=TITLE)
    assert signs(shown[-1]) == ["[[s:better|bättre]]", "[[s:better|bättre]]", "[[s:worse|sämre]]", "[[s:plain|lägre]]"]


def test_a_scoreboard_of_a_country_without_figures_has_two_dots_and_no_sign(make_session, shown):
    make_session("CRI", "en").show_scoreboard(["ai_all", "gerd_uis"], key="t", title=TITLE)
    rows = shown[-1][display.TABLE]["table"]["rows"]
    assert (rows[0][1], rows[0][5], rows[0][6]) == ("..", "..", "..")
    assert rows[1][6] == "[[s:worse|worse]]"  # 0.34 against 2.23 per cent of GDP


def test_numbers_that_look_alike_are_level(make_session, shown):
    # Direct support: 0.1207 and a mean of 0.1192 per cent of GDP, both printed as 0,12.
    make_session().show_scoreboard(["rd_support_direct"], key="t", title=TITLE)
    assert signs(shown[-1]) == ["[[s:level|i nivå]]"]


def test_a_theme_names_what_the_edition_does_not_hold(make_session, shown):
    make_session().show_theme("hallbar_produktion", key="t", title=TITLE)
    table = shown[-1][display.TABLE]
    assert len(table["table"]["rows"]) == 2  # carbon intensity and productivity
    assert "Utgåvan saknar: Förnybar energi" in table["note"]


def test_an_unknown_theme_is_answered_with_the_nearest(make_session):
    with pytest.raises(UsageError, match="Did you mean 'industri40'"):
        make_session().show_theme("industri4", key="t", title=TITLE)


def test_the_tally_of_measures_leaves_out_those_without_direction_or_figures(make_session):
    listed = ["ai_all", "co2_intensity", "high_tech_exports", "industry_share"]
    b = make_session()
    assert (b.compared(listed).amount, b.ahead(listed).amount) == (3, 2)
    # CRI has no figure on AI; it is better in carbon intensity (0.061 < 0.119) and exports (22.9 > 19.7).
    b = make_session("CRI")
    assert (b.compared(listed).amount, b.ahead(listed).amount) == (2, 2)


def test_measures_are_ordered_by_the_share_of_countries_ahead(make_session):
    # SWE: exports 20 of 38 (0.53), carbon intensity 3 of 38 (0.08), AI 3 of 24 (0.125).
    listed = ["high_tech_exports", "ai_all", "co2_intensity"]
    assert make_session().by_place(listed) == ["co2_intensity", "ai_all", "high_tech_exports"]


def test_the_profile_shows_every_indicator_of_the_theme_in_its_own_year(make_session, shown):
    b = make_session()
    b.show_profile("kunskapslyft", key="p", title=TITLE)
    payload = shown[-1][display.TABLE]
    table, printed = payload["table"], [one["text"] for one in payload["values"]]
    assert [row[1] for row in table["rows"]] == ["[[v:0]]", "[[v:5]]", "[[v:10]]"]  # year, three countries, mean
    assert [printed[at] for at in (0, 5, 10)] == ["2023"] * 3
    assert [column["label"] for column in table["columns"]][2:] == ["Sverige", "Finland", "Sydkorea", "OECD-snitt"]


def test_relative_difference_is_in_per_cent(make_session):
    b = make_session()
    one, other = b.at("ai_all", 2025), b.at("ai_all", 2023)
    # 35.04 / 10.37 - 1 = 2.379 (the value of 2023 is 10.37).
    assert round(other.amount, 2) == 10.37
    assert round(b.relative(one, other).amount, 1) == 237.9
    assert b.relative(one, b.latest("gerd_uis")).missing  # another unit


def test_sweden_is_shown_its_measures_and_another_country_is_not(make_session, shown):
    make_session().show_instruments(key="i", title=TITLE)
    make_session("CRI").show_instruments(key="i", title=TITLE)
    own, other = (one[display.TABLE]["table"] for one in shown)
    assert [len(one["columns"]) for one in (own, other)] == [4, 2]
    assert len(own["rows"]) == len(other["rows"]) == 13
    tax = next(row for row in own["rows"] if row[0].startswith("Indirekt stöd"))
    assert tax[2] == "Ingen svensk åtgärd har lästs."
    assert "Industriklivet" not in str(other)


def test_deadlines_are_shown_with_their_days(make_session, shown):
    make_session().show_demands("deadline", key="d", title=TITLE, days=True)
    rows = shown[-1][display.TABLE]["table"]["rows"]
    assert [(row[0], row[3]) for row in rows] == [
        ("R-04", "31 december 2016"), ("R-08", "30 juni 2016"), ("R-11", "31 mars 2017"), ("R-15", "31 mars 2017"),
    ]  # fmt: skip


def test_the_matrix_stops_when_a_briefing_does_not_answer(make_session):
    b = make_session(reads=("industri40",))  # the six others are not read, so most demands have no place
    with pytest.raises(ContentError, match=r"briefing statens-roll: R-26: expected b\.answers"):
        b.show_demands(key="d", title=TITLE)


def test_the_counts_add_up_to_all_demands(make_session, shown):
    make_session().show_demand_counts(key="c", title=TITLE)
    rows = shown[-1][display.FIGURE]["data"]["rows"]
    assert sum(int(row[1]) for row in rows) == 57
    assert rows[0] == ["aktörer", "14"]
    assert [one["align"] for one in shown[-1][display.FIGURE]["data"]["columns"]] == ["left", "right"]
    assert "aktörer 14" in shown[-1][display.FIGURE]["alt"]


def test_the_timeline_is_in_order_and_cites_its_facts(make_session, shown):
    b = make_session(language="en")
    b.show_timeline(key="t", title=TITLE)
    figure = shown[-1][display.FIGURE]
    assert figure["data"]["rows"][0] == ["2015", "The OECD project begins", "OECD project"]
    assert figure["data"]["rows"][-1][0] == "December 2017"
    assert [one["align"] for one in figure["data"]["columns"]] == ["left"] * 3  # all are words
    assert "[[c:1]]" in figure["source"]
    assert "npr-launch" in {fact for facts in b.cited.values() for fact in facts}


def test_a_note_of_the_notebook_keeps_its_own_numbers_beside_those_of_the_title(make_session, shown):
    b = make_session()
    b.namespace |= {"first": b.latest("ai_all"), "second": b.latest("ai_small")}
    title, note = b.text(sv="Nu {first}", en="Now {first}"), b.text(sv="Små: {second}.", en="Small: {second}.")
    b.show_ranked("ai_all", key="r", title=title, note=note)
    figure = shown[-1][display.FIGURE]
    assert figure["title"] == "Nu [[v:0]]"
    assert figure["note"].startswith("Små: [[v:1]]. OECD är")
    assert [one["indicator"] for one in figure["values"]] == ["ai_all", "ai_small"]


def test_a_briefing_without_figures_has_no_table_of_vintages(make_session, shown):
    make_session().colophon()
    assert shown
    assert not [one for one in shown if display.TABLE in one]


def test_the_first_edition_has_no_changes_and_says_so(make_session, shown):
    make_session().show_changes(key="c")
    assert "första utgåvan" in shown[-1][display.PROSE]["markdown"]


def test_a_quoted_demand_is_traced_to_the_decision_and_must_hold_the_words(make_session):
    b = make_session()
    b.namespace["b"] = b
    made = b.render('{b.demand("R-06", "1 miljon kronor")}')
    assert made.values[0]["fact"] == "R-06"
    assert made.values[0]["reference"] == "decision"
    assert "Regeringen" in made.values[0]["publisher"]
    with pytest.raises(ContentError, match="a passage of"):
        b.demand("R-06", "2 miljoner kronor")
    with pytest.raises(UsageError, match="Unknown demand 'R-99'"):
        b.demand("R-99", "x")


def test_an_unknown_demand_is_not_answered(make_session):
    with pytest.raises(UsageError, match="Did you mean 'R-5"):
        make_session().answers("R-588")


def test_a_size_is_printed_without_its_sign(make_session):
    b = make_session()
    b.namespace["fall"] = b.growth("co2_intensity", 2010, 2020)
    assert b.namespace["fall"].amount < 0
    signed, bare = b.render("{fall}").markdown, b.render("{fall:abs}")
    assert signed == bare.markdown == "[[v:0]]"
    assert not bare.values[0]["text"].startswith("\N{MINUS SIGN}")
    assert bare.values[0]["value"] > 0


def test_key_messages_are_those_of_the_other_notebook_with_our_citations(make_session):
    b = make_session(reads=("testbadd",))
    b.reference_number("prod-digital")  # this one comes first here
    messages = [one.render(b) for one in key_messages(b, "testbadd")]
    assert [one.markdown.partition("**")[2].partition(".")[0] for one in messages] == [
        "Forskning", "Statens stöd", "Forskare", "Testbäddar",
    ]  # fmt: skip
    assert messages[0].values[0]["indicator"] == "gerd_uis"
    assert "[[c:2]]" in messages[3].markdown and "[[c:3]]" in messages[3].markdown
    assert next(iter(b.cited)) == b.base.evidence.fact("prod-digital").reference
    assert "gerd_uis" in b.used


def test_a_briefing_takes_messages_only_from_those_that_it_reads(make_session):
    with pytest.raises(ContentError, match="reads: expected testbadd"):
        key_messages(make_session(), "testbadd")


def test_the_opening_ends_with_the_last_key_message(home):
    cells = opening(read_code(home, "notebooks/testbadd.ipynb"))
    assert cells[-1].prose.is_key
    assert not any(name.startswith("show_") for cell in cells for name, _ in cell.calls())


def test_a_place_needs_a_plain_heading_in_both_languages(home):
    base = open_knowledge_base(home, "starter")
    briefing = base.catalogue.briefing("testbadd")
    (place,) = places_of(briefing, read_code(home, briefing.notebook))
    assert (place.demand, place.heading("en")) == ("R-51", "Why research environments decide")
    bad = [replace(place, section=(("sv", "Läget {here}"),))]
    told = [fault for fault in demand_faults(bad, base.evidence) if fault.key == "b.answers(...)"]
    assert len(told) == 2  # braces in Swedish, nothing in English
    assert isinstance(place, Place)
