"""How good a method was: coverage held against its promise, and where outcomes fell in their bands."""

import re

import pandas as pd
import pytest

from npr.errors import ContentError, Fault, UsageError
from npr.figures import Figure, calibration_plot, scorecard_plot
from npr.figures.scorecards import BAND, DARKER
from npr.figures.style import FOCUS, TEXT
from svg_reading import outside, texts, written

NAN = float("nan")
LONG = "Näringslivets utgifter för forskning och utveckling i landet"  # 60 letters
HELD = pd.DataFrame({0.8: [80.4, 66.0], 0.95: [96.0, 93.0]}, index=["Trög, 1 år", "Trög, 10 år"])
TOLERANCE = {0.8: (75.0, 85.0), 0.95: (92.0, 98.0)}
# Sweden: 0.5 within, 1.2 over, -1.0 on the edge and thus within, none. Others: 0, -6, 0.9, 2, -0.5, 1: 4 of 6 within.
PLACES = pd.DataFrame(
    {"Sverige": [0.5, 1.2, -1.0, NAN], "Finland": [0.0, -6.0, 0.9, NAN], "Norge": [2.0, NAN, -0.5, 1.0]},
    index=["FoU", "Patent", "Robotar", "AI"],
)


def calibration(table: pd.DataFrame = HELD, **said) -> Figure:
    fixed = {"tolerance": TOLERANCE, "language": "sv", "key": "k", "axis": "procent av utfallen som låg i bandet"}
    return calibration_plot(table, **(fixed | said))


def scorecard(table: pd.DataFrame = PLACES, **said) -> Figure:
    return scorecard_plot(table, **({"focus": "Sverige", "language": "sv", "key": "k", "axis": "Mått"} | said))


def used(svg: str, first: str) -> int:
    """Count how often a marker is drawn whose outline begins so; the key has one of them."""
    mark = re.search(rf'<path id="([^"]+)" d="{first}', svg)
    return svg.count(f'xlink:href="#{mark[1]}"') if mark else 0


def places(svg: str, first: str) -> list[tuple[float, float]]:
    """Give where a marker is drawn whose outline begins so. Unit: points from the upper left corner."""
    mark = re.search(rf'<path id="([^"]+)" d="{first}', svg)
    drawn = re.findall(rf'xlink:href="#{mark[1]}" x="([\d.-]+)" y="([\d.-]+)"', svg) if mark else []
    return [(float(x), float(y)) for x, y in drawn]


def test_calibration_tells_each_row_and_what_lies_outside() -> None:
    # 66 lies below 75; 80, 96 and 93 are tolerated.
    assert calibration().alt == (
        "Punktdiagram över banden, procent av utfallen som låg i bandet. Det som godtas är 75–85 procent i "
        "80-procentsbandet och 92–98 procent i 95-procentsbandet. Trög, 1 år: 80 procent i 80-procentsbandet och 96 "
        "procent i 95-procentsbandet. Trög, 10 år: 66 procent i 80-procentsbandet (utanför det som godtas) och 93 "
        "procent i 95-procentsbandet. Sammanlagt ligger 1 av 4 utanför det som godtas."
    )
    assert calibration(HELD.iloc[:1], language="en", axis="per cent of outcomes within the band").alt == (
        "Dot plot of the bands, per cent of outcomes within the band. Accepted are 75–85% in the 80% band and 92–98% "
        "in the 95% band. Trög, 1 år: 80% in the 80% band and 96% in the 95% band. All lie within what is accepted."
    )


def test_calibration_has_the_shares_as_data() -> None:
    figure = calibration()
    assert figure.data.to_numpy().tolist() == [[80.4, 96.0], [66.0, 93.0]] and figure.decimals == 0
    assert figure.data.columns.tolist() == ["Bandet som ska rymma 80\u00a0%", "Bandet som ska rymma 95\u00a0%"]
    assert figure.data.index.tolist() == ["Trög, 1 år", "Trög, 10 år"] and figure.data.index.name == "Grupp"
    assert calibration(HELD.rename_axis("Klass")).data.index.name == "Klass"
    assert calibration(HELD[[0.95, 0.8]]).svg == calibration().svg  # the order of the columns is no matter


def test_the_levels_differ_in_shape_and_filling_and_what_lies_outside_is_crossed() -> None:
    svg = calibration().svg
    assert svg.count("fill: #ffffff; stroke: #1f2933") == 3  # two hollow diamonds, and one in the key
    assert used(svg, r"M -3 3\nL 3 -3") == 2  # 66, and the key
    assert used(calibration(HELD.iloc[:1]).svg, r"M -3 3\nL 3 -3") == 1
    assert svg.count(f"fill: {DARKER.lower()}") == 3  # what is accepted of each level, and the key
    assert {"80", "66", "96", "93", "80\u00a0%", "95\u00a0%", "Utanför det som godtas"} <= set(texts(svg))


def test_numbers_stand_away_from_the_line_of_their_level() -> None:
    place = {one.text: one for one in written(calibration().svg)}
    line = {level: place[f"{level}\u00a0%"].x for level in (80, 95)}
    assert place["96"].anchor == "start" and place["96"].x > line[95]
    assert place["93"].anchor == "end" and place["93"].x < line[95]
    assert place["66"].anchor == "end" and place["66"].x < line[80]


def test_numbers_of_marks_that_are_near_stand_on_either_side() -> None:
    table = pd.DataFrame({0.8: [91.0], 0.95: [93.0]}, index=["Nära"])
    place = {one.text: one for one in written(calibration(table).svg) if one.text in ("91", "93")}
    assert (place["91"].anchor, place["93"].anchor) == ("end", "start") and place["91"].x < place["93"].x
    same = pd.DataFrame({0.8: [93.0], 0.95: [93.0]}, index=["Samma"])
    assert {one.anchor for one in written(calibration(same).svg) if one.text == "93"} == {"end", "start"}


def test_rounding_does_not_move_a_share_into_what_is_accepted() -> None:
    # 74.6 is not accepted; as a whole number it would be shown as 75, which is.
    figure = calibration(HELD.replace(66.0, 74.6))
    assert "74,6" in texts(figure.svg) and figure.decimals == 1 and "74,6 procent i 80-procentsbandet (ut" in figure.alt


def test_the_scale_reaches_below_the_lowest_share() -> None:
    assert "40" not in texts(calibration().svg)
    deep = calibration(HELD.replace(66.0, 41.0)).svg
    assert {"40", "41"} <= set(texts(deep)) and outside(deep) == []
    assert outside(calibration(HELD.replace({66.0: 0.0, 96.0: 100.0})).svg) == []


def test_numbers_and_crosses_at_both_ends_of_the_scale_have_room() -> None:
    # 84.6 is accepted only with a decimal: all have one, and "100,0" is wide. All but 84.6 are crossed.
    table = pd.DataFrame({0.8: [0.0, 84.6], 0.95: [100.0, 100.0]}, index=["Ett ord", "Två ord"])
    for shown in (table, table.replace(0.0, 47.0)):
        svg = calibration(shown, tolerance={0.8: (75.0, 84.7), 0.95: (92.0, 98.0)}).svg
        spots = [x for x, y in places(svg, r"M -3 3\nL 3 -3")[:-1]]  # the last one explains the cross
        names = max(one.x for one in written(svg) if one.text in table.index)
        # A cross reaches 3 points to each side, and its stroke one more.
        assert len(spots) == 3 and names + 4 < min(spots) and max(spots) + 4 <= 480
        assert "100,0" in texts(svg) and outside(svg) == []


def test_a_missing_share_is_left_out() -> None:
    figure = calibration(HELD.replace(66.0, NAN))
    assert "Trög, 10 år: 93 procent i 95-procentsbandet." in figure.alt
    assert figure.svg.count("fill: #ffffff; stroke: #1f2933") == 3


def test_faulty_shares_are_refused() -> None:
    for table, said, words in (
        (HELD.iloc[:0], {}, "at least one number"),
        (HELD, {"tolerance": {0.8: (75.0, 85.0)}}, "one for 0.95"),
        (HELD * 2, {}, "0 to 100 per cent"),
        (HELD.rename(columns={0.8: "åttio"}), {}, "levels such as 0.8"),
        (pd.concat([HELD, HELD]), {}, "'Trög, 1 år' twice"),
    ):
        with pytest.raises(ContentError, match=words):
            calibration(table, **said)
    with pytest.raises(UsageError, match="has 3 levels"):
        calibration(HELD.assign(**{"0.5": [50.0, 50.0]}))


def test_faults_of_shares_are_told_together() -> None:
    with pytest.raises(ContentError) as told:
        calibration(HELD + 10, tolerance={0.8: (75.0, 85.0)})  # 96 + 10 and 66 + 10
    assert told.value.faults == [
        Fault("figure k", "tolerance", "one for 0.95", "none"),
        Fault("figure k", "data", "0 to 100 per cent", "76.0 to 106.0"),
    ]


def test_a_scorecard_tells_what_lay_within_and_what_did_not() -> None:
    assert scorecard().alt == (
        "Punktdiagram: var utfallen hamnade i det band som metoden hade gett, en rad för varje mått. "
        "Sverige: 2 av 3 utfall inom 80-procentsbandet. Högre än bandet: Patent. "
        "Av de andra ländernas utfall ligger 67 procent inom bandet."
    )
    table = PLACES.assign(Sverige=[-1.5, NAN, -2.0, NAN])[["Sverige"]]
    assert scorecard(table, language="en").alt == (
        "Dot plot: where outcomes fell in the band that the method would have given, a row for each measure. "
        "Sverige: 0 of 2 outcomes within the 80% band. Lower than the band: FoU; Robotar."
    )


def test_a_focus_without_outcomes_is_said() -> None:
    figure = scorecard(PLACES.assign(Sverige=NAN))
    assert "Uppgift saknas för Sverige." in figure.alt and "Sverige" not in texts(figure.svg)
    assert figure.data.columns.tolist()[0] == "Andra länder, undre kvartil"


def test_the_data_of_a_scorecard_have_the_focus_beside_the_others() -> None:
    # FoU: the others are 0 and 2, with the quartiles 0.5 and 1.5 and the median 1.
    data = scorecard().data
    assert data.loc["FoU"].tolist() == [0.5, 0.5, 1.0, 1.5] and data.index.name == "Mått"
    assert data.columns.tolist() == [
        "Sverige", "Andra länder, undre kvartil", "Andra länder, median", "Andra länder, övre kvartil",
    ]  # fmt: skip


def test_the_focus_is_large_and_crossed_outside_the_band() -> None:
    svg = scorecard().svg
    assert used(svg, r"M -4 4\nL 4 -4") == 2  # 1.2, and the key
    named = [one for one in written(svg) if one.text == "Sverige"]
    assert [(one.bold, one.color) for one in named] == [(True, FOCUS.lower())]
    within = scorecard(PLACES.drop(index="Patent")).svg
    assert used(within, r"M -4 4\nL 4 -4") == 0 and "Sverige, utanför 80-procentsbandet" not in texts(within)
    assert svg.count(f"fill: {BAND.lower()}") == 1


def test_outcomes_far_away_stand_at_the_edge_with_an_arrow() -> None:
    assert "Ligger längre ut" in texts(scorecard().svg)  # Finland, -6
    assert "Ligger längre ut" not in texts(scorecard(PLACES.replace(-6.0, -4.0)).svg)
    far = scorecard(pd.DataFrame({"Sverige": [9.0, -9.0]}, index=["A", "B"])).svg
    assert outside(far) == [] and used(far, r"M -4 4\nL 4 -4") == 3
    far = scorecard(pd.DataFrame({"Sverige": [9.0, -9.0]}, index=[LONG, "B"])).svg  # long names leave least room
    crossed, left = places(far, r"M -4 4\nL 4 -4"), places(far, r"M -3 -0\nL 3 3")
    # A cross reaches 4 + 1.4 points and an arrow 3 + 0.5 from their middles: they do not touch.
    assert len(left) == 1 and crossed[1][0] - left[0][0] > 8.9 and crossed[1][1] == left[0][1]


def test_a_dot_a_country_and_an_arrow_a_side_and_row_of_forty_countries() -> None:
    # -2.0 to 1.8 by 0.1 are 39 others, of whom 21 lie from -1 to 1; in the second row 4.1 lies beyond the scale.
    near = [round(0.1 * at - 2, 1) for at in range(39)]
    rows = [[0.2, *near], [-1.3, *near[:-2], 4.1, 4.2]]
    table = pd.DataFrame(rows, index=["FoU", "AI"], columns=["Sverige", *[f"Land {at}" for at in range(39)]])
    figure = scorecard(table)
    dots, arrows = (places(figure.svg, first) for first in (r"M 0 2\n", r"M 2\.5 0\nL -2\.5"))
    assert len(dots) == 39 + 37 and len(arrows) == 1 + 1  # one arrow for both, and one in the key
    assert len({y for _, y in dots}) == 2 and outside(figure.svg) == []
    # Both rows: 21 of 39; without 1.7 and 1.8, which lie outside, the second has the same 21. 42 of 78 is 54 per cent.
    assert figure.alt.endswith("Lägre än bandet: AI. Av de andra ländernas utfall ligger 54 procent inom bandet.")
    assert not any("Land" in text for text in texts(figure.svg))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_single_row_makes_a_plot(language: str) -> None:
    held = calibration(HELD[[0.8]].iloc[:1], language=language)
    assert held.data.shape == (1, 1) and "80" in texts(held.svg) and outside(held.svg) == []
    assert not any("95" in text for text in texts(held.svg))
    alone = scorecard(PLACES[["Sverige"]].iloc[:1], language=language)
    assert alone.data.to_numpy().tolist() == [[0.5]] and outside(alone.svg) == []
    others = {"Andra OECD-länder", "Other OECD countries"}
    assert not others & set(texts(alone.svg)) and "1" in alone.alt and "andra" not in alone.alt.lower()


def test_the_scale_of_a_scorecard_is_in_words() -> None:
    found = {one.text: one.x for one in written(scorecard().svg)}
    assert found["lägre än väntat"] < found["80-procentsbandet"] == found["som väntat"] < found["högre än väntat"]
    assert {"lower than expected", "80% band", "higher than expected"} <= set(texts(scorecard(language="en").svg))


def test_an_empty_scorecard_is_refused() -> None:
    for table in (PLACES.iloc[:0], PLACES * NAN):
        with pytest.raises(ContentError, match="at least one number"):
            scorecard(table)
    with pytest.raises(ContentError, match="'FoU' twice"):
        scorecard(pd.concat([PLACES, PLACES]))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_long_names_of_rows_are_broken_and_fit(language: str) -> None:
    names = [f"{LONG} {at}" for at in range(2)]
    for svg in (
        calibration(HELD.set_axis(names), language=language).svg,
        scorecard(PLACES.iloc[:2].set_axis(names), language=language).svg,
    ):
        assert outside(svg) == [] and not any(LONG in text for text in texts(svg))
        assert [text for text in texts(svg) if text.endswith((" 0", " 1")) and text.split()[0] in LONG]


def test_plots_leave_their_tables_as_they_were() -> None:
    held, places_given = HELD[[0.95, 0.8]].copy(), PLACES.copy()
    near = dict(TOLERANCE)
    calibration(held, tolerance=near), scorecard(places_given)
    pd.testing.assert_frame_equal(held, HELD[[0.95, 0.8]])
    pd.testing.assert_frame_equal(places_given, PLACES)
    assert near == TOLERANCE


def test_the_same_plots_have_the_same_bytes() -> None:
    assert calibration().svg == calibration().svg and scorecard().svg == scorecard().svg
    assert TEXT.lower() in calibration().svg
