"""What an edition says ahead: fans, chances, targets, places and scenarios, on real and on made figures."""

import math
from dataclasses import replace

import numpy as np
import pytest

from npr.analysis.outlook import Chance, Outlook, concerns, open_outlook, rounded
from npr.errors import UsageError
from npr.forecast.baseline import MODELS
from npr.forecast.fans import Fan, Refusal
from npr.forecast.joint import rank_distribution
from specimens import panel_of, scenario_set

END = 2036


def test_an_outlook_is_opened_once_for_an_edition(base, outlook):
    assert open_outlook(base, "produktion") is outlook


def test_an_unknown_set_is_answered_with_the_nearest(base):
    with pytest.raises(UsageError, match="Did you mean 'produktion'"):
        open_outlook(base, "produktoin")


def test_aggregates_are_no_part_of_a_panel(outlook, base):
    assert not base.catalogue.aggregates & set(outlook.prepared["gerd_uis"].areas)
    assert {"SWE", "KOR"} <= set(outlook.prepared["gerd_uis"].areas)


def test_what_only_serves_the_back_test_is_not_shown(outlook):
    assert outlook.shown == [
        "gdp_per_hour_ilo", "gerd_uis", "researchers_per_million", "industry_share", "high_tech_exports",
        "co2_intensity",
    ]  # fmt: skip
    assert {"gdp_per_hour_pwt", "broadband"} <= set(outlook.prepared) - set(outlook.shown)


def test_the_ceiling_and_class_are_those_declared(outlook):
    assert outlook.prepared["broadband"].transform.ceiling == 60
    assert outlook.prepared["internet_users"].kind == "diffusion"
    assert outlook.prepared["gerd_uis"].transform.ceiling is None


def test_a_fan_starts_after_the_last_observation_and_ends_where_it_is_told(outlook):
    fan = outlook.fan("gerd_uis", "SWE", END)
    assert isinstance(fan, Fan)
    assert (fan.origin, fan.last) == (2023, 3.59978)
    assert (int(fan.years[0]), int(fan.years[-1])) == (2024, 2036)


def test_a_country_that_is_nowhere_is_refused(outlook):
    assert outlook.fan("gerd_uis", "XKX", END) == Refusal("no_data", 0, 0)


def test_a_chance_has_the_range_of_all_models(outlook):
    fan = outlook.fan("gerd_uis", "SWE", END)
    found = outlook.chance(fan, ">=", 4.0, END)
    by_model = [100 * fan.chance(">=", 4.0, END, model) for model in MODELS]
    assert found == Chance(by_model[0], min(by_model), max(by_model))
    assert found.low < found.amount < found.high


@pytest.mark.parametrize("op", [">=", "<="])
@pytest.mark.parametrize("value", [3.0, 3.6, 4.0, 5.0])
def test_ever_is_at_least_in_the_year_and_every_year_at_most(outlook, op, value):
    fan = outlook.fan("gerd_uis", "SWE", END)
    ever, inside, always = (outlook.chance(fan, op, value, END, mode) for mode in ("ever_by", "in_year", "every_year"))
    for name in ("amount", "low", "high"):
        assert getattr(ever, name) >= getattr(inside, name) >= getattr(always, name)


def test_chances_are_told_in_steps_of_five_and_never_as_certain():
    assert [rounded(one) for one in (0.0, 2.4, 7.4, 7.6, 52.6, 97.6, 100.0)] == [5, 5, 5, 10, 55, 95, 95]


def test_places_hold_most_of_the_chance_and_the_leader_is_first(outlook, base):
    members = base.catalogue.member_set
    places = outlook.places("gerd_uis", "SWE", END, END, members)
    assert places.best <= places.middle <= places.worst <= places.among
    assert places.among > 30
    leader = outlook.places("gerd_uis", "ISR", END, END, members)
    assert leader.middle == 1
    assert outlook.places("researchers_per_million", "COL", END, END, members) is None


def test_where_less_is_better_the_lowest_is_first(outlook, base):
    fans = {area: fan for area, fan in outlook.fans("co2_intensity", END).items() if isinstance(fan, Fan)}
    members = base.catalogue.member_set & set(fans)
    lowest = min(members, key=lambda area: fans[area].middle(END))
    assert outlook.places("co2_intensity", lowest, END, END, base.catalogue.member_set).middle <= 2


def test_the_gap_to_a_target_is_counted_from_the_last_year(outlook):
    gap = outlook.gap("gerd_uis", "SWE", 4.0, 2036)
    assert math.isclose(gap.missing, 4.0 - 3.59978)
    assert (gap.years, round(gap.yearly, 6)) == (13, round((4.0 - 3.59978) / 13, 6))


def test_the_reference_class_counts_countries_once(outlook):
    found = outlook.others_once("gerd_uis", "SWE")
    assert found.horizon == 10
    assert 5 <= found.areas < 20
    assert found.lower <= found.middle <= found.upper


def test_conditions_are_those_of_the_indicator_and_the_area(outlook):
    case = outlook.declared.scenarios[0]
    mine = outlook.conditions(case, "gdp_per_hour_ilo", "SWE", "SWE")
    assert [one.id for one in mine] == ["bo-produktivitet", "bo-handel"]
    assert outlook.conditions(case, "industry_share", "SWE", "SWE") == ()


def test_focus_means_the_country_that_a_briefing_is_about():
    assert concerns(("focus",), "SWE", "SWE") and not concerns(("focus",), "FIN", "SWE")
    assert concerns(("FIN",), "FIN", "SWE") and not concerns(("FIN",), "SWE", "SWE")
    assert concerns(("all",), "FIN", "SWE")


def test_a_scenario_moves_the_middle_by_what_it_assumes(outlook):
    fan = outlook.fan("gdp_per_hour_ilo", "SWE", END)
    course = outlook.course(outlook.declared.scenarios[0], fan, "SWE")
    # 0.4 and 0.1 per cent a year from 2027, a quarter more each year until 2030: 0.25 + 0.5 + 0.75 + 7 = 8.5 years.
    steps = [0.25, 0.5, 0.75, *[1.0] * 7]
    growth = math.prod(1 + 0.004 * step for step in steps) * math.prod(1 + 0.001 * step for step in steps)
    assert math.isclose(course.path[-1], fan.middle(END) * growth, rel_tol=1e-12)
    assert (course.low <= course.path).all()
    assert (course.path <= course.high).all()


def test_a_scenario_that_assumes_nothing_is_the_baseline_exactly(outlook):
    fan = outlook.fan("industry_share", "SWE", END)
    course = outlook.course(outlook.declared.scenarios[0], fan, "SWE")
    assert course.path.tobytes() == fan.transform.inverse(fan.centre[0]).tobytes()
    assert course.low.tobytes() == course.high.tobytes() == course.path.tobytes()


def test_a_scenario_that_leaves_the_band_is_told_apart_and_a_small_one_is_not(outlook):
    fan = outlook.fan("gdp_per_hour_ilo", "SWE", END)
    case = outlook.declared.scenarios[0]
    assert outlook.told_apart(case, fan, "SWE") is None
    assert 0 < outlook.way_to_edge(case, fan, "SWE", END) < 1
    strong = case.assumptions[0].model_copy(
        update={"range": case.assumptions[0].range.model_copy(update={"mode": 5.0})}
    )
    far = case.model_copy(update={"assumptions": (strong,)})
    first = outlook.told_apart(far, fan, "SWE")
    assert 2027 < first < END
    assert outlook.way_to_edge(far, fan, "SWE", first) > 1 > outlook.way_to_edge(far, fan, "SWE", first - 1)


def test_sensitivity_names_each_assumption_once_with_both_ends(outlook):
    fan = outlook.fan("gdp_per_hour_ilo", "SWE", END)
    case = outlook.declared.scenarios[0]
    found = outlook.sensitivity(case, fan, "SWE", END)
    middle = outlook.course(case, fan, "SWE").path[-1]
    assert [one.id for one, _ in found] == ["bo-produktivitet", "bo-handel"]
    assert all(low < middle < high for _, (low, high) in found)


def test_the_same_set_without_an_indicator_shown_gives_the_same_fan(outlook, base):
    hidden = outlook.declared.indicators["researchers_per_million"].model_copy(update={"shown": False})
    indicators = {**outlook.declared.indicators, "researchers_per_million": hidden}
    other = Outlook(
        outlook.declared.model_copy(update={"indicators": indicators}), outlook.panels, base.catalogue.aggregates
    )
    one, two = outlook.fan("gerd_uis", "SWE", END), other.fan("gerd_uis", "SWE", END)
    assert one.centre.tobytes() == two.centre.tobytes()
    assert one.half.tobytes() == two.half.tobytes()


def made(years, *, areas=("SWE", "FIN"), breaks=(), **more) -> Outlook:
    rows = [(area, year, 10.0 + year % 7, "B" if (area, year) in breaks else "") for area in areas for year in years]
    return Outlook(scenario_set(**more), {"ai_all": panel_of(*rows)}, frozenset({"EU27_2020"}))


def test_a_short_made_panel_is_refused_with_its_count():
    assert made(range(2010, 2017)).fan("ai_all", "SWE", 2030) == Refusal("few_points", 7, 8)


def test_a_break_that_the_source_flags_starts_the_series_anew():
    found = made(range(2005, 2026), breaks={("SWE", 2020)})
    assert found.fan("ai_all", "SWE", 2030) == Refusal("few_points", 6, 8)  # 2020 to 2025
    assert found.fan("ai_all", "FIN", 2030) == Refusal("few_series", 1, 15)


def test_a_panel_that_ends_too_early_for_the_year_has_no_fans(outlook):
    assert outlook.fan("gdp_per_hour_pwt", "SWE", 2041) == Refusal("too_old", 2019, 2021)
    assert isinstance(outlook.fan("gdp_per_hour_pwt", "SWE", 2039), Fan)


def test_an_aggregate_is_left_out():
    assert made(range(2005, 2026), areas=("SWE", "EU27_2020", "FIN")).prepared["ai_all"].areas == ("FIN", "SWE")


def test_the_ceiling_that_counts_is_its_middle():
    ceiling = {"low": 20, "mode": 30, "high": 40, "rationale": {"sv": "x", "en": "x"}, "own": True}
    indicators = {"ai_all": {"class": "diffusion", "transform": "logit", "ceiling": ceiling}}
    assert made(range(2005, 2026), indicators=indicators).prepared["ai_all"].transform.ceiling == 30


def test_the_places_hold_the_middle_eighty_per_cent(outlook, base):
    fans = outlook._members("gerd_uis", END, base.catalogue.member_set)
    chances = rank_distribution(fans, outlook._paths(fans), END, best="high")
    mine = np.cumsum(chances[[fan.area for fan in fans].index("SWE")])
    found = outlook.places("gerd_uis", "SWE", END, END, base.catalogue.member_set)
    assert mine[found.best - 1] >= 0.1 > (mine[found.best - 2] if found.best > 1 else 0.0)
    assert mine[found.worst - 1] >= 0.9 > mine[found.worst - 2]
    assert mine[found.middle - 1] >= 0.5 > mine[found.middle - 2]


def test_a_year_that_has_been_observed_already_has_no_places_to_come(outlook, base):
    assert outlook.places("gdp_per_hour_ilo", "SWE", 2025, END, base.catalogue.member_set) is None


def test_paths_do_not_depend_on_which_fans_are_asked_for(outlook):
    fan = outlook.fan("gerd_uis", "SWE", END)
    alone = outlook._paths([fan])[0]
    beside = outlook._paths([replace(fan, area="FIN"), fan])[1]
    assert np.array_equal(alone, beside)


def test_paths_up_to_a_year_begin_those_of_the_whole_fan(outlook):
    fan = outlook.fan("gerd_uis", "SWE", END)
    whole, part = outlook._paths([fan])[0], outlook._paths([fan.until(END - 5)])[0]
    assert len(part) == len(whole) - 5 == fan.row(END - 5) + 1
    assert np.array_equal(part, whole[: len(part)])
