"""The catalogue as it ships: what is declared agrees with itself, with OECD's codes and with facts known by hand."""

from datetime import date
from pathlib import Path

import pytest

from npr.catalogue import Catalogue, load_catalogue
from npr.catalogue.declarations import LANGUAGES
from npr.errors import UsageError

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Sizes as Eurostat and OECD code them, by how the ids of enterprise indicators end.
SIZES = {"all": "S_GE10", "small": "S10T49", "medium": "S50T249", "large": "S_GE250"}
# Written down by hand from OECD's list of members, in the order in which they joined.
FOUNDERS = "AUT BEL CAN CHE DEU DNK ESP FRA GBR GRC IRL ISL LUX NLD NOR PRT SWE TUR USA ITA"
LATER = "JPN FIN AUS NZL MEX CZE HUN POL KOR SVK CHL SVN ISR EST LVA LTU COL CRI"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(Path(__file__).resolve().parents[2])


def test_oecd_has_the_38_members_of_its_own_list(catalogue: Catalogue) -> None:
    # 20 founders and 18 later members: 20 + 18 = 38
    assert catalogue.members == tuple(sorted(FOUNDERS.split() + LATER.split()))
    assert len(catalogue.members) == 38
    assert catalogue.member_set == set(catalogue.members)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("SWE", date(1961, 9, 28)),
        ("ITA", date(1962, 3, 29)),
        ("FIN", date(1969, 1, 28)),
        ("KOR", date(1996, 12, 12)),
        ("LVA", date(2016, 7, 1)),
        ("LTU", date(2018, 7, 5)),
        ("COL", date(2020, 4, 28)),
        ("CRI", date(2021, 5, 25)),
    ],
)
def test_members_joined_on_the_day_that_oecd_gives(catalogue: Catalogue, code: str, day: date) -> None:
    assert catalogue.area(code).accession == day


def test_later_members_joined_one_after_the_other(catalogue: Catalogue) -> None:
    days = [catalogue.area(code).accession for code in LATER.split()]
    assert days == sorted(days)
    # All founders but Italy deposited in 1961; the Convention came into force on 30 September 1961.
    late = {code for code in FOUNDERS.split() if catalogue.area(code).accession > date(1961, 12, 31)}
    assert late == {"ITA"}


def test_norway_is_a_country_and_not_the_word_no(catalogue: Catalogue) -> None:
    assert catalogue.area("NOR").territory == "NO"


def test_aggregates_are_no_members_and_have_names_in_both_languages(catalogue: Catalogue) -> None:
    assert {"OECD", "EU27_2020"} <= catalogue.aggregates
    assert not catalogue.aggregates & catalogue.member_set
    for code in catalogue.aggregates:
        name = catalogue.area(code).name
        assert name is not None and all(name[language] for language in LANGUAGES)


def test_a_country_is_required_and_an_aggregate_refused(catalogue: Catalogue) -> None:
    assert catalogue.require_country("BRA").territory == "BR"
    with pytest.raises(UsageError, match="EU27_2020 is not a country") as refused:
        catalogue.require_country("EU27_2020")
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(("typed", "meant"), [("SWD", "SWE"), ("swe", "SWE"), ("SE", "SWE"), ("no", "NOR")])
def test_an_unknown_country_is_answered_with_the_nearest_one(catalogue: Catalogue, typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'\\?"):
        catalogue.require_country(typed)
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'\\?"):
        catalogue.area(typed)


def test_an_unknown_indicator_is_answered_with_the_nearest_one(catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="Did you mean 'robots_all'\\?"):
        catalogue.indicator("robot_all")
    with pytest.raises(UsageError, match="data/catalogue/indicators"):
        catalogue.indicator("xyzzy")
    with pytest.raises(UsageError, match="Unknown briefing 'nosuchthing'"):
        catalogue.briefing("nosuchthing")


def test_there_are_47_indicators_each_with_a_unit_source_and_theme(catalogue: Catalogue) -> None:
    # 47 of the starter edition, 82 more that OECD serves
    assert len(catalogue.indicators) == 47 + 82
    for one in catalogue.indicators.values():
        assert one.unit in catalogue.units, one.id
        assert one.source in catalogue.sources, one.id
        assert one.theme in catalogue.themes, one.id
        assert one.decimals <= 3, one.id


def test_every_source_and_difference_is_of_use(catalogue: Catalogue) -> None:
    used = {one.source for one in catalogue.indicators.values()}
    assert used == set(catalogue.sources)
    assert all(unit.difference in catalogue.units for unit in catalogue.units.values())


def test_short_names_fit_a_table_column_and_are_unique(catalogue: Catalogue) -> None:
    for language in LANGUAGES:
        names = [one.short[language] for one in catalogue.indicators.values()]
        assert max(len(name) for name in names) <= 36
        assert len(set(names)) == len(names)


def test_enterprise_indicators_carry_their_size_class_and_the_others_none(catalogue: Catalogue) -> None:
    families = {one.id: one for one in catalogue.indicators.values() if one.family}
    sized = {name: one for name, one in families.items() if not name.startswith(("oecd_", "long_term"))}
    # robots, printing_3d, ai and two versions of digital intensity, in four sizes: 5 x 4 = 20
    assert len(sized) == 20
    for name, one in sized.items():
        family, _, size = name.rpartition("_")
        assert (one.family, one.breakdown, one.unit) == (family, SIZES[size], "PT_ENT")
    # OECD's own: five technologies in the total, manufacturing and three sizes; four in the first two.
    of_oecd = [one for name, one in families.items() if name.startswith("oecd_")]
    assert len(of_oecd) == 5 * 5 + 4 * 2
    wanted = {**SIZES, "manufacturing": "C"}
    assert all(one.breakdown == wanted[one.id.rpartition("_")[2]] for one in of_oecd)
    assert all(one.breakdown == one.oecd.key["ACTIVITY" if one.breakdown == "C" else "SIZE_CLASS"] for one in of_oecd)
    # The others are of the total, of an industry, a field of study or a scenario.
    others = {one.breakdown for one in catalogue.indicators.values() if not one.family}
    assert others == {"_T", "C", "C26", "C28", "C29", "F05T07", "F06", "F07"}


def test_the_two_digital_indices_are_different_families_and_say_so(catalogue: Catalogue) -> None:
    third, fourth = catalogue.indicator("digital_intensity_v3_all"), catalogue.indicator("digital_intensity_v4_all")
    assert third.family != fourth.family
    assert "index_version" in third.caveats and "index_version" in fourth.caveats


def test_only_emissions_are_better_when_lower(catalogue: Catalogue) -> None:
    lower = [one.id for one in catalogue.indicators.values() if one.direction == "lower"]
    assert lower == ["co2_intensity", "ghg_industrial_processes", "ghg_manufacturing", "ghg_total"]


def test_the_series_called_tax_support_is_declared_as_the_total_that_it_is(catalogue: Catalogue) -> None:
    total = catalogue.indicator("rd_support_tax")
    assert total.oecd is not None and total.oecd.key["MEASURE"] == "DF_GTARD"
    assert "direct funding and tax" in total.name.en and total.note is not None


def test_numbers_and_words_are_kept_together_by_a_no_break_space(catalogue: Catalogue) -> None:
    assert catalogue.units["PT_ENT"].prose.sv == f"{{n}}{NO_BREAK_SPACE}procent"
    assert catalogue.units["PT_B1GQ"].prose.sv == f"{{n}}{NO_BREAK_SPACE}procent av BNP"
    assert catalogue.units["PT_B1GQ"].prose.en == "{n}% of GDP"
    assert catalogue.units["PP"].prose.en == f"{{n}}{NO_BREAK_SPACE}percentage points"
    for unit in catalogue.units.values():
        assert "{n} " not in unit.prose.sv + unit.prose.en, unit.id


def test_a_share_differs_from_another_in_percentage_points(catalogue: Catalogue) -> None:
    shares = {name: unit for name, unit in catalogue.units.items() if name.startswith(("PT_", "PCT"))}
    # PT_ENT, PT_B1GQ, PT_EMP, PT_EXP_MANUF, PT_POP, PCT and PCT_CHANGE; then PT_GERD, PT_BERD, PT_RSH, PT_GBARD,
    # PT_SB_FBB, PT_SUP_NRG and PT_ST_SUB
    assert len(shares) == 7 + 7
    assert {unit.difference for unit in shares.values()} == {"PP"}
