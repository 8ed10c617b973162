"""Charts over time: what is joined, what is named, what is told."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npr.errors import ContentError
from npr.figures import Figure, line_comparison, small_multiples
from npr.figures.runs import breaks_within, runs
from npr.figures.style import FOCUS, MEAN, OTHER, QUIET, TEXT
from svg_reading import dashes, outside, strokes, texts, written

NAN = float("nan")
WAVES = pd.DataFrame(
    {"Sverige": [9.9, 10.4, 35.0], "Danmark": [23.9, 15.2, 42.0], "OECD": [8.1, 8.6, 22.3]}, index=[2021, 2023, 2025]
)


def lines(table: pd.DataFrame, **said) -> Figure:
    fixed = {"focus": "Sverige", "mean": "OECD", "language": "sv", "axis": "procent", "decimals": 1, "key": "ai"}
    return line_comparison(table, **(fixed | said))


def multiples(tables: dict[str, pd.DataFrame], **said) -> Figure:
    fixed = {"focus": "Sverige", "mean": "OECD", "language": "sv", "key": "m"}
    units = {"axes": dict.fromkeys(tables, "procent"), "decimals": dict.fromkeys(tables, 1)}
    return small_multiples(tables, **(fixed | units | said))


def years(series: pd.Series, *breaks: int, **said) -> list[tuple[list[int], str]]:
    return [(run.years, run.kind) for run in runs(series, breaks, **said)]


def test_labels_name_every_line_and_give_the_number_of_focus_and_mean() -> None:
    assert {"Sverige 35,0", "OECD 22,3", "Danmark"} <= set(texts(lines(WAVES).svg))
    assert {"Sverige 35.0", "OECD 22.3"} <= set(texts(lines(WAVES, language="en").svg))


def test_focus_and_mean_stand_out_by_more_than_colour() -> None:
    svg = lines(WAVES).svg
    named = {one.text.split()[0]: one for one in written(svg)}
    assert (named["Sverige"].bold, named["OECD"].bold, named["Danmark"].bold) == (True, True, False)
    assert (named["Sverige"].color, named["OECD"].color, named["Danmark"].color) == (
        FOCUS.lower(),
        MEAN.lower(),
        QUIET.lower(),
    )
    assert strokes(svg, FOCUS, "2.6") == [3] and strokes(svg, MEAN, "1.8") == [3] and strokes(svg, OTHER, "1") == [3]
    assert not dashes(svg, FOCUS) and len(dashes(svg, MEAN)) == 1


def test_a_line_that_ends_early_says_in_which_year() -> None:
    table = WAVES.assign(Danmark=[23.9, 15.2, NAN], OECD=[8.1, 8.6, NAN])
    assert {"Danmark (2023)", "OECD 8,6 (2023)", "Sverige 35,0"} <= set(texts(lines(table).svg))


def test_a_gap_is_not_bridged() -> None:
    # 2019 is a year of the table (the mean has it) that Sweden lacks: 2 + 2 points, and no line of 4.
    table = pd.DataFrame(
        {"Sverige": [1.0, 2.0, NAN, 4.0, 5.0], "OECD": [1.0, 1.0, 1.0, 1.0, 1.0]}, index=range(2017, 2022)
    )
    assert strokes(lines(table).svg, FOCUS, "2.6") == [2, 2]


def test_a_gap_that_every_country_has_is_not_bridged_either() -> None:
    table = pd.DataFrame({"Sverige": [1.0, NAN, 3.0]}, index=[2018, 2019, 2020])
    assert strokes(lines(table).svg, FOCUS, "2.6") == []


def test_waves_are_joined_when_no_country_was_asked_in_between() -> None:
    assert years(pd.Series([1.0, 2.0, 3.0], index=[2021, 2023, 2025])) == [([2021, 2023, 2025], "solid")]


def test_a_long_table_expects_every_year() -> None:
    series = pd.Series(1.0, index=[*range(2000, 2012), 2013, 2014])  # 14 years, 2012 in none of the countries
    assert years(series) == [(list(range(2000, 2012)), "solid"), ([2013, 2014], "solid")]


def test_a_joined_gap_is_dotted_and_a_break_is_never_joined() -> None:
    series = pd.Series([1.0, NAN, 3.0, 4.0, NAN, 6.0], index=range(2015, 2021))
    found = years(series, 2020, join_gaps=True)
    assert found == [([2015], "solid"), ([2015, 2017], "joined"), ([2017, 2018], "solid"), ([2020], "solid")]


def test_a_line_stops_before_a_break_and_the_sign_is_explained() -> None:
    figure = lines(WAVES, breaks={"Sverige": [2023], "Danmark": []})
    assert strokes(figure.svg, FOCUS, "2.6") == [2]  # 2023 to 2025; 2021 is a dot
    assert "Brott i tidsserien" in texts(figure.svg)
    assert "brott i tidsserien, markerade med två sneda streck: Sverige 2023." in figure.alt
    assert "Brott i tidsserien" not in texts(lines(WAVES).svg)


def test_a_break_with_no_number_before_it_interrupts_nothing() -> None:
    assert breaks_within(WAVES, {"Sverige": [2021, 2022, 2025, 2026], "Norge": [2023]}) == {"Sverige": [2022, 2025]}
    assert "brott" not in lines(WAVES, breaks={"Sverige": [2021]}).alt


def test_provisional_years_are_dotted_and_told() -> None:
    series = pd.Series([1.0, 2.0, 3.0, 4.0], index=range(2021, 2025))
    assert years(series, provisional=[2023, 2024]) == [
        ([2021, 2022], "solid"),
        ([2022, 2023], "provisional"),
        ([2023, 2024], "provisional"),
    ]
    figure = lines(series.to_frame("Sverige"), provisional=[2023, 2024], language="en")
    assert "Provisional figure" in texts(figure.svg)
    assert figure.alt.endswith("Provisional figures have a dotted line and hollow dots: 2023 and 2024.")


def test_alt_text_tells_the_course_and_who_is_highest_in_the_same_year() -> None:
    assert lines(WAVES).alt == (
        "Linjediagram för 2 länder, 2021–2025. Enhet: procent. Sverige gick från 9,9 (2021) till 35,0 (2025). "
        "OECD gick från 8,1 (2021) till 22,3 (2025). År 2025 låg Danmark högst (42,0) och Sverige lägst (35,0)."
    )
    assert lines(WAVES, language="en", axis="per cent").alt == (
        "Line chart for 2 countries, 2021–2025. Unit: per cent. Sverige went from 9.9 (2021) to 35.0 (2025). "
        "OECD went from 8.1 (2021) to 22.3 (2025). In 2025 Danmark was highest (42.0) and Sverige lowest (35.0)."
    )


def test_numbers_of_different_years_are_not_compared() -> None:
    # Denmark's 99 is of 2021 alone: in 2023, the latest year of Sweden, only Sweden (10.4) and Norway (12.0) remain.
    table = pd.DataFrame(
        {"Sverige": [9.9, 10.4, NAN], "Danmark": [99.0, NAN, NAN], "Norge": [11.0, 12.0, 13.0]},
        index=[2021, 2023, 2025],
    )
    assert "År 2023 låg Norge högst (12,0) och Sverige lägst (10,4)." in lines(table).alt


def test_a_country_alone_in_its_latest_year_is_compared_in_the_year_that_most_have() -> None:
    table = WAVES.assign(Danmark=[23.9, 15.2, NAN], Norge=[NAN, 9.2, NAN])
    assert "År 2023 låg Danmark högst (15,2) och Norge lägst (9,2)." in lines(table).alt


def test_an_absent_focus_is_said() -> None:
    assert "Uppgift saknas för Sverige." in lines(WAVES[["Danmark", "OECD"]]).alt
    assert "There are no data for Sverige." in lines(WAVES.assign(Sverige=NAN), language="en").alt


def test_the_table_behind_the_chart_has_its_years_and_countries() -> None:
    figure = lines(WAVES.assign(Norge=NAN))
    assert figure.data.index.tolist() == ["2021", "2023", "2025"] and figure.data.index.name == "År"
    assert figure.data.columns.tolist() == ["Sverige", "Danmark", "OECD"]
    assert figure.data.loc["2025", "OECD"] == 22.3 and figure.decimals == 1
    assert lines(WAVES, language="en").data.index.name == "Year"


def test_one_year_one_country_and_no_mean_make_a_chart() -> None:
    figure = lines(pd.DataFrame({"Sverige": [3.0]}, index=[2020]), mean=None)
    assert {"2020", "Sverige 3,0"} <= set(texts(figure.svg))
    assert figure.alt == "Linjediagram för ett land, 2020. Enhet: procent. Sverige hade 3,0 (2020)."


def test_negative_numbers_have_a_true_minus_on_the_axis() -> None:
    table = pd.DataFrame({"Sverige": [-4.0, 4.0]}, index=[2020, 2021])
    shown = texts(lines(table).svg)
    assert {"−4", "−2", "0", "2", "4"} <= set(shown) and not any("-" in text for text in shown)


def test_huge_numbers_keep_the_chart_inside_its_frame() -> None:
    table = pd.DataFrame({"Sverige": [1e9, 9e9], "OECD": [2e9, 3e9]}, index=[2020, 2021])
    svg = lines(table, decimals=0).svg
    assert "8\u00a0000\u00a0000\u00a0000" in texts(svg)
    assert outside(svg) == []


def test_equal_countries_are_not_called_highest_and_lowest() -> None:
    table = pd.DataFrame({"Sverige": [5.0, 5.0], "Norge": [5.0, 5.04]}, index=[2020, 2021])
    assert "År 2021 hade alla länder 5,0." in lines(table).alt


def test_dollar_signs_and_angle_brackets_stay_as_written() -> None:
    table = pd.DataFrame({"US$ <b> & A$": [1.0, 2.0], "Sverige": [2.0, 1.0]}, index=[2020, 2021])
    assert "US$ <b> & A$" in texts(lines(table).svg)


def test_a_table_without_numbers_is_refused() -> None:
    for table in (pd.DataFrame(), WAVES * NAN, pd.DataFrame({"Sverige": []})):
        with pytest.raises(ContentError, match="figure ai: data: expected at least one number, found none"):
            lines(table)


def test_every_fault_of_a_table_is_told_at_once() -> None:
    table = pd.concat([WAVES, WAVES[["Sverige"]]], axis=1).replace(42.0, np.inf)
    with pytest.raises(ContentError) as caught:
        lines(table)
    assert [fault.found for fault in caught.value.faults] == ["'Sverige' twice", "an infinite one"]
    with pytest.raises(ContentError, match="expected numbers"):
        lines(WAVES.astype(object).replace(42.0, "x"))
    with pytest.raises(ContentError, match="rows: expected years, found 'total'"):
        lines(WAVES.rename(index={2025: "total"}))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=38))
def test_end_labels_never_overlap_and_follow_the_order_of_the_numbers(ends: list[float]) -> None:
    table = pd.DataFrame({f"Land {at} med långt namn": [0.0, end] for at, end in enumerate(ends)}, index=[2020, 2021])
    svg = lines(table).svg
    labels = {one.text: one.y for one in written(svg) if one.text.startswith("Land")}
    assert len(labels) == len(ends)
    order = sorted(range(len(ends)), key=lambda at: -ends[at])
    heights = [labels[f"Land {at} med långt namn"] for at in order]
    for (upper, lower), (a, b) in zip(pairwise(heights), pairwise(order), strict=True):
        assert abs(lower - upper) >= 9.5 * 1.2
        assert lower > upper or ends[a] == ends[b]  # downwards on the page; ties in either order
    assert outside(svg) == []


def test_small_charts_have_a_scale_and_a_title_each_and_name_the_grey_lines_once() -> None:
    figure = multiples({"AI": WAVES, "Robotar": WAVES * 10})
    shown = texts(figure.svg)
    assert shown.count("AI") == shown.count("Robotar") == 1 and shown.count("procent") == 2
    assert {"Sverige 35,0", "Sverige 350,0", "OECD 22,3", "Grå linjer: Danmark."} <= set(shown)
    assert "Danmark" not in shown
    assert outside(figure.svg) == []


def test_small_charts_give_focus_and_mean_as_their_table_and_as_text() -> None:
    figure = multiples({"AI": WAVES, "Robotar": WAVES.loc[[2021]]}, language="en")
    names = ["AI: Sverige", "AI: OECD", "Robotar: Sverige", "Robotar: OECD"]
    assert figure.data.columns.tolist() == names and figure.data.index.tolist() == ["2021", "2023", "2025"]
    assert np.isnan(figure.data.loc["2025", "Robotar: OECD"])
    assert figure.alt == (
        "Small line charts, each with its own scale; number: 2. "
        "AI, procent, 2021–2025: Sverige went from 9.9 (2021) to 35.0 (2025). "
        "OECD went from 8.1 (2021) to 22.3 (2025). "
        "Robotar, procent, 2021: Sverige had 9.9 (2021). OECD had 8.1 (2021)."
    )


def test_a_small_chart_without_numbers_is_left_out_and_none_at_all_is_refused() -> None:
    figure = multiples({"AI": WAVES, "Tom": WAVES * NAN})
    assert "Tom" not in texts(figure.svg) and "antal: 1" in figure.alt
    with pytest.raises(ContentError, match="at least one number"):
        multiples({"Tom": WAVES * NAN})


def test_small_charts_interrupt_lines_and_explain_it_too() -> None:
    figure = multiples({"AI": WAVES}, breaks={"AI": {"Sverige": [2023]}}, provisional={"AI": [2025]})
    assert {"Brott i tidsserien", "Preliminär uppgift"} <= set(texts(figure.svg))
    assert "AI: Sverige 2023" in figure.alt


def test_a_long_title_of_a_small_chart_is_broken_into_lines() -> None:
    title = "Andel av företagen som har digitaliserat hela sin produktion"
    svg = multiples({title: WAVES, "AI": WAVES}).svg
    assert title not in texts(svg)
    assert (
        " ".join(one.text for one in written(svg) if one.bold and one.color == TEXT.lower() and one.text != "AI")
        == title
    )
    assert outside(svg) == []
