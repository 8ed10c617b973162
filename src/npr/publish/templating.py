"""The templates of the pages, with the fonts that they carry inside."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).with_name("templates")
FONTS = Path(__file__).parents[1] / "figures" / "fonts"
FACES = (("Regular", 400, "normal"), ("Italic", 400, "italic"), ("SemiBold", 600, "normal"), ("Bold", 700, "normal"))


@cache
def environment() -> Environment:
    """Give the environment of the templates, which escapes everything that is not markup of ours."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["font_faces"] = _font_faces()
    return made


def _font_faces() -> Markup:
    faces = []
    for style, weight, slant in FACES:
        data = base64.b64encode((FONTS / f"PublicSans-{style}.woff2").read_bytes()).decode()
        faces.append(
            f"@font-face{{font-family:'Public Sans';font-weight:{weight};font-style:{slant};font-display:swap;"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return Markup("\n".join(faces))  # noqa: S704 - our own fonts
