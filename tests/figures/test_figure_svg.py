"""What every chart has in common: safe ids, the same bytes, real text in the project's font, both languages."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pypdf
import pytest
import typst
from cycler import cycler
from fontTools.ttLib import TTFont
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import RendererSVG

from npr.figures import (
    FanCell,
    Figure,
    calibration_plot,
    fan,
    fan_multiples,
    font_folder,
    line_comparison,
    ranked,
    scorecard_plot,
    size_gap,
    slope,
    small_multiples,
    tornado,
)
from svg_reading import ids, texts

TABLE = pd.DataFrame({"Sverige": [1.0, 2.0], "OECD": [1.5, 1.0], "Norge": [3.0, 2.5]}, index=[2020, 2021])
SAID = {"focus": "Sverige", "mean": "OECD", "decimals": 1}
BANDS = pd.DataFrame({0.1: [1.5, 1.4], 0.5: [2.0, 2.1], 0.9: [2.5, 2.9]}, index=[2022, 2023])
FORMS: dict[str, Callable[..., Figure]] = {
    "lines": lambda **said: line_comparison(TABLE, axis="procent", **SAID, breaks={"Norge": [2021]}, **said),
    "multiples": lambda **said: small_multiples(
        {"AI": TABLE}, axes={"AI": "procent"}, **(SAID | {"decimals": {"AI": 1}}), **said
    ),
    "ranked": lambda **said: ranked(TABLE.loc[2021], axis="procent", **SAID, **said),
    "dots": lambda **said: ranked(TABLE.loc[2021], axis="procent", form="dot", **SAID, **said),
    "sizes": lambda **said: size_gap(TABLE.T, axis="procent", **SAID, **said),
    "slope": lambda **said: slope(TABLE.T, axis="procent", **SAID, **said),
    "fan": lambda **said: fan(
        TABLE["Sverige"],
        BANDS,
        name="Sverige",
        axis="procent",
        decimals=1,
        tested_to=2022,
        outcome=pd.Series([1.0], index=[2023]),
        target=(2023, 2.5, "Mål"),
        **said,
    ),
    "fans": lambda **said: fan_multiples(
        [FanCell("AI", TABLE["Sverige"], BANDS, BANDS[0.5], BANDS[0.1], BANDS[0.9])], axis="procent", decimals=1, **said
    ),
    "calibration": lambda **said: calibration_plot(
        pd.DataFrame({0.8: [70.0]}, index=["Alla"]), tolerance={0.8: (75.0, 85.0)}, axis="procent", **said
    ),
    "scorecard": lambda **said: scorecard_plot(TABLE.set_axis(["A", "B"]), focus="Sverige", axis="Rad", **said),
    "tornado": lambda **said: tornado(
        pd.DataFrame({"low": [1.0], "high": [3.0]}, index=["A"]), base=2.0, axis="procent", decimals=1, **said
    ),
}
forms = pytest.mark.parametrize("form", FORMS)
NEEDED = "abcÅÄÖåäöéüßčřšžğİıøæ\u00a0\u202f–—−×≥≤•…„”’°₂"


@forms
def test_a_chart_is_the_one_that_matplotlib_draws_with_its_scales_hidden(form: str, monkeypatch) -> None:
    ours = FORMS[form](language="sv", key="a").svg

    def hidden(figure, place):
        axes = Axes(figure, place)
        for one in (axes.xaxis, axes.yaxis):
            one.set_visible(False)
        return axes

    monkeypatch.setattr("npr.figures.style.Plot", hidden)
    monkeypatch.setattr("npr.figures.style.Renderer", RendererSVG)
    assert FORMS[form](language="sv", key="a").svg == ours


@forms
def test_a_chart_has_no_prolog_date_comment_or_style_sheet(form: str) -> None:
    svg = FORMS[form](language="sv", key="a").svg
    assert svg.startswith("<svg ")
    assert not re.search(r"<\?xml|<!|<style|<metadata|dc:date|Matplotlib", svg)
    root = ElementTree.fromstring(svg)
    assert root.attrib["width"] == "480pt" and root.attrib["viewBox"].startswith("0 0 480 ")


@forms
def test_text_is_text_in_the_projects_font_and_large_enough(form: str) -> None:
    svg = FORMS[form](language="sv", key="a").svg
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert len(sizes) == len(texts(svg)) == svg.count("font-family: 'Public Sans'") and min(sizes) >= 9


@forms
def test_every_reference_inside_a_chart_resolves(form: str) -> None:
    svg = FORMS[form](language="sv", key="a b/å").svg
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    assert used == set(ids(svg)) and all(re.fullmatch(r"f-a-b-[\w-]+", one) for one in used)


def test_charts_on_one_page_share_no_id() -> None:
    keys = ("a", "a-b", "a b")
    charts = [form(language=one, key=key).svg for form in FORMS.values() for key in keys for one in ("sv", "en")]
    found = [one for svg in charts for one in set(ids(svg))]
    assert len(found) > 50
    # Swedish and English charts of one key may be the same picture, but for their decimal sign: all of these differ.
    assert len(found) == len(set(found))


@forms
def test_the_same_chart_has_the_same_bytes(form: str) -> None:
    assert FORMS[form](language="sv", key="a").svg == FORMS[form](language="sv", key="a").svg


@forms
def test_the_callers_settings_do_not_reach_a_chart(form: str) -> None:
    before = FORMS[form](language="sv", key="a").svg
    other = {
        "font.size": 20, "svg.fonttype": "path", "svg.hashsalt": "x", "axes.unicode_minus": False,
        "text.color": "red", "hatch.linewidth": 5, "axes.formatter.use_locale": True,
        "axes.prop_cycle": cycler(color="r"), "axes.grid": True, "lines.linestyle": "--", "savefig.facecolor": "red",
        "xtick.labelbottom": False, "lines.marker": "x",
    }  # fmt: skip
    with mpl.rc_context(other):
        assert FORMS[form](language="sv", key="a").svg == before


def test_the_same_chart_has_the_same_bytes_in_another_process() -> None:
    code = (
        "import pandas as pd; from npr.figures import ranked\n"
        "figure = ranked(pd.Series({'Sverige': 2.0, 'OECD': 1.0}), focus='Sverige', mean='OECD', language='sv',"
        " axis='procent', decimals=1, key='a')\n"
        "import hashlib; print(hashlib.sha256(figure.svg.encode()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout and len(runs[0].stdout) == 65


def test_global_settings_are_left_as_they_were() -> None:
    before = dict(mpl.rcParams)
    FORMS["ranked"](language="sv", key="a")
    assert dict(mpl.rcParams) == before


@forms
def test_swedish_and_english_charts_differ_in_language_only(form: str) -> None:
    swedish, english = (FORMS[form](language=one, key="a") for one in ("sv", "en"))
    assert np.array_equal(swedish.data.to_numpy(), english.data.to_numpy(), equal_nan=True)
    assert len(texts(swedish.svg)) == len(texts(english.svg))
    digits = [re.findall(r"\d+", figure.alt.replace(",", ".")) for figure in (swedish, english)]
    assert digits[0] == digits[1] and swedish.alt != english.alt


@pytest.mark.parametrize("path", sorted(font_folder().glob("PublicSans-*")), ids=lambda path: path.name)
def test_every_font_has_the_signs_of_both_languages(path: Path) -> None:
    with TTFont(path) as font:
        known = font.getBestCmap()
    assert [sign for sign in NEEDED if ord(sign) not in known] == []


@pytest.mark.parametrize("path", sorted(font_folder().glob("PublicSans-*")), ids=lambda path: path.name)
def test_no_sign_pulls_at_a_space_so_that_dashes_stand_free(path: Path) -> None:
    with TTFont(path) as font:
        (kerning,) = (one for one in font["GPOS"].table.LookupList.Lookup if one.LookupType == 2)
        pairs = next(one for one in kerning.SubTable if one.Format == 1)
        first = set(pairs.Coverage.glyphs)
        second = {one.SecondGlyph for rest in pairs.PairSet for one in rest.PairValueRecord}
    assert "space" not in first | second
    assert "T" in first  # other pairs are kept


def test_the_fonts_are_complete_small_and_named_by_family_and_weight() -> None:
    weights = {}
    for path in font_folder().glob("*.ttf"):
        with TTFont(path) as font:
            weights[path.stem] = (font["name"].getDebugName(16), font["OS/2"].usWeightClass)
    styles = {"Regular": 400, "Italic": 400, "SemiBold": 600, "Bold": 700}
    assert weights == {f"PublicSans-{style}": ("Public Sans", weight) for style, weight in styles.items()}
    pages = list(font_folder().glob("*.woff2"))
    assert len(pages) == 4 and all(path.stat().st_size < 40_000 for path in pages)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (font_folder() / "OFL.txt").read_text(encoding="utf-8")


def test_typst_needs_no_other_font_for_charts_and_text(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(FORMS["lines"](language="sv", key="a").svg, encoding="utf-8")
    page = tmp_path / "page.typ"
    page.write_text(
        f'#set document(title: "x")\n#set text(font: "Public Sans", lang: "sv")\n{NEEDED} *fet* _kursiv_ '
        '#text(weight: "semibold")[halvfet]\n#figure(image("a.svg", alt: "x"), alt: "x")\n',
        encoding="utf-8",
    )
    made = typst.compile(
        str(page), font_paths=[str(font_folder())], ignore_system_fonts=True, pdf_standards=["ua-1", "a-2a"]
    )
    fonts: set[str] = set()
    for one in pypdf.PdfReader(io.BytesIO(made)).pages:
        fonts |= {str(font["/BaseFont"]).split("+")[-1].split("-Identity")[0] for font in _fonts(one["/Resources"])}
    assert fonts == {"PublicSans-Regular", "PublicSans-Italic", "PublicSans-SemiBold", "PublicSans-Bold"}


def _fonts(resources) -> list:
    """Give the fonts of a page and of the pictures in it."""
    held = resources.get_object()
    found = [font.get_object() for font in held.get("/Font", {}).values()]
    for inner in held.get("/XObject", {}).values():
        if "/Resources" in inner.get_object():
            found += _fonts(inner.get_object()["/Resources"])
    return found
