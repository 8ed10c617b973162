"""Makes the project's fonts from the npm package @fontsource/public-sans: `python make_fonts.py PACKAGE_FOLDER`.

The package holds each weight in two parts, basic and extended Latin. They are merged into one TTF (for charts and
PDF), and cut to the signs of European languages as WOFF2 (for HTML). No outline is changed.
"""

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Public Sans"
STYLES = {
    "Regular": ("400-normal", 400, False),
    "Italic": ("400-italic", 400, True),
    "SemiBold": ("600-normal", 600, False),
    "Bold": ("700-normal", 700, False),
}
WEB_SIGNS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    0x218,
    0x219,
    0x21A,
    0x21B,
    *range(0x2010, 0x2028),
    0x202F,
    0x2030,
]
WEB_SIGNS += [0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2264, 0x2265]


def whole(package: Path, part: str) -> TTFont:
    """Merge the two parts of one style."""
    basic, extended = (TTFont(package / "files" / f"public-sans-{one}-{part}.woff2") for one in ("latin", "latin-ext"))
    added = Subsetter(Options(layout_features=[], notdef_glyph=False))
    added.populate(unicodes=set(extended.getBestCmap()) - set(basic.getBestCmap()))
    added.subset(extended)
    for table in {"GSUB", "GPOS", "GDEF"} & set(extended.keys()):
        del extended[table]
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("basic.ttf", "extended.ttf")]
        for font, path in zip((basic, extended), paths, strict=True):
            font.flavor = None
            font.save(path)
        return Merger().merge(paths)


def name(font: TTFont, style: str, weight: int, italic: bool) -> None:
    """Name a style so that charts, PDF and pages find it by family and weight."""
    plain = style in ("Regular", "Italic", "Bold")
    names = {
        1: FAMILY if plain else f"{FAMILY} {style}",
        2: style if plain else "Regular",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
        16: FAMILY,
        17: style,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x01 if italic else 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = 0x02 if italic else 0x01 if style == "Bold" else 0


def web(font: TTFont, path: Path) -> None:
    """Save the signs that pages need, as WOFF2."""
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "mark", "ccmp", "tnum"]
    cut = Subsetter(options)
    cut.populate(unicodes=WEB_SIGNS)
    cut.subset(font)
    font.flavor = "woff2"
    font.save(path)


def main(package: Path, out: Path) -> None:
    """Write every style twice."""
    for style, (part, weight, italic) in STYLES.items():
        font = whole(package, part)
        font.recalcTimestamp = False
        name(font, style, weight, italic)
        font.save(out / f"PublicSans-{style}.ttf")
        web(font, out / f"PublicSans-{style}.woff2")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
