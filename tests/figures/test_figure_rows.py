"""Charts with a row or a line a country: order, labels, what is told."""

from itertools import pairwise

import pandas as pd
import pytest

from npr.errors import ContentError, UsageError
from npr.figures import Figure, ranked, size_gap, slope
from npr.figures.layout import text_width_pt
from npr.figures.style import FOCUS, MEAN
from svg_reading import outside, strokes, texts, written

NAN = float("nan")
SHARES = pd.Series({"Sverige": 35.0, "Turkiet": 7.4, "Danmark": 42.0, "OECD 3": 28.1, "Norge": NAN})
SIZES = pd.DataFrame(
    {"små": [30.7, 33.5, 19.2], "medel": [49.6, 51.4, 32.7], "stora": [71.9, 79.4, 56.8]},
    index=["Sverige", "Finland", "OECD 2"],
)
TWO_YEARS = pd.DataFrame(
    {2015: [3.2, 2.9, 2.0, 1.0], 2023: [3.6, 3.1, 1.5, NAN]}, index=["Sverige", "Finland", "Norge", "Chile"]
)


def said(**other) -> dict:
    fixed = {"focus": "Sverige", "mean": "OECD 3", "language": "sv", "axis": "procent", "decimals": 1, "key": "k"}
    return fixed | other


def rows_of(figure: Figure, names: list[str]) -> list[str]:
    found = [(one.y, one.text) for one in written(figure.svg) if one.text in names]
    return [text for _, text in sorted(found)]


@pytest.mark.parametrize("form", ["bar", "dot"])
def test_rows_run_from_the_highest_to_the_lowest_with_the_mean_among_them(form: str) -> None:
    figure = ranked(SHARES, **said(form=form))
    order = ["Danmark", "Sverige", "OECD 3", "Turkiet"]
    assert rows_of(figure, order) == order and figure.data.index.tolist() == order
    assert rows_of(figure, ["42,0", "35,0", "28,1", "7,4"]) == ["42,0", "35,0", "28,1", "7,4"]
    assert figure.data.columns.tolist() == ["procent"] and figure.data.index.name == "Land"


def test_only_focus_and_mean_are_bold_in_a_ranking() -> None:
    svg = ranked(SHARES, **said()).svg
    assert {one.text for one in written(svg) if one.bold} == {"Sverige", "35,0", "OECD 3", "28,1"}


def test_the_mean_is_never_ranked() -> None:
    # Above Sweden's 35.0 stands Denmark alone; of the 3 countries Sweden is number 2. Norway has no number.
    assert ranked(SHARES, **said()).alt == (
        "Stapeldiagram för 3 länder, ordnade från högst till lägst. Enhet: procent. Högst är Danmark (42,0) "
        "och lägst är Turkiet (7,4). Sverige har 35,0 och ligger på plats 2 av 3, räknat från det högsta värdet. "
        "OECD 3 ligger på 28,1."
    )
    assert ranked(SHARES, **said(language="en", form="dot", axis="per cent")).alt == (
        "Dot chart for 3 countries, from highest to lowest. Unit: per cent. Highest is Danmark (42.0) "
        "and lowest is Turkiet (7.4). Sverige has 35.0 and is number 2 of 3, counted from the highest value. "
        "OECD 3 stands at 28.1."
    )


def test_countries_that_tie_are_named_together_and_keep_their_order() -> None:
    figure = ranked(pd.Series({"B": 3.0, "Sverige": 2.0, "A": 3.0, "C": 2.0}), **said(mean=None))
    assert figure.data.index.tolist() == ["B", "A", "Sverige", "C"]
    assert "Högst är B och A (3,0) och lägst är Sverige och C (2,0)." in figure.alt
    assert "plats 3 av 4" in figure.alt


def test_many_equal_numbers_keep_the_order_they_came_in() -> None:
    names = [f"Land {at * 7 % 38}" for at in range(38)]
    figure = ranked(pd.Series([float(at % 2) for at in range(38)], index=names), **said())
    assert figure.data.index.tolist() == [*names[1::2], *names[::2]]  # the ones first, then the zeros


def test_a_focus_without_a_number_is_said_and_not_drawn() -> None:
    figure = ranked(SHARES, **said(focus="Norge"))
    assert "Uppgift saknas för Norge." in figure.alt and "Norge" not in texts(figure.svg)


def test_negative_zero_and_single_numbers_make_a_ranking() -> None:
    figure = ranked(pd.Series({"Sverige": -2.0, "Finland": 1.0, "Norge": 0.0}), **said())
    assert figure.data.index.tolist() == ["Finland", "Norge", "Sverige"] and "−2,0" in texts(figure.svg)
    for amount in (0.0, -1.0, 1e12):
        assert outside(ranked(pd.Series({"Sverige": amount}), **said()).svg) == []


def test_thirty_eight_long_names_fit() -> None:
    many = pd.Series({f"Land nummer {at} med långt namn": float(at) for at in range(38)})
    figure = ranked(many, **said())
    names = [text for text in texts(figure.svg) if text.startswith("Land")]
    assert len(names) == 38 and outside(figure.svg) == []
    heights = sorted(one.y for one in written(figure.svg) if one.text.startswith("Land"))
    assert min(below - above for above, below in pairwise(heights)) > 11


def test_unknown_form_and_empty_ranking_are_refused() -> None:
    with pytest.raises(UsageError, match="Did you mean 'bar'"):
        ranked(SHARES, **said(form="bars"))
    with pytest.raises(ContentError, match="at least one number"):
        ranked(pd.Series(dtype=float), **said())


def test_size_classes_are_sorted_by_the_largest_and_named_in_a_legend() -> None:
    figure = size_gap(SIZES, **said(mean="OECD 2"))
    assert rows_of(figure, list(SIZES.index)) == ["Finland", "Sverige", "OECD 2"]
    assert figure.data.columns.tolist() == ["små", "medel", "stora"]
    assert {"små", "medel", "stora", "30,7", "71,9", "19,2", "56,8"} <= set(texts(figure.svg))
    assert "79,4" not in texts(figure.svg)


def test_size_classes_are_told_apart_by_shape_and_filling() -> None:
    svg = size_gap(SIZES, **said(mean="OECD 2")).svg
    # The legend alone draws in the colour of text: a hollow, a half filled and a full marker.
    assert svg.count("fill: #ffffff; stroke: #1f2933") == 1
    assert svg.count("fill: #8f9499; stroke: #1f2933") == 1  # #1f2933 mixed half with white: (31 + 255) / 2 = 143 = 8f
    assert svg.count("fill: #1f2933; stroke: #1f2933") >= 1


def test_size_classes_tell_where_the_gap_is_widest() -> None:
    # Sweden 71.9 - 30.7 = 41.2; Finland 79.4 - 33.5 = 45.9; the mean (37.6) is no country.
    assert size_gap(SIZES, **said(mean="OECD 2")).alt == (
        "Punktdiagram för 2 länder med små, medel och stora, ordnat efter stora. Enhet: procent. "
        "Sverige: små 30,7, medel 49,6 och stora 71,9. OECD 2: små 19,2, medel 32,7 och stora 56,8. "
        "Skillnaden mellan stora och små är störst för Finland (45,9) och minst för Sverige (41,2)."
    )


def test_a_missing_size_class_is_left_open_and_not_told_as_a_number() -> None:
    table = SIZES.copy()
    table.loc["Sverige", "stora"] = NAN
    figure = size_gap(table, **said(mean="OECD 2"))
    assert figure.data.index.tolist() == ["Finland", "OECD 2", "Sverige"]
    assert "Sverige: små 30,7 och medel 49,6." in figure.alt and "49,6" in texts(figure.svg)


def test_the_number_of_a_small_class_does_not_run_into_the_name() -> None:
    table = pd.DataFrame({"små": [-5000.0, 1.0], "stora": [5000.0, 2.0]}, index=["Sverige", "Norge"])
    svg = size_gap(table, **said()).svg
    name, number = (next(one for one in written(svg) if one.text == text) for text in ("Sverige", "−5\u00a0000,0"))
    # Both are set flush right: the number begins its own width before its x.
    assert name.anchor == number.anchor == "end" and name.x < number.x - text_width_pt("−5\u00a0000,0", bold=True)


def test_more_size_classes_than_markers_are_refused() -> None:
    with pytest.raises(UsageError, match="has 6 size classes"):
        size_gap(pd.DataFrame([[1.0] * 6], index=["Sverige"], columns=list("abcdef")), **said())
    five = pd.DataFrame(
        [[1.0, 2, 3, 4, 5]], index=["Sverige"], columns=[f"{n} anställda i företaget" for n in range(5)]
    )
    assert outside(size_gap(five, **said()).svg) == []


def test_a_slope_leaves_out_who_lacks_a_year_and_names_both_ends() -> None:
    figure = slope(TWO_YEARS, **said())
    shown = texts(figure.svg)
    assert {"2015", "2023", "Sverige  3,2", "3,6  Sverige", "Norge  2,0", "1,5  Norge"} <= set(shown)
    assert not any("Chile" in text for text in shown) and figure.data.index.tolist() == ["Sverige", "Finland", "Norge"]
    assert strokes(figure.svg, FOCUS, "2.6") == [2] and strokes(figure.svg, MEAN, "1.8") == []


def test_a_slope_tells_the_largest_changes_in_each_direction() -> None:
    # Sweden 3.6 - 3.2 = +0.4, Finland +0.2, Norway -0.5.
    assert slope(TWO_YEARS, **said()).alt == (
        "Lutningsdiagram för 3 länder, 2015 och 2023. Enhet: procent. Sverige gick från 3,2 (2015) till 3,6 (2023). "
        "Störst ökning: Sverige (+0,4). Störst minskning: Norge (−0,5)."
    )
    both_rise = slope(TWO_YEARS.loc[["Sverige", "Finland"]], **said(language="en")).alt
    assert both_rise.endswith("Largest rise: Sverige (+0.4). Smallest rise: Finland (+0.2).")
    both_fall = slope(TWO_YEARS.loc[["Sverige", "Finland"]][[2023, 2015]], **said(language="en")).alt
    assert both_fall.endswith("Smallest fall: Finland (−0.2). Largest fall: Sverige (−0.4).")


def test_labels_of_a_slope_keep_their_order_and_their_distance() -> None:
    many = pd.DataFrame({"2015": [1.0] * 38, "2023": [float(at % 7) for at in range(38)]},
                        index=[f"Land nummer {at} med ett mycket långt namn" for at in range(38)])  # fmt: skip
    svg = slope(many, **said()).svg
    ends = [one for one in written(svg) if one.anchor == "start"]
    heights = sorted(one.y for one in ends)
    assert len(ends) == 38 and min(b - a for a, b in pairwise(heights)) > 11.9
    by_height = [float(one.text.split()[0].replace(",", ".")) for one in sorted(ends, key=lambda one: one.y)]
    assert by_height == sorted(by_height, reverse=True)
    assert outside(svg) == []


def test_a_slope_needs_two_years_and_a_country_with_both() -> None:
    with pytest.raises(UsageError, match="compares two years, and got 1"):
        slope(TWO_YEARS[[2015]], **said())
    with pytest.raises(ContentError, match="at least one number"):
        slope(TWO_YEARS.loc[["Chile"]], **said())
