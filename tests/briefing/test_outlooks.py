"""What a notebook says ahead: the numbers, the words for what cannot be said, the figures and the tables."""

import re
from dataclasses import replace

import pytest

from npr.analysis.outlook import why_not
from npr.briefing.display import plain
from npr.errors import ContentError, UsageError
from npr.forecast.baseline import MODELS
from npr.forecast.fans import REASONS, Refusal
from npr.language.messages import message


@pytest.fixture
def ahead(make_session):
    def make(country="SWE", language="sv", **chosen):
        session = make_session(country, language)
        session.look_ahead("produktion", **chosen)
        return session

    return make


def payload(shown):
    return next(value for name, value in shown[-1].items() if name.startswith("application/vnd.npr."))


def cells(shown):
    table = payload(shown)
    return [[plain(cell, table["values"]) for cell in row] for row in table["table"]["rows"]]


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"horizon": 9}, "expected a horizon of 10 to 15 years, found 9"),
        ({"horizon": 16}, "expected a horizon of 10 to 15 years, found 16"),
        ({"horizon": 40}, "expected a horizon of 10 to 15 years, found 40"),
        ({"report_years": [2026]}, "expected a year from 2027 to 2036, found 2026"),
        ({"report_years": ["2037"]}, "expected a year from 2027 to 2036, found 2037"),
        ({"report_years": ["soon"]}, "expected years such as 2031,2036, found 'soon'"),
    ],
)
def test_what_lies_outside_the_horizon_is_refused(ahead, chosen, told):
    with pytest.raises(UsageError, match=told):
        ahead(**chosen)


def test_an_unknown_set_is_refused_with_the_nearest(make_session):
    with pytest.raises(UsageError, match="Did you mean 'produktion'"):
        make_session().look_ahead("production")


def test_the_horizon_counts_from_the_edition_and_years_come_from_the_set(ahead):
    assert (ahead().end, ahead().report_years) == (2036, (2031, 2036))
    far = ahead(horizon=15, report_years=["2041", "2030"])
    assert (far.end, far.report_years) == (2041, (2030, 2041))


def test_a_set_may_end_before_the_horizon(make_session, monkeypatch):
    session = make_session()
    declared = session.base.catalogue.scenario_set("produktion")
    near = declared.model_copy(update={"horizon": declared.horizon.model_copy(update={"end": 2033})})
    monkeypatch.setattr(type(session.base.catalogue), "scenario_set", lambda *_: near)
    session.look_ahead("produktion", horizon=15)
    assert (session.end, session.report_years) == (2033, (2031,))


def test_the_middle_lies_between_the_edges_and_names_what_it_starts_from(ahead):
    b = ahead()
    low, middle, high = b.lower("gerd_uis", 2036), b.expected("gerd_uis", 2036), b.upper("gerd_uis", 2036)
    fan = b.fan("gerd_uis")
    assert (low.amount, middle.amount, high.amount) == tuple(fan.quantiles([0.1, 0.5, 0.9])[fan.row(2036)])
    assert low < middle < high
    assert (middle.origin.year, middle.origin.area, middle.origin.status) == (2036, "SWE", "F")
    assert middle.how == "median of the baseline, level_pooled from 2023"
    assert low.how == "10% quantile of the baseline, level_pooled from 2023"
    assert [part.amount for part in middle.made_of] == [3.59978]
    assert middle.origin.vintage == b.panel("gerd_uis").vintage


def test_a_country_without_a_fan_has_missing_numbers_and_a_reason(ahead):
    b = ahead("COL")
    assert not b.has_fan("researchers_per_million")
    assert b.expected("researchers_per_million").missing
    assert b.without_fan() == ["researchers_per_million"]
    assert "researchers_per_million" not in b.shown_fans()
    assert b.why_no_fans().markdown == (
        "Forskare per miljon invånare får inget band: serien har 5 jämförbara värden, och 8 behövs."
    )
    assert b.odds("researchers_per_million", ">=", b.start("researchers_per_million"), 2036).about.missing


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words_in_both_languages(reason):
    told = [why_not(Refusal(reason, 2010.0, 2019.0), language) for language in ("sv", "en")]
    assert told[0] != told[1]
    assert not re.search(r"[{}]", " ".join(told))


def test_years_in_a_reason_are_not_grouped():
    assert "2010" in why_not(Refusal("too_old", 2010.0, 2019.0), "sv")
    assert "3,50" in why_not(Refusal("too_small", 3.5, 60.0), "sv")


def test_a_notebook_that_looks_ahead_too_early_is_told_what_to_call(make_session):
    session = make_session()
    assert not session.looks_ahead
    with pytest.raises(UsageError, match=r"Call b.look_ahead"):
        session.expected("gerd_uis", 2036)


def test_without_a_fan_the_level_the_place_and_others_are_told(ahead, shown):
    b = ahead("COL")
    b.show_instead("researchers_per_million")
    told = plain(payload(shown)["markdown"], payload(shown)["values"])
    assert told.startswith(
        "”Forskare per miljon invånare”: 90\u00a0per miljon invånare 2017. Det är plats 36 av 36 OECD-länder."
    )


def test_others_at_the_level_are_told_where_there_were_some(ahead, shown):
    b = ahead("SWE")
    b.show_instead("gerd_uis")
    found = b.outlook.others_once("gerd_uis", "SWE")
    told = plain(payload(shown)["markdown"], payload(shown)["values"])
    assert f"Av {found.areas} länder som en gång stod på den nivån" in told
    assert f"mellan {found.lower:.2f} och".replace(".", ",") in told


def test_odds_are_rounded_and_hold_the_range_of_the_models(ahead):
    b = ahead()
    goal = b.target_value(b.target("gerd_uis"))
    found = b.odds("gerd_uis", ">=", goal, 2036)
    assert all(one.amount % 5 == 0 for one in (found.about, found.low, found.high))
    assert found.low <= found.about <= found.high
    assert (found.near, found.wide) == ("ungefär", True)
    assert found.about.how == "chance in_year >= 4, in steps of 5 per cent, level_pooled from 2023"


def test_a_chance_at_the_end_of_the_scale_is_at_most_or_at_least(ahead):
    b = ahead()
    low = b.start("gerd_uis")
    for factor, word, amount in ((5.0, "högst", 5.0), (0.2, "minst", 95.0)):
        found = b.odds("gerd_uis", ">=", replace(low, amount=factor * low.amount), 2036)
        assert (found.near, found.about.amount, found.wide) == (word, amount, False)


@pytest.mark.parametrize(
    ("country", "wanted"), [("SWE", "fou-4"), ("CRI", "fou-2"), ("ISR", "fou-5"), ("NOR", "fou-2")]
)
def test_the_target_is_the_nearest_one_not_yet_reached(ahead, country, wanted):
    b = ahead(country)
    now = b.start("gerd_uis").amount
    assert b.target("gerd_uis").id == wanted
    assert now < b.target("gerd_uis").value or now > 5


def test_a_target_for_another_country_is_not_spoken_of(ahead, monkeypatch):
    b = ahead("SWE")
    theirs = tuple(one.model_copy(update={"areas": ("FIN",)}) for one in b.declared.targets)
    monkeypatch.setattr(b.outlook, "declared", b.declared.model_copy(update={"targets": theirs}))
    with pytest.raises(UsageError, match="declare no target for gerd_uis"):
        b.target("gerd_uis")


def test_a_target_that_nobody_declared_is_refused(ahead):
    with pytest.raises(UsageError, match="declare no target for industry_share"):
        ahead().target("industry_share")


def test_needed_and_pace_are_by_year_in_the_unit_s_difference(ahead):
    b = ahead()
    goal = b.target("gerd_uis")
    assert b.needed(goal).amount == pytest.approx((4 - 3.59978) / 13)
    first = b.at("gerd_uis", 2013).amount
    assert b.pace(goal).amount == pytest.approx((3.59978 - first) / 10)
    assert b.needed(goal).unit.id == "PP"


def test_the_places_are_values(ahead):
    middle, best, worst, among = ahead().places("gerd_uis", 2036)
    assert best <= middle <= worst <= among
    assert middle.unit.id == "RANK"
    assert all(one.missing for one in ahead("COL").places("researchers_per_million", 2036))


def test_the_span_names_the_scenarios_at_its_ends(ahead):
    low, high = ahead().span("gdp_per_hour_ilo", 2036)
    assert low < high
    assert low.how.startswith("middle of smal-delad")
    assert high.how.startswith("middle of bred-oppen")


def test_an_unknown_case_is_refused(ahead):
    with pytest.raises(UsageError, match="Did you mean 'bred-oppen'"):
        ahead().case("bred-open")


def test_the_record_is_that_of_the_back_test(ahead):
    b = ahead()
    found, naive = (b.outlook.backtest.summary("slow", 10, one) for one in ("level_pooled", "naive"))
    assert b.covered("slow", 10).amount == found.covers80
    assert b.covered("slow", 10, 95).amount == found.covers95
    assert b.loss_ratio("naive", "slow", 10).amount == pytest.approx(100 * (found.crps / naive.crps - 1))
    assert b.kept_promise()


def test_hits_count_the_newest_outcome_of_each_measure(ahead):
    b = ahead("KOR")
    hits, held = b.hits()
    assert held.amount == len({one.indicator for one in b.outcomes()})
    assert hits.amount == held.amount - len(b.misses(99))
    assert not b.latest_outcome("gdp_per_hour_ilo").hit
    assert b.misses(1)[0].indicator in {one.indicator for one in b.outcomes()}


@pytest.mark.parametrize(("held", "kept"), [(74.9, False), (75.0, True), (85.0, True), (85.1, False)])
def test_a_promise_is_broken_when_a_band_holds_too_little_or_too_much(ahead, monkeypatch, held, kept):
    b = ahead()
    tried = b.outlook.backtest
    summary = tried.summary
    monkeypatch.setattr(type(tried), "summary", lambda self, kind, h: replace(summary(kind, h), covers80=held))
    assert b.kept_promise() is kept


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_figure_has_a_picture_an_alternative_and_data(ahead, shown, language):
    b = ahead("SWE", language)
    title = b.text(sv="t", en="t")
    b.show_fan("gerd_uis", key="a", title=title, target=True)
    b.show_fan_since("gdp_per_hour_ilo", key="b", title=title)
    b.show_fans(["gerd_uis", "industry_share"], key="c", title=title)
    b.show_scenarios("gdp_per_hour_ilo", key="d", title=title)
    b.show_calibration(key="e", title=title)
    b.show_scorecard(key="f", title=title)
    b.show_tornado(b.case("bred-oppen"), "gdp_per_hour_ilo", 2036, key="g", title=title)
    assert len(shown) == 7
    for bundle in shown:
        figure = bundle["application/vnd.npr.figure+json"]
        assert bundle["image/svg+xml"].startswith("<svg ")
        assert len(figure["alt"]) > 60
        assert figure["data"]["rows"]
        assert {one["align"] for one in figure["data"]["columns"][1:]} == {"right"}  # numbers, some already as texts
        assert figure["note"]
        assert figure["source"]


def test_the_tornado_ends_with_the_models_and_the_band_around_the_scenario(ahead, shown):
    b = ahead()
    b.show_tornado(b.case("bred-oppen"), "gdp_per_hour_ilo", 2036, key="g", title=b.text(sv="t", en="t"))
    rows = {row[0]: row[1:] for row in payload(shown)["data"]["rows"]}
    fan = b.fan("gdp_per_hour_ilo")
    base = b.outlook.course(b.case("bred-oppen"), fan, "SWE").path[-1]
    models = [base * fan.middle(2036, model) / fan.middle(2036) for model in MODELS]
    assert rows["Val av modell"] == [f"{end:.1f}".replace(".", ",") for end in (min(models), max(models))]
    band = [base * edge / fan.middle(2036) for edge in fan.quantiles([0.1, 0.9])[-1]]
    assert rows["Basbanans 80-procentsband"] == [f"{end:.1f}".replace(".", ",") for end in band]


def test_a_fan_names_the_simpler_models_but_not_their_mean(ahead, shown):
    b = ahead()
    b.show_fan("gerd_uis", key="a", title=b.text(sv="t", en="t"))
    assert "Senaste värdet, Egen trend och Gemensam trend" in payload(shown)["alt"]


def test_a_figure_of_a_fan_that_is_not_there_names_the_guard(ahead):
    b = ahead("COL")
    with pytest.raises(ContentError, match=r"a fan of researchers_per_million, found none. Guard the figure"):
        b.show_fan("researchers_per_million", key="a", title=b.text(sv="t", en="t"))


def test_the_fan_table_holds_the_numbers_of_the_fans(ahead, shown):
    b = ahead()
    b.show_fan_table(key="t", title=b.text(sv="t", en="t"))
    row = next(one for one in cells(shown) if one[0].startswith("FoU"))
    wanted = [b.expected("gerd_uis", 2031), b.lower("gerd_uis", 2031), b.upper("gerd_uis", 2031)]
    middle, low, high = (one.show("sv", form="bare") for one in wanted)
    assert row[1:4] == ["3,60, 2023", middle, f"{low}–{high}"]
    assert all(record["indicator"] for record in payload(shown)["values"])


def test_the_back_test_table_has_the_classes_and_horizons_that_were_tried(ahead, shown):
    b = ahead()
    b.show_backtest(key="t", title=b.text(sv="t", en="t"))
    rows = cells(shown)
    assert [row[0] for row in rows][:4] == ["Långsam, 1 år", "Långsam, 5 år", "Långsam, 10 år", "Långsam, 15 år"]
    assert rows[2][2] == b.covered("slow", 10).show("sv", form="bare")


def test_assumptions_that_scenarios_share_stand_once_with_their_sources(ahead, shown):
    b = ahead()
    b.show_assumptions(key="t", title=b.text(sv="t", en="t"))
    rows = cells(shown)
    mine = [row for row in rows if row[0].startswith("Fler företag når fronten")]
    assert len(mine) == 1
    assert mine[0][0].endswith("(bred spridning, öppen värld och bred spridning, delad värld)")
    assert mine[0][2:4] == ["+0,4 procent per år", "+0,1 till +0,8"]
    assert re.search(r"\[\d+\]", mine[0][4])
    total = sum(len(case.assumptions) for case in b.declared.scenarios)
    assert len(rows) < total


def test_signposts_say_the_year_or_how_far_the_picture_gets(ahead, shown):
    b = ahead()
    b.show_signposts(key="t", title=b.text(sv="t", en="t"))
    rows = cells(shown)
    assert len(rows) == len(b.declared.signposts)
    assert re.search(r"inte inom horisonten \(\d+\u00a0procent av vägen till bandets kant 2036\)", rows[0][2])


def test_shocks_are_shown_beside_the_band_and_carry_no_chance(ahead, shown):
    b = ahead()
    b.show_shocks(key="t", title=b.text(sv="t", en="t"))
    rows = cells(shown)
    assert len(rows) == 4
    assert rows[0][2] == b.expected("gdp_per_hour_ilo", 2036).show("sv", form="bare")
    assert "inga sannolikheter" in payload(shown)["note"]
    assert not any("procent" in one["text"] for one in payload(shown)["values"])


def test_the_words_for_chances_are_in_both_languages():
    assert [message("outlook.at_most", one) for one in ("sv", "en")] == ["högst", "at most"]


def test_the_worst_misses_of_all_members_are_named_with_band_and_outcome(ahead, shown):
    b = ahead()
    b.show_misses(3, key="t", title=b.text(sv="t", en="t"))
    rows, worst = cells(shown), b.misses(3, country=False)
    assert [row[0] for row in rows] == [b.plain_name(one.area) for one in worst]
    assert abs(worst[0].place) >= abs(worst[1].place) >= abs(worst[2].place) > 1
    seen = b.panel(worst[0].indicator).value(worst[0].area, worst[0].year)
    assert rows[0][2] == f"{seen.show('sv', form='bare')}, {worst[0].year}"
    record = payload(shown)["values"][2]
    assert record["how"] == "middle of the band as of 2016"
    assert record["from"][0]["year"] == 2016


def test_the_error_since_2016_is_less_than_that_of_the_last_value(ahead):
    off = ahead().off_by(country=False)
    assert -60 < off.amount < 0
    assert off.unit.id == "PCT_CHANGE"


def test_a_target_is_drawn_when_it_is_asked_for_and_lies_within_the_horizon(ahead, shown):
    b = ahead()
    for wanted in (True, False):
        b.show_fan("gerd_uis", key="a", title=b.text(sv="t", en="t"), target=wanted)
        assert ("Räkneexempel: 4,00 år 2036" in payload(shown)["alt"]) is wanted


def test_what_came_is_told_and_the_colophon_says_how_gaps_were_filled(ahead, shown, make_session):
    b = ahead()
    b.show_fan_since("gdp_per_hour_ilo", key="a", title=b.text(sv="t", en="t"))
    assert "85,7" in payload(shown)["alt"] and "2025" in payload(shown)["alt"]
    b.colophon()
    make_session().colophon()
    told = [str(one) for one in shown]
    assert (
        sum("För banden har luckor" in one for one in told)
        == sum("Inga luckor har fyllts." in one for one in told)
        == 1
    )
