"""What moves an answer: order, ends, what is told."""

import re

import pandas as pd
import pytest

from npr.errors import ContentError, Fault
from npr.figures import Figure, tornado
from npr.figures.keys import SAMPLE_PT
from npr.figures.style import FOCUS, TEXT
from svg_reading import outside, texts, written

NAN = float("nan")
LONG = "Näringslivets utgifter för forskning och utveckling i landet"  # 60 letters
# Spreads: 0.2, 0.8, 0 and 0.4.
ENDS = pd.DataFrame(
    {"low": [3.7, 3.2, 3.6, 3.8], "high": [3.5, 4.0, 3.6, 4.2]}, index=["Ränta", "Anslag", "Folkmängd", "Modell"]
)
ORDER = ["Anslag", "Modell", "Ränta", "Folkmängd"]


def draw(table: pd.DataFrame = ENDS, **said) -> Figure:
    fixed = {"base": 3.6, "language": "sv", "axis": "procent av BNP", "decimals": 1, "key": "t"}
    return tornado(table, **(fixed | said))


def bars(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Give each bar: hatched or filled, left, right, top, bottom."""
    found = []
    for d, style in re.findall(r'<path d="([^"]+)"[^>]*? style="([^"]+)"', svg):
        points = [(float(x), float(y)) for x, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", d)]
        if f"stroke: {FOCUS.lower()}" in style and "fill: " in style and "fill: none" not in style and len(points) == 4:
            kind = "hatched" if "url(" in style else "filled"
            (left, right), (top, bottom) = ((min(one), max(one)) for one in zip(*points, strict=True))
            if left != 0 or right != SAMPLE_PT:  # the sample in the key under the chart
                found.append((kind, left, right, top, bottom))
    return found


def test_the_widest_stands_first_and_a_row_that_moves_nothing_is_kept() -> None:
    figure = draw()
    rows = sorted((one.y, one.text) for one in written(figure.svg) if one.text in ORDER)
    assert [text for _, text in rows] == ORDER == figure.data.index.tolist()
    assert figure.data.to_numpy().tolist() == [[3.2, 4.0], [3.8, 4.2], [3.7, 3.5], [3.6, 3.6]]
    assert figure.data.columns.tolist() == ["Svar vid spannets nedre ände", "Svar vid spannets övre ände"]
    assert figure.data.index.name == "Vad som ändras"


def test_a_tornado_tells_the_answer_and_the_ends_of_each_row() -> None:
    assert draw().alt == (
        "Stapeldiagram över vad som flyttar svaret, 3,6. Enhet: procent av BNP. Störst skillnad står först. "
        "Anslag: 3,2 vid spannets nedre ände och 4,0 vid den övre. "
        "Modell: 3,8 vid spannets nedre ände och 4,2 vid den övre. "
        "Ränta: 3,7 vid spannets nedre ände och 3,5 vid den övre. Folkmängd: flyttar inte svaret, 3,6."
    )
    assert draw(ENDS.iloc[1:3], language="en", axis="per cent of GDP").alt == (
        "Bar chart of what moves the answer, 3.6. Unit: per cent of GDP. The largest difference comes first. "
        "Anslag: 3.2 at the low end of the range and 4.0 at the high end. Folkmängd: does not move the answer, 3.6."
    )


def test_the_low_end_is_hatched_and_the_high_end_filled_from_the_answer() -> None:
    (low, high) = bars(draw(ENDS.loc[["Anslag"]]).svg)[:2]
    assert (low[0], high[0]) == ("hatched", "filled") and low[2] == pytest.approx(high[1])  # they meet at the answer
    # 3.2 to 3.6 is as far as 3.6 to 4.0.
    assert low[2] - low[1] == pytest.approx(high[2] - high[1], abs=0.01)
    turned = bars(draw(ENDS.loc[["Ränta"]]).svg)[:2]  # the high end lowers the answer
    assert turned[1][2] == pytest.approx(turned[0][1])


def test_ends_that_move_the_answer_the_same_way_do_not_cover_each_other() -> None:
    svg = draw(ENDS.loc[["Modell"]]).svg
    low, high = bars(svg)[:2]
    assert low[1] == pytest.approx(high[1]) and low[4] <= high[3]  # both from the answer, the low end above
    # 3.8 - 3.6 = 0.2 and 4.2 - 3.6 = 0.6.
    assert 3 * (low[2] - low[1]) == pytest.approx(high[2] - high[1], abs=0.01)
    numbers = {one.text: one for one in written(svg)}
    assert numbers["3,8"].y < numbers["4,2"].y and numbers["3,8"].anchor == "start"


def test_numbers_stand_at_the_ends_and_the_answer_above_them() -> None:
    svg = draw().svg
    assert {"3,2", "4,0", "3,8", "4,2", "3,7", "3,5", "3,6", "Bildens mitt: 3,6"} <= set(texts(svg))
    assert {"3.2", "The picture’s middle: 3.6"} <= set(texts(draw(language="en").svg))
    (answer,) = (one for one in written(svg) if one.text.startswith("Bildens"))
    assert answer.bold and answer.color == TEXT.lower() and answer.y == min(one.y for one in written(svg))


def test_an_end_at_the_answer_is_a_dot() -> None:
    still = draw(ENDS.loc[["Folkmängd"]]).svg
    assert bars(still) == [] and texts(still).count("3,6") == 1
    half = draw(pd.DataFrame({"low": [3.6], "high": [4.0]}, index=["Avdrag"])).svg
    assert len(bars(half)) == 1 and texts(half).count("3,6") == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"table": ENDS.rename(columns={"low": "min"})}, "low and high"),
        ({"table": ENDS.iloc[:0]}, "at least one number"),
        ({"table": ENDS.replace(3.2, NAN)}, "both ends of each row"),
        ({"table": ENDS.assign(low=NAN)}, "both ends of each row"),
        ({"table": pd.concat([ENDS, ENDS])}, "'Anslag' twice"),
        ({"base": NAN}, "a finite number"),
    ],
)
def test_what_no_tornado_can_be_drawn_from_is_refused(said: dict, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        draw(**said)


def test_a_fault_names_the_figure_and_the_columns() -> None:
    with pytest.raises(ContentError) as told:
        draw(ENDS.rename(columns={"low": "min"}))
    assert told.value.faults == [Fault("figure t", "columns", "low and high", "['min', 'high']")]


def test_a_single_row_and_negative_answers_make_a_tornado() -> None:
    figure = draw(pd.DataFrame({"low": [-3.0], "high": [-1.5]}, index=["Ränta"]), base=-2.0, language="en")
    assert {"−3.0", "−1.5", "The picture’s middle: −2.0"} <= set(texts(figure.svg)) and outside(figure.svg) == []
    low, high = bars(figure.svg)[:2]
    # From -2 to -3 is 1, and from -2 to -1.5 half of it, to the other side.
    assert low[2] == pytest.approx(high[1]) and low[2] - low[1] == pytest.approx(2 * (high[2] - high[1]), abs=0.01)
    assert figure.alt.endswith("Ränta: −3.0 at the low end of the range and −1.5 at the high end.")


def test_a_tornado_leaves_its_table_as_it_was() -> None:
    given = ENDS[["high", "low"]].copy()
    assert draw(given).svg == draw().svg  # the order of the columns is no matter
    pd.testing.assert_frame_equal(given, ENDS[["high", "low"]])


@pytest.mark.parametrize("base", [3.6, 3.2, 4.2, -1000.0, 100000.0])
def test_long_labels_fit_wherever_the_answer_stands(base: float) -> None:
    names = [f"{LONG} {at}" for at in range(4)]
    for language in ("sv", "en"):
        svg = draw(ENDS.set_axis(names), base=base, language=language).svg
        assert outside(svg) == [] and not any(LONG in text for text in texts(svg))


def test_the_same_tornado_has_the_same_bytes() -> None:
    assert draw().svg == draw().svg
