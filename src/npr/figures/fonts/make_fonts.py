"""Makes the project's fonts from the npm package @expo-google-fonts/public-sans: `python make_fonts.py PACKAGE_FOLDER`.

Each style becomes a TTF (for charts and PDF), and a WOFF2 cut to the signs of European languages (for HTML). No outline
is changed. Four things are mended: the names, so that family and weight find each style; the subscript digits, which
the font draws but gives no code of their own (CO₂); the narrow no-break space, which it lacks; and spaces, which it
pulls to a third of their width beside a dash. They keep their width, as no-break spaces always did; and lines that may
be broken at each of them are set sooner, since the letters beside it stand as they did.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

FAMILY = "Public Sans"
STYLES = {
    "Regular": ("400Regular", 400, False),
    "Italic": ("400Regular_Italic", 400, True),
    "SemiBold": ("600SemiBold", 600, False),
    "Bold": ("700Bold", 700, False),
}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NARROW_SPACE = 0x202F
WEB_SIGNS = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x218, 0x219, 0x21A, 0x21B, *range(0x2010, 0x2028)]
WEB_SIGNS += [NARROW_SPACE, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, *range(0x2080, 0x208A), 0x20AC, 0x2122]
WEB_SIGNS += [0x2212, 0x2248, 0x2260, 0x2264, 0x2265]


def complete(font: TTFont) -> None:
    """Give codes to the subscript digits, and draw a narrow no-break space."""
    added = {0x2080 + value: f"{digit}.subs" for value, digit in enumerate(DIGITS)}
    added[NARROW_SPACE] = "uni202F"
    font.setGlyphOrder([*font.getGlyphOrder(), "uni202F"])
    font["glyf"]["uni202F"] = Glyph()
    font["hmtx"]["uni202F"] = (font["head"].unitsPerEm * 3 // 20, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(added)


def free_spaces(font: TTFont) -> None:
    """Take the pairs with a space out of the kerning."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for pairs in lookup.SubTable:
            if lookup.LookupType == 2 and pairs.Format == 1:
                kept = [
                    (first, rest)
                    for first, rest in zip(pairs.Coverage.glyphs, pairs.PairSet, strict=True)
                    if first != "space"
                ]
                pairs.Coverage.glyphs = [first for first, _ in kept]
                pairs.PairSet = [rest for _, rest in kept]
                pairs.PairSetCount = len(kept)
                for rest in pairs.PairSet:
                    records = [one for one in rest.PairValueRecord if one.SecondGlyph != "space"]
                    rest.PairValueRecord, rest.PairValueCount = records, len(records)


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
    typographic = font["OS/2"].fsSelection & 0x80  # which of its two line heights the font means
    font["OS/2"].fsSelection = typographic | (0x01 if italic else 0x20 if style == "Bold" else 0x40)
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
        font = TTFont(package / part / f"PublicSans_{part}.ttf", recalcTimestamp=False)
        complete(font)
        free_spaces(font)
        name(font, style, weight, italic)
        font.save(out / f"PublicSans-{style}.ttf")
        web(font, out / f"PublicSans-{style}.woff2")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
