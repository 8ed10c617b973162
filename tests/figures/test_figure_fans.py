"""Fan charts: what is drawn, what is told, and what no fan can be drawn from."""

import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from npr.errors import ContentError
from npr.figures import FanCell, Figure, fan, fan_multiples
from npr.figures.fan_marks import TINTS, tinted
from npr.figures.layout import text_width_pt
from npr.figures.style import FOCUS, QUIET, TEXT
from svg_reading import dashes, outside, strokes, texts, written

NAN = float("nan")
HISTORY = pd.Series([3.0, 3.2, 3.4], index=[2021, 2022, 2023])
BANDS = pd.DataFrame(
    {0.025: [3.0, 2.8], 0.1: [3.2, 3.0], 0.5: [3.5, 3.6], 0.9: [3.8, 4.2], 0.975: [4.0, 4.5]}, index=[2024, 2025]
)
LONG = "Näringslivets utgifter för forskning och utveckling i landet"  # 60 letters


def draw(history: pd.Series = HISTORY, bands: pd.DataFrame = BANDS, **said) -> Figure:
    fixed = {"name": "Sverige", "language": "sv", "axis": "procent av BNP", "decimals": 1, "key": "fou"}
    return fan(history, bands, **(fixed | said))


def multiples(cells: list[FanCell], **said) -> Figure:
    fixed = {"language": "sv", "axis": "procent av BNP", "decimals": 1, "key": "bilder"}
    return fan_multiples(cells, **(fixed | said))


def cell(title: str = "Öppet", **said) -> FanCell:
    path, low, high = (pd.Series(two, index=[2024, 2025]) for two in ([3.6, 4.0], [3.5, 3.7], [3.7, 4.3]))
    return FanCell(title, HISTORY, BANDS, path, low, high, **said)


def hatches(svg: str) -> int:
    return len(re.findall(r"<pattern ", svg))


def crosses(svg: str) -> int:
    """Count the crosses of outcomes, with the one that explains them."""
    return used(svg, r"M -3\.5 3\.5\nL 3\.5 -3\.5")


def dots(svg: str) -> int:
    """Count the dots of outcomes, with the one that explains them."""
    return used(svg, r"M 0 2\n")


def used(svg: str, first: str) -> int:
    """Count how often a marker is drawn whose outline begins so."""
    mark = re.search(rf'<path id="([^"]+)" d="{first}', svg)
    return svg.count(f'xlink:href="#{mark[1]}"') if mark else 0


def test_a_fan_tells_the_last_value_and_the_middle_and_the_band_at_the_end() -> None:
    assert draw().alt == (
        "Linjediagram med osäkerhetsband för Sverige. Enhet: procent av BNP. Senaste värdet är 3,4 (2023). "
        "År 2025 ligger mitten på 3,6, och 80 av 100 utfall väntas hamna mellan 3,0 och 4,2."
    )
    said = {"language": "en", "name": "Sweden", "axis": "per cent of GDP"}
    others = pd.DataFrame({"Commission": [3.4, 3.3]}, index=[2024, 2025])
    assert draw(**said, tested_to=2024, target=(2025, 4.0, "Example"), lines=others).alt == (
        "Line chart with uncertainty bands for Sweden. Unit: per cent of GDP. The latest value is 3.4 (2023). "
        "In 2025 the middle is 3.6, and 80 of 100 outcomes are expected between 3.0 and 4.2. "
        "The years after 2024 lie further ahead than the method has been tested. Example: 4.0 in 2025. "
        "Thin lines show Commission."
    )


def test_the_widest_band_is_told_where_there_is_none_of_80_per_cent() -> None:
    # 0.975 - 0.025 = 95 of 100.
    assert "och 95 av 100 utfall väntas hamna mellan 2,8 och 4,5." in draw(bands=BANDS[[0.025, 0.5, 0.975]]).alt


def test_the_data_have_each_quantile_by_year() -> None:
    data = draw(lines=pd.DataFrame({"Annan": [3.4, 3.3]}, index=[2024, 2025])).data
    assert data.index.tolist() == ["2021", "2022", "2023", "2024", "2025"] and data.index.name == "År"
    assert data.columns.tolist() == [
        "Observerat", "2,5-percentilen", "10-percentilen", "Mitten", "90-percentilen", "97,5-percentilen", "Annan",
    ]  # fmt: skip
    assert data.loc["2025"].tolist()[1:] == [2.8, 3.0, 3.6, 4.2, 4.5, 3.3] and data["Observerat"].tolist()[:3] == [
        3.0, 3.2, 3.4,
    ]  # fmt: skip
    assert draw(language="en").data.columns.tolist()[:2] == ["Observed", "Percentile 2.5"]


def test_the_middle_and_the_edges_are_named_at_the_right_in_the_language_of_the_chart() -> None:
    assert {"3,6", "80\u00a0%: 3,0", "80\u00a0%: 4,2", "95\u00a0%: 2,8", "95\u00a0%: 4,5"} <= set(texts(draw().svg))
    assert {"3.6", "80%: 3.0", "80%: 4.2", "95%: 2.8", "95%: 4.5"} <= set(texts(draw(language="en").svg))
    assert [(one.text, one.color) for one in written(draw().svg) if one.bold] == [("3,6", FOCUS.lower())]


def test_history_is_a_full_line_and_the_middle_a_dashed_one_from_the_last_observation() -> None:
    svg = draw().svg
    # Three observations, then 2023-2025 dashed; each once more in the key, as a line of two points.
    assert strokes(svg, FOCUS, "2.4") == [3, 2] and strokes(svg, FOCUS, "2") == [3, 2]
    assert dashes(svg, FOCUS) == {"8,4"}  # 4.0 and 2.0 of a line 2 points wide


def test_the_bands_differ_in_lightness_and_have_edges() -> None:
    svg = draw().svg
    for tint in TINTS[2]:
        assert svg.count(f"fill: {tinted(tint)}") == 2  # the band, and its key
    # Mixed with white by 14 and 34 per cent: for blue, 255 - 0.14 x (255 - 158) = 241 = f1, and 222 = de.
    assert [tinted(tint)[-2:] for tint in TINTS[2]] == ["f1", "de"]
    assert strokes(svg, tinted(0.62), "0.7") == [3, 3, 3, 3]
    three = BANDS.assign(**{"0.25": [3.4, 3.4], "0.75": [3.6, 3.9]}).rename(columns=float)
    svg = draw(bands=three).svg
    assert all(f"fill: {tinted(tint)}" in svg for tint in TINTS[3]) and "50\u00a0%: 3,9" in texts(svg)


def test_years_beyond_what_is_tested_are_dotted_and_explained() -> None:
    tried, beyond = draw().svg, draw(tested_to=2024).svg
    assert hatches(tried) == 0 and hatches(beyond) > 0
    assert {"prövat till 2024", "Längre fram än metoden är prövad"} <= set(texts(beyond))
    assert not any("prövad" in text or "prövat" in text for text in texts(tried))
    # The middle: 2023-2024 dashed, 2024-2025 dotted (1.0 and 1.6 of a line 2 points wide), and dashed in the key.
    assert strokes(beyond, FOCUS, "2") == [2, 2, 2] and dashes(beyond, FOCUS) == {"8,4", "2,3.2"}
    assert "prövat till 2023" in texts(draw(tested_to=2020).svg)  # nothing of the bands has been tried
    assert draw(tested_to=2025).svg == tried == draw(tested_to=2040).svg


def test_outcomes_outside_the_80_per_cent_band_are_crossed_and_told() -> None:
    # 2024: 3.8 lies on the edge, thus within; 2025: 4.3 lies above 4.2, though within the 95 % band.
    figure = draw(outcome=pd.Series([3.8, 4.3], index=[2024, 2025]))
    assert crosses(figure.svg) == 2  # one, and one in the key
    assert dots(figure.svg) == 2  # likewise
    assert strokes(figure.svg, TEXT, "1.8") == [3, 2, 2]  # from 2023 to 2025, and two in the key
    assert {"Utfall 4,3", "Utfall", "Utfall utanför 80-procentsbandet"} <= set(texts(figure.svg))
    assert figure.alt.endswith("Utfallet 2025 blev 4,3. Utanför 80-procentsbandet låg 1 av 2 utfall: 2025.")
    assert figure.data["Utfall"].tolist()[3:] == [3.8, 4.3]
    below = draw(outcome=pd.Series([3.1, 2.9], index=[2024, 2025]), language="en")
    assert below.alt.endswith("Outside the 80% band lay 2 of 2 outcomes: 2024 and 2025.")


def test_outcomes_that_all_lie_within_have_no_cross() -> None:
    figure = draw(outcome=pd.Series([3.5], index=[2024]))
    assert crosses(figure.svg) == 0 and "Utfall 3,5 (2024)" in texts(figure.svg)
    assert figure.alt.endswith("Utfallet 2024 blev 3,5. Inget utfall låg utanför 80-procentsbandet.")


def test_other_paths_are_thin_dashed_each_in_its_way_and_named() -> None:
    paths = pd.DataFrame({"Senaste värdet": [3.4, 3.4], "Egen trend": [3.6, 3.8], "Tom": [NAN, NAN]}, [2024, 2025])
    svg = draw(lines=paths).svg
    # Both from 2023 on; 6.0 and 2.0, and 1.2 and 1.6, of a line 1.1 points wide.
    assert strokes(svg, QUIET, "1.1") == [3, 3] and {"6.6,2.2", "1.32,1.76"} <= dashes(svg, QUIET)
    assert {"Senaste värdet", "Egen trend"} <= set(texts(svg)) and "Tom" not in texts(svg)


def test_a_target_is_a_diamond_with_its_words() -> None:
    figure = draw(target=(2025, 4.0, "Räkneexempel"))
    assert "Räkneexempel 2025: 4,0" in texts(figure.svg) and figure.alt.endswith("Räkneexempel: 4,0 år 2025.")
    assert figure.svg.count("fill: #ffffff; stroke: #1f2933") == 1  # the diamond
    assert outside(figure.svg) == [] and outside(draw(target=(2025, 9.0, "Långt över banden")).svg) == []


def test_the_words_of_a_target_keep_clear_of_the_observations() -> None:
    # Observed at 4.0 until 2012, then at 3.0: the words of a target of 4.0 stand right of the high years.
    history = pd.Series([4.0] * 10 + [3.0] * 14, index=range(2000, 2024))
    svg = draw(history, target=(2025, 4.0, "Mål")).svg
    word = next(one for one in written(svg) if one.text.startswith("Mål"))
    year = {one.text: one.x for one in written(svg) if one.text in ("2010", "2020")}
    assert word.anchor == "start" and word.x > year["2010"]


def test_the_words_of_a_target_move_left_past_observations_at_its_level() -> None:
    # Observed at 3.0 until 2013, then at 4.0: beside the fan the words of a target of 4.0 would cover the line.
    history = pd.Series([3.0] * 14 + [4.0] * 10, index=range(2000, 2024))
    found = written(draw(history, target=(2025, 4.0, "Mål")).svg)
    word = next(one for one in found if one.text.startswith("Mål"))
    year = {one.text: one.x for one in found if one.text in ("2010", "2015")}
    assert word.x + text_width_pt(word.text) < year["2010"] + 0.8 * (year["2015"] - year["2010"])  # before 2014


def test_a_gap_in_the_observations_is_dotted() -> None:
    history = pd.Series([3.0, 3.1, NAN, 3.3, 3.4], index=range(2019, 2024))
    assert strokes(draw(history).svg, FOCUS, "2.4") == [2, 2, 2] and strokes(draw(history).svg, FOCUS, "1.2") == [2]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"bands": BANDS.drop(columns=0.5)}, "the median, 0.5"),
        ({"bands": BANDS.drop(columns=0.9)}, "pairs around the median"),
        ({"bands": BANDS[[0.5]]}, "pairs around the median"),
        ({"bands": BANDS.rename(columns={0.9: 0.8})}, "pairs around the median"),
        ({"bands": BANDS.rename(columns={0.5: "mitt"})}, "quantile levels"),
        ({"bands": BANDS.assign(**{"0.9": [3.8, 3.5]}).drop(columns=0.9)}, "some that cross in 2025"),
        ({"bands": BANDS.iloc[:0]}, "at least one year"),
        ({"bands": BANDS.mask(BANDS > 4.4)}, "a number in each cell"),
        ({"bands": BANDS.set_axis([2023, 2024])}, "years after 2023"),
        ({"history": HISTORY * NAN}, "at least one number"),
        ({"outcome": pd.Series([3.0], index=[2023])}, "outcome: expected years after 2023"),
        ({"outcome": pd.Series([3.0], [2024]), "bands": BANDS[[0.025, 0.5, 0.975]]}, "the levels 0.1 and 0.9"),
        ({"lines": pd.DataFrame({"Annan": [3.0]}, index=[2022])}, "lines: expected years after 2023"),
        ({"target": (2026, 4.0, "Mål")}, "a year from 2024 to 2025"),
        ({"target": (2025, NAN, "Mål")}, "a finite level"),
    ],
)
def test_what_no_fan_can_be_drawn_from_is_refused(said: dict, words: str) -> None:
    with pytest.raises(ContentError, match=re.escape(words)):
        draw(**said)


def test_small_fans_tell_a_sentence_each() -> None:
    assert multiples([cell(), FanCell("Bara basbanan", HISTORY, BANDS)]).alt == (
        "Små linjediagram med osäkerhetsband; antal: 2. Enhet: procent av BNP. "
        "Öppet: bildens mittbana går från 3,4 (2023) till 4,0 (2025), som lägst 3,7 och som högst 4,3, medan basbanans "
        "mitt är 3,6 år 2025 och 80 av 100 utfall väntas hamna mellan 3,0 och 4,2. "
        "Bara basbanan: från 3,4 (2023) till 3,6 i mitten av banden år 2025, då 80 av 100 utfall väntas hamna mellan "
        "3,0 och 4,2."
    )
    alone = replace(cell("Open"), low=None, high=None)
    assert multiples([alone], language="en", axis="per cent").alt == (
        "Small line charts with uncertainty bands; number: 1. Unit: per cent. "
        "Open: the picture’s middle path goes from 3.4 (2023) to 4.0 (2025), while the baseline’s middle is 3.6 in "
        "2025 and 80 of 100 outcomes are expected between 3.0 and 4.2."
    )


def test_the_data_of_small_fans_have_the_path_with_its_range() -> None:
    figure = multiples([cell()])
    assert figure.data.to_numpy().tolist() == [[3.2, 3.5, 3.8, 3.6, 3.5, 3.7], [3.0, 3.6, 4.2, 4.0, 3.7, 4.3]]
    assert figure.data.index.tolist() == ["Öppet, 2024", "Öppet, 2025"] and figure.decimals == 1
    assert figure.data.columns.tolist() == [
        "80-procentsbandets nederkant", "Mitten", "80-procentsbandets överkant",
        "Bildens mittbana", "Bildens lägsta bana", "Bildens högsta bana",
    ]  # fmt: skip


def test_small_fans_of_one_scale_have_the_same_axis() -> None:
    high = FanCell("Högt", HISTORY * 10, BANDS * 10)
    shared, apart = multiples([cell(), high]).svg, multiples([cell(), high], shared=False).svg
    assert texts(shared).count("40") == 2 and texts(apart).count("40") == 1


def test_small_fans_of_several_indicators_have_their_own_unit_and_decimals() -> None:
    cells = [cell(axis="procent", decimals=2), FanCell("Robotar", HISTORY, BANDS, axis="antal", decimals=0)]
    figure = multiples(cells, shared=False)
    assert {"procent", "antal", "4,00", "3,60", "4"} <= set(texts(figure.svg)) and figure.decimals == 2
    assert figure.data.loc["Robotar, 2025"].tolist() == ["3", "4", "4", "..", "..", ".."]
    assert "Öppet, procent: bildens" in figure.alt and figure.alt.startswith(
        "Små linjediagram med osäkerhetsband och var sin skala; antal: 2. "
    )


def test_small_fans_mark_what_lies_beyond_what_is_tested() -> None:
    plain, far = multiples([cell()]), multiples([cell(tested_to=2024)])
    words = "Längre fram än metoden är prövad"
    assert words in " ".join(texts(far.svg))
    assert words not in " ".join(texts(plain.svg))
    assert hatches(far.svg) > hatches(plain.svg)
    assert far.alt.endswith("Åren efter 2024 ligger längre fram än metoden är prövad.")
    assert multiples([cell(tested_to=2025)]).svg == plain.svg


def test_a_scenario_is_a_strong_dark_line_over_a_hatched_range() -> None:
    svg = multiples([cell()]).svg
    assert strokes(svg, TEXT, "2.2") == [3, 2] and svg.count("fill: url(") == 2  # 2023-2025, and in the key
    bold = {(one.text, one.color) for one in written(svg) if one.bold}
    assert bold == {("Öppet", TEXT.lower()), ("4,0", TEXT.lower()), ("3,6", FOCUS.lower())}
    keys = {"Bildens mittbana", "Från antagandenas lägsta till deras högsta", "Basbanans mitt"}
    assert keys <= set(texts(svg))
    plain = multiples([FanCell("Basbanan", HISTORY, BANDS)]).svg
    assert not keys & set(texts(plain)) and "Mitten" in texts(plain) and hatches(plain) == 0


def test_small_fans_that_cannot_be_drawn_are_refused() -> None:
    for cells, words in (
        ([], "at least one fan"),
        ([cell(), cell()], "each title once"),
        ([replace(cell(), low=None)], "both ends of its range"),
        ([replace(cell(), path=None)], "both ends of its range"),
        ([replace(cell(), low=cell().high, high=cell().low)], "ends that cross"),
        ([replace(cell(), bands=BANDS.drop(columns=0.5))], "the median"),
    ):
        with pytest.raises(ContentError, match=words):
            multiples(cells)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_long_words_fit(language: str) -> None:
    lines = pd.DataFrame({f"{LONG} {at}": [3.4, 3.3 + at / 10] for at in range(3)}, index=[2024, 2025])
    outcome = pd.Series([4.4, 4.4], index=[2024, 2025])
    svg = draw(language=language, lines=lines, target=(2025, 4.0, LONG), outcome=outcome, tested_to=2024).svg
    assert outside(svg) == []
    ends = [one for one in written(svg) if one.anchor == "start" and one.x > 300 and 20 < one.y < 240]
    heights = sorted(one.y for one in ends if one.text != LONG)
    assert len(heights) > 8 and min(below - above for above, below in pairwise(heights)) > 11.8
    small = [cell(f"{LONG} {at}", axis=LONG) for at in range(3)]
    assert outside(multiples(small, language=language, shared=False).svg) == []


def test_the_same_fan_has_the_same_bytes() -> None:
    said = {"tested_to": 2024, "target": (2025, 4.0, "Mål"), "outcome": pd.Series([4.5], index=[2024])}
    assert draw(**said).svg == draw(**said).svg and multiples([cell()]).svg == multiples([cell()]).svg
